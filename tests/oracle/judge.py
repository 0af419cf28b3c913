"""What DESIGN says of a plan, in plain sets: verdict, and what an accepted plan gives too much.

``judge`` follows the formal text step by step. ``excess`` looks at states alone: whatever the
rules are, nobody may come to more than the applier's authority.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from functools import partial, reduce

from rbac_sync.model import (
    ACCOUNT,
    ANYWHERE,
    Action,
    Binding,
    Key,
    Kind,
    Level,
    ObjectAccess,
    ObjectLevel,
    Role,
    ServiceAccount,
    Status,
    Team,
    User,
    Workspace,
)

from .world import (
    FOREVER,
    World,
    asleep,
    called,
    common,
    covered,
    gain,
    gain_of_terms,
    name_of,
    renamed_pairs,
    under_new_name,
)

JUDGED = frozenset({"NO_AUTHORITY", "CAPABILITY", "ESCALATION", "DOMINANCE", "DURATION"})
HOLDERS = (Kind.USER, Kind.SERVICE_ACCOUNT, Kind.TEAM, Kind.EVERYONE)
MOVES = {
    (Status.ACTIVE, Status.SUSPENDED),
    (Status.SUSPENDED, Status.ACTIVE),
    (Status.PENDING, Status.ACTIVE),
}


@dataclass
class Verdict:
    """Which rules object, per step why it is malformed, and every state and bound on the way."""

    rules: set = field(default_factory=set)
    why: list = field(default_factory=list)
    malformed: list = field(default_factory=list)
    worlds: list = field(default_factory=list)
    bounds: list = field(default_factory=list)

    def say(self, rule, step, what):
        """Note that *rule* objects to a step."""
        self.rules.add(rule)
        self.why.append(f"step {step}: {rule}: {what}")


def judge(case, catalogue):
    """Return what the formal text says of *case*."""
    verdict = Verdict()
    world = World.of(case.live, catalogue)
    first = world
    bound = _authority(case, world, case.applier, case.author)
    objects = partial(_objects, case, catalogue)
    verdict.worlds.append(world)
    verdict.bounds.append(bound | objects(first, world, case.applier, case.author))
    if not world.least(case.applier, case.now) and not _only_own_keys(case, world):
        verdict.say("NO_AUTHORITY", 0, "the applier holds nothing")
    applier, author = case.applier, case.author
    for number, change in enumerate(case.changes, 1):
        fault = malformed(world, change, catalogue)
        if fault:
            verdict.malformed.append((number, fault))
        barred = fault or _barred(world, change)
        after = world if barred else world.after(change)
        for rule, what, pair, end in _needs(
            world, after, change, (applier, author), catalogue, case.now, barred
        ):
            there = covered(verdict.bounds[-1], pair) if pair else None
            late = there is not None and end is not None and there < end
            objections = late if rule == "DURATION" else there is None
            if objections:
                verdict.say(
                    rule, number, f"{what}: {_words(pair)}" + (f" until {end}" if end else "")
                )
        if not barred and _renames(change):
            old, new = change.before.address, change.after.address
            applier = new if applier == old else applier
            author = new if author == old else author
            bound = renamed_pairs(bound, old, new)
            first = under_new_name(first, change)
        world = after
        bound = common(bound, _authority(case, world, applier, author))
        verdict.worlds.append(world)
        verdict.bounds.append(bound | objects(first, world, applier, author))
    return verdict


def _only_own_keys(case, world):
    """Say whether an active person changes keys of their own, and nothing else."""
    user = world.things.get(case.applier)
    is_active = isinstance(user, User) and user.status is Status.ACTIVE
    own = [isinstance(c.resource, Key) and _is_own(c, case.applier) for c in case.changes]
    return is_active and bool(own) and all(own)


def _authority(case, world, applier, author):
    held = world.least(applier, case.now)
    return held if author is None else common(held, world.least(author, case.now))


def _objects(case, catalogue, first, world, applier, author):
    """Return the levels of objects that the applier, and the author, had first and have now."""
    held = [
        of.objects(who, case.now, catalogue.lists, catalogue.passes_lists)
        for who in (applier, author)[: 1 if author is None else 2]
        for of in (first, world)
    ]
    return reduce(common, held)


def _renames(change):
    return (
        change.before is not None
        and change.after is not None
        and change.before.address != change.after.address
    )


def _words(pair):
    return f"{pair[1]} in {pair[0]}" if pair else "nobody may"


# Which steps are none.


def malformed(world, change, catalogue):
    """Return why a step is no change of this world, or None."""
    before, after = change.before, change.after
    if before is None and after is None:
        return "no side"
    if fault := _sides(world, before, after):
        return fault
    if fault := _company(world, change):
        return fault
    return after and _whole(world, change, after, catalogue)


def _sides(world, before, after):  # noqa: C901  # one case after another
    if ObjectAccess in (type(before), type(after)) and None in (before, after):
        return "an object that comes or goes"
    if before is None:
        return "makes what is there" if world.find(after) else None
    live = world.find(before)
    if live is None:
        return "changes what is not there"
    if _normal(world, live) != _normal(world, before):
        return "`before` is not what is there"
    if after is None:
        alone = isinstance(before, Binding) and before.scope == ACCOUNT
        return "a principal without account role" if alone else None
    if type(before) is not type(after):
        return "two kinds"
    if isinstance(before, Role) and before.level is not after.level:
        return "two levels"
    if isinstance(before, Binding | Key | ObjectAccess) and before.address != after.address:
        return "two addresses of what has no name of its own"
    if isinstance(before, User) and not _leads(before.status, after.status):
        return "a status that does not lead there"
    if before.address != after.address:
        pure = replace(before, **{name_of(before): getattr(after, name_of(before))})
        if _normal(world, pure) != _normal(world, after):
            return "a rename with more in it"
        if world.find(after):
            return "a name that is taken"
    return None


def _leads(one, other):
    return one is other or (one, other) in MOVES


def _normal(world, resource):
    """Return a role with all that it grants, as two lists of one meaning are one role."""
    if not isinstance(resource, Role):
        return resource
    own = set(resource.permissions)
    for base in resource.base:
        own |= world.permissions(base)
    while more := {i for p in own for i in world.includes.get(p, ())} - own:
        own |= more
    return replace(resource, permissions=frozenset(own))


def _company(world, change):
    if not change.brings and not change.joins:
        return None
    before, after = change.before, change.after
    if not isinstance(after, User | ServiceAccount):
        return "company of what is no principal"
    if before is not None and not (
        isinstance(before, User)
        and isinstance(after, User)
        and before.status is after.status is Status.PENDING
        and before.address == after.address
    ):
        return "company of what is there already"
    if any(b.principal != after.address for b in change.brings):
        return "company of somebody else"
    scopes = [b.scope for b in change.brings]
    if len(set(scopes)) != len(scopes) or len(set(change.joins)) != len(change.joins):
        return "company twice"
    if any(not isinstance(world.things.get(t), Team) for t in change.joins):
        return "joins what is no team"
    return None


def _whole(world, change, after, catalogue):  # noqa: C901, PLR0912  # one case after another
    before = change.before
    if name_of(after) and (before is None or before.address != after.address):
        reserved = {"", "*"} if isinstance(after, Workspace) else {""}
        if getattr(after, name_of(after)) in reserved:
            return "a reserved name"
    comes = isinstance(after, User | ServiceAccount) and (before is None or change.brings)
    if comes and not any(b.scope == ACCOUNT for b in change.brings):
        return "a principal without account role"
    for binding in (after, *change.brings):
        if isinstance(binding, Binding) and (fault := _binding(world, binding, after)):
            return fault
    match after:
        case Team():
            names = [m.principal for m in after.members]
            if len(set(names)) != len(names):
                return "a member twice"
            if any(
                p.kind not in (Kind.USER, Kind.SERVICE_ACCOUNT) or not world.knows(p) for p in names
            ):
                return "a member that is no principal"
        case Key():
            if after.owner.kind not in (Kind.USER, Kind.SERVICE_ACCOUNT):
                return "a key of nobody"
            if not world.knows(after.owner):
                return "a key of nobody"
        case Role():
            return _role(world, change, after, catalogue)
        case ObjectAccess():
            if any(p.kind not in HOLDERS or not world.knows(p) for p in after.principals):
                return "a list of what is no principal"
    return None


def _binding(world, binding, created):
    if not binding.roles:
        return "a binding of no role"
    names = [h.role for h in binding.roles]
    if len(set(names)) != len(names):
        return "a role twice"
    principal, scope = binding.principal, binding.scope
    if principal.kind not in HOLDERS:
        return "held by no principal"
    if not (world.knows(principal) or principal == created.address):
        return "held by nobody"
    if scope == ACCOUNT and principal.kind in (Kind.TEAM, Kind.EVERYONE):
        return "an account role of no person"
    if (
        scope == ANYWHERE
        or not world.knows(scope)
        or scope.kind not in (Kind.ACCOUNT, Kind.WORKSPACE)
    ):
        return "held nowhere"
    level = Level.ACCOUNT if scope == ACCOUNT else Level.WORKSPACE
    for name in names:
        role = world.things.get(name)
        if not isinstance(role, Role) or role.level is not level:
            return "a role that cannot be held there"
    return None


def _role(world, change, after, catalogue):
    for base in after.base:
        role = catalogue.roles.get(base)
        if role is None or role.level is not after.level:
            return "a base that is not built-in"
    if len(after.base) > 1:
        return "two bases"
    if any(a not in world.things for a in after.implies):
        return "implies what is not there"
    return None


def _barred(world, change):
    """Say whether a well-formed step is stopped by BUILTIN, IN_USE or EXTERNAL."""
    before, after = change.before, change.after
    if isinstance(change.resource, Role):
        live = world.find(before) if before else None
        if live is not None and live.builtin:
            return True
        if after is None and _used(world, before.address):
            return True
    return _synced(world, change)


def _used(world, role):
    held = any(h.role == role for holdings in world.held.values() for h in holdings)
    return held or any(role in r.base | r.implies for r in world.of_kind(Role))


def _synced(world, change):
    if any(world.things[t].managed_by for t in change.joins):
        return True
    before, after = change.before, change.after
    if not isinstance(change.resource, Team):
        return False
    if not ((before and before.managed_by) or (after and after.managed_by)):
        return False
    if before is None:
        return False
    untied = after and before.managed_by not in ("", after.managed_by) and _people(before)
    return untied or _people(before) != (_people(after) if after else set())


def _people(team):
    return {m for m in team.members if m.principal.kind is Kind.USER}


# What a step asks for.


def _needs(world, after, change, makers, catalogue, now, barred):
    """Yield (rule, what, pair, end) for each thing that the bound has to cover."""
    applier, _ = makers
    for pair in _rights(world, change, applier, catalogue):
        yield "CAPABILITY", "a right", pair, None
    if barred:
        return
    for pair in _new_value(world, after, change, applier, now):
        yield "ESCALATION", "the new value", pair, None
    for pair in _old_value(world, change, applier, catalogue):
        yield "DOMINANCE", "the old value", pair, None
    for who, pairs in _gains(world, after, change, makers, now).items():
        for pair, end in pairs.items():
            yield "ESCALATION", f"gained by {who}", pair, None
            yield "DURATION", f"gained by {who}", pair, end


def _rights(world, change, applier, catalogue):
    """Yield the pair that each documented right is; None where nobody has it."""
    if _passes_on(change):
        word = "pending" if change.after.status is Status.PENDING else ""
        for action in (Action.CREATE, Action.DELETE):
            yield _right(catalogue, action, Kind.USER, word, ACCOUNT)
    elif _accepts(change):
        for word in ("pending", ""):
            yield _right(catalogue, Action.UPDATE, Kind.USER, word, ACCOUNT)
    elif not (_is_own(change, applier) and applier.kind is Kind.USER):
        yield _right(catalogue, *_asked(world, change), _scope(change))
    for binding in change.brings:
        if binding.scope != ACCOUNT:
            kind = str(binding.principal.kind)
            yield _right(catalogue, Action.CREATE, Kind.BINDING, kind, binding.scope)
    for _team in change.joins:
        yield _right(catalogue, Action.UPDATE, Kind.TEAM, "", ACCOUNT)


def _accepts(change):
    """Say whether an invited person becomes a member."""
    before, after = change.before, change.after
    both = isinstance(before, User) and isinstance(after, User) and not _renames(change)
    return both and before.status is Status.PENDING is not after.status


def _passes_on(change):
    """Say whether somebody gets another address, and with it becomes somebody else."""
    return isinstance(change.after, User) and _renames(change)


def _scope(change):
    resource = change.before or change.after
    if isinstance(resource, Binding):
        return resource.scope
    if isinstance(resource, ObjectAccess):
        return resource.workspace
    return resource.address if isinstance(resource, Workspace) else ACCOUNT


def _asked(world, change):
    action, resource = change.action, change.resource
    match resource:
        case User():
            pending = Status.PENDING in {s.status for s in (change.before, change.after) if s}
            return action, Kind.USER, "pending" if pending else ""
        case Role():
            return action, Kind.ROLE, str(resource.level)
        case Key():
            return action, Kind.KEY, str(resource.owner.kind)
        case Binding() if resource.scope == ACCOUNT:
            holder = world.things.get(resource.principal)
            pending = isinstance(holder, User) and holder.status is Status.PENDING
            return Action.UPDATE, resource.principal.kind, "pending" if pending else ""
        case Binding():
            return action, Kind.BINDING, str(resource.principal.kind)
        case ObjectAccess():
            return action, Kind.OBJECT, str(resource.type)
    return action, resource.kind, ""


def _right(catalogue, action, kind, of, scope):
    right = catalogue.manages.get((action, kind, of))
    if right is None:
        return None
    return (ACCOUNT if right.level is Level.ACCOUNT else scope), right.permission


def _is_own(change, applier):
    """Say whether this is somebody's own key, or somebody who leaves."""
    resource = change.resource
    if isinstance(resource, Key):
        return resource.owner == applier and applier is not None
    return isinstance(resource, User) and change.after is None and resource.address == applier


