"""The rule that stops a plan which removes too much at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from itertools import chain

from ...dataclasses import dataclass
from ...model import (
    ACCOUNT,
    ACTORS,
    Action,
    Address,
    Binding,
    Key,
    Kind,
    Limit,
    Resource,
    Role,
    ServiceAccount,
    State,
    Status,
    Team,
    User,
    is_invited,
    is_member,
    label,
    meet,
)
from ...model.instant import outlasts
from ...model.kind import kinds_with
from ...planning import Change
from ...planning.renames import under_later_names
from ..access import Path, gives_more
from ..context import GuardContext
from ..findings import Finding, RuleId, listed
from ..granted import members, passes_on
from ..losses import losses

MANY = 2
"""The smallest number of resources of a kind whose complete removal needs an exception."""

COUNTED = kinds_with("counted")
"""The kinds whose removed things count."""

MOST_LISTED = 10
"""The number of losers or gainers that a finding names."""


TOO_MANY = "too much has changed in the last hour to count what was removed before this"

MEMBERS, PERMISSIONS = "members of teams", "permissions of roles"
ROLES, ACCOUNT_ROLES, KEYS = "roles lowered", "account roles lowered", "keys shortened"
"""The names of what is taken by an update; what is removed has the name of its kind."""


@dataclass(frozen=True, slots=True)
class Removals:
    """The number of removals among ``existing`` things, and the first change of the plan.

    ``what`` names the things, as a plural. ``recent`` of them were removed shortly before the
    plan; they count in ``existing``, too.
    """

    what: str
    count: int
    existing: int
    change: Change
    recent: int


def threshold(context: GuardContext) -> Iterator[Finding]:
    """A plan does not take away a large part, or a large number, of what is live.

    It counts deleted and replaced resources of each kind, and replaced e-mail addresses; members
    removed from teams, permissions removed from roles, and lowered roles; keys, roles and places
    in teams that end earlier; and the people who stay and lose access for any reason.
    """
    for removals in _removals(context):
        if _is_too_much(removals, context):
            n = removals.count
            message = f"{n} of {removals.existing} would be removed ({removals.what})"
            message += f", {removals.recent} of them before this" if removals.recent else ""
            message += _uncounted(context)
            is_over_time = removals.recent > 0 or context.recent is None
            hint = _hint(f"--allow-deletes {n}", is_over_time=is_over_time)
            yield context.finding(RuleId.THRESHOLD, removals.change, message, hint)
    yield from _people(context)


def _uncounted(context: GuardContext) -> str:
    """Return the end of a message that says that earlier removals may be missing in its number."""
    return "" if context.recent is not None else f"; {TOO_MANY}"


def _hint(option: str, *, is_over_time: bool) -> str:
    if is_over_time:
        return f"wait an hour, or apply it with the command and `{option} --reason TEXT`"
    return f"if that is meant, pass `{option} --reason TEXT`"


def _is_too_much(removals: Removals, context: GuardContext) -> bool:
    """Say whether *removals* pass a limit.

    If more may exist than was counted, the limit on a share applies from its least number on, so
    that unread resources let nothing pass. If earlier removals cannot be counted, none may follow.
    """
    policy, count, existing = context.policy, removals.count, removals.existing
    if count <= policy.allow_removals:
        return False
    limit = Limit(policy.max_deletes, policy.max_removal_fraction)
    is_all = removals.what in COUNTED and MANY <= existing <= count
    least = policy.removal_min_existing
    if context.horizon.unread or context.horizon.passed_over:
        existing = max(existing, least)
    is_unknown = context.recent is None and limit.is_set
    return is_all or is_unknown or limit.is_passed(count, existing, least)


def _removals(context: GuardContext) -> Iterator[Removals]:
    """Yield what the plan takes, with what was taken shortly before: removals by kind, reductions.

    Of the earlier removals only those of things that count as existing are added. What was made
    shortly before counts neither as existing nor as removed.
    """
    losses_by_name: dict[str, list[tuple[Change, int]]] = {str(kind): [] for kind in COUNTED}
    recent_changes = _recent(context)
    made = {change.address for change in recent_changes if change.before is None}
    for change in context.sound:
        what, count = ("", 0) if change.address in made else _losses_by(change, context)
        if count:
            losses_by_name.setdefault(what, []).append((change, count))
    losing = {what: changes for what, changes in losses_by_name.items() if changes}
    if not losing:
        return
    earlier = [_losses_by(each, context) for each in recent_changes if _counts(each)]
    new = _new(context)
    added = [*_added(context, new)]
    for what, changes in losing.items():
        recent, more = (sum(n for each, n in of if each == what) for of in (earlier, added))
        count = sum(n for _, n in changes) + recent
        old = _existing(what, context.live, context) - _existing(what, new, context) - more
        yield Removals(what, count, old + recent, changes[0][0], recent)


def _recent(context: GuardContext) -> list[Change]:
    """Return the changes shortly before the plan, under the names that things have after it."""
    return under_later_names(context.recent or (), context.new_names)


def _new(context: GuardContext) -> State:
    """Return what was made shortly before the plan and is there, with the account roles of it."""
    start = context.start
    made = [change.resource for change in _recent(context) if change.before is None]
    start.expect([each.address for each in made])
    there = [each for each in map(start.find, made) if each]
    roles = (start.binding(each.address, ACCOUNT) for each in there if each.kind in ACTORS)
    return State(each for each in (*there, *roles) if each)


def _added(context: GuardContext, new: State) -> Iterator[tuple[str, int]]:
    """Yield what older teams and roles, which are not in *new*, have now and had not before."""
    first = {each.address: each.before for each in reversed(_recent(context))}
    for address, before in first.items():
        now = context.start.get(address)
        if isinstance(before, Team | Role) and now is not None and new.get(address) is None:
            yield _losses_by(Change(now, before), context)


def _counts(change: Change) -> bool:
    """Say whether an earlier *change* removed nothing, or a thing that counts as existing."""
    before = change.before
    return before is None or not _removes(change) or _is_counted(before)


def _removes(change: Change) -> bool:
    goes = change.action in (Action.DELETE, Action.REPLACE) or passes_on(change)
    return goes and not is_invited(change.before)


def _existing(what: str, state: State, context: GuardContext) -> int:
    """Return how many things of the sort that *what* names *state* has."""
    if what == MEMBERS:
        return sum(len(team.members) for team in state.of(Team).values())
    if what == PERMISSIONS:
        custom = (role for role in state.of(Role).values() if not role.builtin)
        return sum(len(context.catalogue.expanded(role, context.live.get)) for role in custom)
    if what in (ROLES, Kind.BINDING):
        return sum(len(state.row(scope)) for scope in state.scopes() if scope != ACCOUNT)
    if what == ACCOUNT_ROLES:
        return len(state.row(ACCOUNT))
    kind = Kind.KEY if what == KEYS else Kind(what)
    return sum(_is_counted(r) for r in state.resources() if r.kind is kind)


def _is_counted(resource: Resource) -> bool:
    """Say whether *resource* counts as existing; resources that no plan can remove do not."""
    if isinstance(resource, User):
        return is_member(resource)
    if isinstance(resource, Key):
        return resource.owner.kind is Kind.SERVICE_ACCOUNT
    if isinstance(resource, Team):
        return not resource.managed_by
    return not (isinstance(resource, Role) and resource.builtin)


def _losses_by(change: Change, context: GuardContext) -> tuple[str, int]:
    """Return what *change* takes and how many: a thing of a kind, or a part by an update."""
    if change.before is None:
        return "", 0
    if _removes(change):
        return str(change.resource.kind), 1
    match change.before, change.after:
        case Team() as before, Team() as after:
            return MEMBERS, len(members(before) - members(meet(before, after)))
        case Role() as before, Role() as after:
            held, kept = (context.catalogue.expanded(r, context.live.get) for r in (before, after))
            return PERMISSIONS, len(held - kept)
        case Binding() as before, Binding() as after:
            what = ACCOUNT_ROLES if before.scope == ACCOUNT else ROLES
            return what, int(_lowers(before, after, context))
        case Key() as before, Key() as after if _is_counted(before):
            return KEYS, int(outlasts(before.until, after.until))
    return "", 0


def _lowers(before: Binding, after: Resource | None, context: GuardContext) -> bool:
    """Say whether *after* gives less than *before*, or for less long."""
    kept = _paths(after, context) if isinstance(after, Binding) else []
    return gives_more(_paths(before, context), kept, context.now)


def _paths(binding: Binding, context: GuardContext) -> list[Path]:
    """Return the paths of *binding*; an existing role counts as it is at the start."""
    who, at = binding.principal, binding.scope
    paths = []
    for holding in binding.roles:
        known = context.start.knows(holding.role)
        roles = (context.before if known else context.outcome).roles
        mask = roles.here(holding.role) | roles.below(holding.role)
        if holding.until is None or context.now < holding.until:
            paths.append(Path(at, mask, holding.role, who, at, holding.since, holding.until))
    return paths


def _people(context: GuardContext) -> Iterator[Finding]:
    policy = context.policy
    touched = losses(context)
    before = _lost_before(context) if touched.losers else {}
    losers = {
        who: {*touched.losers.get(who, ()), *before.get(who, ())}
        for who in (*touched.losers, *before)
    }
    for people, limit, allowed, verb, option in (
        (losers, policy.max_losers, policy.allow_losers, "lose", "--allow-losers"),
        (touched.gainers, policy.max_gainers, policy.allow_gainers, "gain", "--allow-gainers"),
    ):
        count, least = len(people), policy.removal_min_existing
        places = sum(map(len, people.values()))
        if limit is None or count <= allowed:
            continue
        live = _actors(context.live) - _actors(_new(context))
        share = limit.share if live >= least else None
        is_wide = share is not None and places > share * _places(context, share, places)
        is_unknown = context.recent is None and people is losers and limit.is_set
        if is_wide or is_unknown or limit.is_passed(count, live, least):
            names = [label(who) for who in sorted(people)]
            message = (
                f"{count} of {live} people and service accounts would {verb} something, "
                f"in {places} {'place' if places == 1 else 'places'}: {listed(names, MOST_LISTED)}"
            )
            message += _uncounted(context) if people is losers else ""
            is_over_time = people is losers and (bool(before) or context.recent is None)
            hint = _hint(f"{option} {count}", is_over_time=is_over_time)
            yield Finding(RuleId.THRESHOLD, None, message, hint)


def _actors(state: State) -> int:
    return state.people() + len(state.of(ServiceAccount))


def _lost_before(context: GuardContext) -> dict[Address, set[Address]]:
    """Return the principals with recent losses, and their scopes.

    Losses through a role that was narrowed recently are left out: they count as permissions
    taken out of roles.
    """
    scopes: defaultdict[Address, set[Address]] = defaultdict(set)
    for change in _recent(context):
        for who, scope in _losing(change, context):
            if who.kind in ACTORS and context.start.knows(who) and context.comparison.stays(who):
                scopes[who].add(scope)
    return scopes


def _losing(change: Change, context: GuardContext) -> Iterator[tuple[Address, Address]]:
    """Yield the principals and scopes of the losses by a change; a team stands for its members."""
    match change.before, change.after:
        case Binding() as before, after:
            if _lowers(before, after, context):
                people = context.start.behind(before.principal)
                yield from ((who, before.scope) for who in people)
        case Team() as before, after:
            stayed = after.references if isinstance(after, Team) else frozenset()
            scopes = {b.scope for b in context.start.bindings_of(before.address)} or {ACCOUNT}
            yield from ((w, scope) for w in before.references - stayed for scope in scopes)
        case User(status=Status.ACTIVE), User(status=status) if status is not Status.ACTIVE:
            yield change.address, ACCOUNT


def _places(context: GuardContext, share: float, places: int) -> int:
    """Return the number of scopes with holdings, summed over users and service accounts.

    The count ends where *places* is no more than *share* of it.
    """
    state = context.start
    total = 0
    for scope in state.scopes():
        people = set(chain.from_iterable(map(state.behind, state.row(scope))))
        total += sum(who.kind in ACTORS for who in people)
        if places <= share * total:
            break
    return total
