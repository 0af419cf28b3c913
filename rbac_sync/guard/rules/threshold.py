"""The rule that stops a plan which removes too much at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain

from ...model import (
    ACCOUNT,
    ACTORS,
    Binding,
    Key,
    Kind,
    Limit,
    Role,
    State,
    Team,
    is_invited,
    label,
    meet,
)
from ...model.instant import outlasts
from ...model.kind import kinds_with
from ...model.resources import is_removable
from ...model.state import Part
from ...planning import Change
from ..access import Path
from ..access_comparison import gives_more
from ..context import GuardContext
from ..earlier import Turn, live_things, losers, net, turns_before, turns_of
from ..findings import Finding, RuleId, listed
from ..granted import members
from ..losses import Losses, losses
from ..recent import PARTS

MANY = 2
"""The smallest number of resources of a kind whose complete removal needs an exception."""

COUNTED = kinds_with("counted")
"""The kinds whose removed things count."""

MOST_LISTED = 10
"""The number of losers or gainers that a finding names."""

MEMBERS, PERMISSIONS = "members of teams", "permissions of roles"
ROLES, ACCOUNT_ROLES, KEYS = "roles lowered", "account roles lowered", "keys shortened"
"""The names of what is taken by an update; what is removed has the name of its kind."""

EXISTING: Mapping[str, tuple[Kind, Kind | Part]] = {
    MEMBERS: (Kind.TEAM, Part.MEMBERS),
    PERMISSIONS: (Kind.ROLE, Kind.ROLE),
    ROLES: (Kind.BINDING, Kind.BINDING),
    ACCOUNT_ROLES: (Kind.BINDING, Part.ACCOUNT_ROLES),
    KEYS: (Kind.KEY, Kind.KEY),
}
"""The kind that is updated, and what exists of these: all of the kind, or parts of them."""

ACCESS = frozenset({Kind.BINDING, Kind.OBJECT})
"""The kinds, of those without a name of their own, by which people lose something."""


def threshold(context: GuardContext) -> Iterator[Finding]:
    """A plan does not take away a large part, or a large number, of what is live.

    It counts deleted and replaced resources of each kind, and replaced e-mail addresses; members
    removed from teams, permissions removed from roles, and lowered roles; keys, roles and places
    in teams that end earlier; and the people who stay and lose access for any reason. A server adds
    up what was taken within the last hour.
    """
    first = dict[str, Change]()
    for change in context.sound:
        for what in _losses(turns_of((change,)), context):
            first.setdefault(what, change)
    touched = losses(context)
    earlier = net(_earlier(first, touched, context))
    yield from _removals(first, earlier, context)
    yield from _people(touched, earlier, context)


def _earlier(first: Mapping[str, Change], touched: Losses, context: GuardContext) -> list[Turn]:
    """Return the turns shortly before a plan that count with what it takes, or with gainers."""
    if not (first or touched.losers or touched.gainers):
        return []
    kinds = {each.address.kind for each in first.values()} | (ACCESS if touched.losers else set())
    live = [each.before for each in context.sound if each.before]
    changes = context.recent.changes(kinds & PARTS, live)
    return turns_before(changes, context.new_names, context.start)


def _removals(
    first: Mapping[str, Change], earlier: Sequence[Turn], context: GuardContext
) -> Iterator[Finding]:
    """Yield a finding for each sort of things of which the plan takes too many.

    What was taken shortly before is added. What was made shortly before counts neither as
    existing nor as taken.
    """
    earlier = [each for each in earlier if each.after or is_removable(each.resource)]
    recent, plan = _losses(earlier, context), turns_of(context.sound)
    for what, count in _losses(net((*earlier, *plan)) if earlier else plan, context).items():
        more = recent[what]
        if what not in first or count <= more:
            continue
        if _is_too_much(what, count, earlier, context):
            existing = _existed(what, earlier, context)
            message = f"{count} of {existing} would be removed ({what})"
            message += f", {more} of them before this" if more else ""
            hint = _hint(f"--allow-deletes {count}", is_over_time=more > 0)
            yield context.finding(RuleId.THRESHOLD, first[what], message, hint)


def _hint(option: str, *, is_over_time: bool) -> str:
    if is_over_time:
        return f"wait an hour, or apply it with the command and `{option} --reason TEXT`"
    return f"if that is meant, pass `{option} --reason TEXT`"


def _is_too_much(what: str, count: int, earlier: Sequence[Turn], context: GuardContext) -> bool:
    """Say whether *count* things, with those taken *earlier*, pass a limit.

    If more may exist than was counted, the limit on a share applies from its least number on, so
    that unread resources let nothing pass.
    """
    policy = context.policy
    if count <= policy.allow_removals:
        return False
    limit, least = (
        Limit(policy.max_deletes, policy.max_removal_fraction),
        policy.removal_min_existing,
    )
    existing = _existed(what, earlier, context, max(count + 1, limit.enough(count, least)))
    is_all = what in COUNTED and MANY <= existing <= count
    if context.horizon.unread or context.horizon.passed_over:
        existing = max(existing, least)
    return is_all or limit.is_passed(count, existing, least)


def _losses(turns: Iterable[Turn], context: GuardContext) -> Counter[str]:
    """Return how much of each sort *turns* take, kinds first."""
    counts = Counter(dict.fromkeys(map(str, COUNTED), 0))
    for turn in turns:
        what, count = _losses_by(turn, context)
        counts[what] += count
    return +counts


def _existed(
    what: str, earlier: Sequence[Turn], context: GuardContext, most: int | None = None
) -> int:
    """Return how many things of the sort that *what* names were live before *earlier* turns.

    The number may be too small if it is *most* or more.
    """
    kind, things = EXISTING.get(what) or (Kind(what), Kind(what))
    mine = [each for each in earlier if each.resource.kind is kind]
    before = [each.before for each in mine if each.before]
    changed = live_things(mine, context)
    if what == PERMISSIONS:
        known = {each.address for each in changed}
        older = [each for at, each in context.live.of(Role).items() if at not in known]
        roles = (each for each in (*older, *before) if isinstance(each, Role) and not each.builtin)
        return sum(len(context.catalogue.expanded(each, context.live.get)) for each in roles)
    gone = sum(State([each]).count(things) for each in before)
    return context.recent.older(context.live, things, changed, most) + gone


def _losses_by(turn: Turn, context: GuardContext) -> tuple[str, int]:
    """Return what *turn* takes and how many: a thing of a kind, or a part by an update."""
    if turn.before and turn.after is None:
        return str(turn.before.kind), int(not is_invited(turn.before))
    match turn.before, turn.after:
        case Team() as before, Team() as after:
            return MEMBERS, len(members(before) - members(meet(before, after)))
        case Role() as before, Role() as after:
            held, kept = (context.catalogue.expanded(r, context.live.get) for r in (before, after))
            return PERMISSIONS, len(held - kept)
        case Binding() as before, Binding() as after:
            what = ACCOUNT_ROLES if before.scope == ACCOUNT else ROLES
            return what, int(_lowers(before, after, context))
        case Key() as before, Key() as after if is_removable(before):
            return KEYS, int(outlasts(before.until, after.until))
    return "", 0


def _lowers(before: Binding, after: Binding, context: GuardContext) -> bool:
    """Say whether *after* gives less than *before*, or for less long."""
    return gives_more(_paths(before, context), _paths(after, context), context.now)


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


def _people(touched: Losses, earlier: Sequence[Turn], context: GuardContext) -> Iterator[Finding]:
    policy = context.policy
    before = losers(earlier, context) if touched.losers else {}
    losing = {
        who: {*touched.losers.get(who, ()), *before.get(who, ())}
        for who in (*touched.losers, *before)
    }
    for people, limit, allowed, verb, option in (
        (losing, policy.max_losers, policy.allow_losers, "lose", "--allow-losers"),
        (touched.gainers, policy.max_gainers, policy.allow_gainers, "gain", "--allow-gainers"),
    ):
        count, least = len(people), policy.removal_min_existing
        places = sum(map(len, people.values()))
        if limit is None or count <= allowed:
            continue
        enough = limit.enough(count, least)
        live = sum(_existed(kind, earlier, context, enough) for kind in sorted(ACTORS))
        share = limit.share if live >= least else None
        is_wide = share is not None and places > share * _places(context, share, places)
        if is_wide or limit.is_passed(count, live, least):
            live = sum(_existed(kind, earlier, context) for kind in sorted(ACTORS))
            names = [label(who) for who in sorted(people)]
            message = (
                f"{count} of {live} people and service accounts would {verb} something, "
                f"in {places} {'place' if places == 1 else 'places'}: {listed(names, MOST_LISTED)}"
            )
            hint = _hint(f"{option} {count}", is_over_time=people is losing and bool(before))
            yield Finding(RuleId.THRESHOLD, None, message, hint)


def _places(context: GuardContext, share: float, places: int) -> int:
    """Return the number of scopes with holdings, summed over users and service accounts.

    The count ends where *places* is no more than *share* of it. Own roles are counted first: no
    row is read for that.
    """
    state = context.start
    total = state.count(Part.OWN_ROLES, Limit(share=share).enough(places, 0))
    if places <= share * total:
        return total
    total = 0
    for scope in state.scopes():
        people = set(chain.from_iterable(map(state.behind, state.row(scope))))
        total += sum(who.kind in ACTORS for who in people)
        if places <= share * total:
            break
    return total