def _new_value(world, after, change, applier, now):  # noqa: C901  # one case after another
    resource = change.after
    pairs = set()
    for binding in change.brings:
        pairs |= _given(after, binding)
    for team in change.joins:
        pairs |= world.personal(team)
    match resource:
        case Role():
            pairs |= _role_value(after, resource)
        case Binding():
            pairs |= _given(after, resource)
        case Team():
            joined = resource.members - (change.before.members if change.before else set())
            if joined or _ties(change):
                pairs |= after.personal(resource.address)
        case Key() if resource.owner != applier:
            pairs |= set(after.most(resource.owner))
        case User():
            opens = change.before and _opens(change.before, resource, now)
            if opens or _passes_on(change) or _accepts(change):
                pairs |= after.personal(resource.address)
        case ObjectAccess():
            pairs |= _listed_only(resource, change.before)
    return pairs


def _listed_only(one, other):
    """Return the levels of list *one* with somebody whom list *other* does not name."""
    return {(one.address, e.permission) for e in ObjectLevel if one.at(e) - other.at(e)}


def _ties(change):
    old = change.before.managed_by if change.before else ""
    return change.after.managed_by not in ("", old)


def _opens(before, after, now):
    """Say whether somebody comes in who could not, or may be let in for longer."""
    return _invites_longer(after, before) or asleep(before, now) > asleep(after, now)


def _invites_longer(one, other):
    both = one.status is other.status is Status.PENDING
    return both and (one.expires or FOREVER) > (other.expires or FOREVER)


def _old_value(world, change, applier, catalogue):  # noqa: C901, PLR0912  # cases
    resource = change.before
    if resource is None or _is_own(change, applier):
        return set()
    gone = change.after is None or bool(change.brings)
    match resource:
        case Role():
            return _role_value(world, resource)
        case Binding():
            return _given(world, resource)
        case Team():
            new = change.after.members if change.after else set()
            if resource.members - new and not _renames(change):
                return world.personal(resource.address)
        case Key():
            return set(world.most(resource.owner))
        case User() | ServiceAccount() if gone:
            return world.personal(resource.address)
        case User() if _passes_on(change) or _accepts(change):
            return world.personal(resource.address)
        case User() if change.after.status is Status.SUSPENDED is not resource.status:
            return world.personal(resource.address)
        case User() if _invites_longer(resource, change.after):
            return world.personal(resource.address)
        case ObjectAccess():
            managing = (resource.address, ObjectLevel.MANAGE.permission)
            return _listed_only(resource, change.after) | {managing}
        case Workspace() if gone:
            if "binding" in _goes_with(catalogue):
                return set()
            return {
                pair
                for (_, scope), holdings in world.held.items()
                if scope == resource.address
                for h in holdings
                for pair in world.pairs(h.role, scope)
            }
    return set()


def _goes_with(catalogue):
    return {
        str(kind)
        for kind in (getattr(catalogue, "deletes_with", None) or {}).get(Kind.WORKSPACE, ())
    }


def _role_value(world, role):
    scope = ACCOUNT if role.level is Level.ACCOUNT else ANYWHERE
    return world.pairs(role.address, scope)


def _given(world, binding):
    """Return what *binding* gives; what has ended counts as long as it is stored."""
    return {pair for h in binding.roles for pair in world.pairs(h.role, binding.scope)}


def _gains(world, after, change, makers, now):
    """Return what each principal gains by a step, a key's gain being that of its *makers*.

    Somebody who could not come in, or for less long, held nothing. What everyone holds does not
    count: a role of one's own stays when the default role ends.
    """
    old = new = None
    if _renames(change):
        old, new = change.before.address, change.after.address
    found = {}
    for who in after.principals():
        name = old if who == new else who
        is_user = isinstance(change.after, User) and change.after.address == who
        comes = is_user and change.before is not None
        comes = comes and (_passes_on(change) or _opens(change.before, change.after, now))
        comes_in = not is_user or _passes_on(change)  # judged as if the suspended came in
        was = {} if comes else world.terms(name, now, comes_in=comes_in)
        if isinstance(change.resource, Workspace) and old:
            was = renamed_pairs(was, old, new)
        if more := gain_of_terms(was, after.terms(who, now, comes_in=comes_in)):
            found[who] = more
    for maker in {*makers} - {None}:
        if more := gain(after.apart(maker), _opened(after, change, maker, now)):
            found[f"{maker}, by a key or a directory"] = more
    return found


def _opened(world, change, maker, now):
    """Return what a key, or the directory of a team, opens to its *maker*, with the ends."""
    match change.after:
        case Key(owner=owner, until=until) if owner != maker:
            opened = {p: min(end, until or FOREVER) for p, end in world.most(owner).items()}
            return {pair: end for pair, end in opened.items() if end > now}
        case Team() as team if _ties(change):
            held = world.most(team.address)
            return {pair: end for pair, end in held.items() if end > now}
    return {}


# What an accepted plan gives too much, on states alone.

MEASURES = (lambda world, who, _: world.most(who), lambda world, who, now: world.awake(who, now))
"""What somebody holds, at most and as long as it can come in."""


def excess(verdict, case, catalogue):  # noqa: C901  # one case after another
    """Yield what is wrong with the states that an accepted plan leads through."""
    start = verdict.worlds[0]
    now = case.now
    former, places, keys = {}, {}, {}
    judged = defaultdict(dict)  # what each had after the last step: the bound then allowed it
    worlds, first = [start], start
    for change in case.changes:
        worlds.append(worlds[-1].after(change))
    bound = _authority(case, start, case.applier, case.author)
    applier, author = case.applier, case.author
    owners = len(start.owners(catalogue.owner, now))
    for number, change in enumerate(case.changes, 1):
        before, world = worlds[number - 1], worlds[number]
        if _renames(change) and before.things.get(change.before.address) is not None:
            old, new = change.before.address, change.after.address
            if old.kind is not Kind.USER:  # another address is another person
                former[new] = former.pop(old, old)
            for measure in MEASURES:
                had = judged.pop((old, measure), {})
                judged[new, measure] = {} if old.kind is Kind.USER else had
            if old.kind is Kind.WORKSPACE:
                places[new] = places.pop(old, old)
                judged |= {key: renamed_pairs(had, old, new) for key, had in judged.items()}
            first = under_new_name(first, change)
            applier = new if applier == old else applier
            author = new if author == old else author
            bound = renamed_pairs(bound, old, new)
        here = under_new_name(before, change) if _renames(change) else before
        whole = bound | _objects(case, catalogue, first, here, applier, author)
        if isinstance(change.after, Key) and change.after.owner != applier:
            keys[change.after.owner] = max(
                keys.get(change.after.owner, now), change.after.until or FOREVER
            )
        for who in world.principals():
            for measure in MEASURES:
                was = measure(start, former.get(who, who), now)
                for new, old in places.items():
                    was = renamed_pairs(was, old, new)
                has, had = measure(world, who, now), judged[who, measure]
                yield from _beyond(number, who, gain(had, gain(was, has)), whole, now)
                judged[who, measure] = has
        for owner, end in keys.items():
            opened = {pair: min(end, ends) for pair, ends in world.most(owner).items()}
            was = start.most(former.get(applier, applier))
            by_key = f"the applier by a key of {owner}"
            yield from _beyond(number, by_key, gain(was, opened), whole, now)
        left = len(world.owners(catalogue.owner, now))
        if left < 1 <= owners:
            yield f"step {number}: no owner is left"
        owners = left
        bound = common(bound, _authority(case, world, applier, author))


def _beyond(number, who, more, bound, now):
    for pair, end in more.items():
        there = covered(bound, pair)
        if end > now and (there is None or there < end):
            yield f"step {number}: {who} comes to {_words(pair)} until {end}"


def deficit(verdict, case, catalogue):
    """Yield what each step of an accepted plan takes from anybody, beyond the bound before it.

    Somebody may leave, and a deleted workspace takes all access to it along. A team without
    members loses nothing.
    """
    applier = case.applier
    for number, change in enumerate(case.changes, 1):
        before, after = verdict.worlds[number - 1 : number + 1]
        bound, old, new = verdict.bounds[number - 1], None, None
        if _renames(change):
            old, new = change.before.address, change.after.address
            bound = renamed_pairs(bound, old, new)
        goes = isinstance(change.resource, Workspace) and change.after is None
        is_free = _is_own(change, applier) or (goes and "binding" in _goes_with(catalogue))
        people = [who for who in before.principals() if who.kind is not Kind.TEAM]
        for who in () if is_free else people:
            had = renamed_pairs(before.awake(who, case.now), old, new)
            lost = gain(after.awake(called(who, old, new), case.now), had)
            for pair, end in lost.items():
                if end > case.now and covered(bound, pair) is None:
                    yield f"step {number}: {who} loses {_words(pair)}"
        applier = called(applier, old, new)


def needed(world, changes, applier, catalogue, now):
    """Return what an applier of *changes* has to hold: rights, and the pairs of every value."""
    rights, pairs = set(), set()
    for change in changes:
        if change.before is None and change.after is None:
            continue
        try:
            after = world.after(change)
            asked = list(
                _needs(world, after, change, (applier, None), catalogue, now, barred=False)
            )
        except (AttributeError, TypeError, KeyError):
            continue  # two kinds: there is no telling what that would need
        for rule, _, pair, _ in asked:
            if pair:
                (rights if rule == "CAPABILITY" else pairs).add(pair)
        world = after
    return rights, pairs
