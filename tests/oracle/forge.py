"""What hostile hands write into a plan: any `before`, any company, any kind on each side."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from rbac_sync.model import (
    ACCOUNT,
    ANYWHERE,
    EVERYONE,
    Address,
    Binding,
    Holding,
    Key,
    Kind,
    Level,
    Membership,
    ObjectAccess,
    Permission,
    Role,
    ServiceAccount,
    Status,
    Team,
    User,
    Workspace,
    held,
)
from rbac_sync.model import address as named
from rbac_sync.model.resources import role as role_address
from rbac_sync.planning import Change

from .cases import NOW, OWNS

PROD = named.workspace("prod")
OWNER = held(role_address(Level.WORKSPACE, "owner"))
ROOT = held(role_address(Level.ACCOUNT, "owner"))
MEMBER = held(role_address(Level.ACCOUNT, "member"))
LATER = NOW + timedelta(days=30)


def forged(rng, world, changes, maker):
    """Return *changes* with one or two of them forged, and how."""
    notes = []
    for _ in range(rng.choice((1, 1, 2))):
        forger = rng.choice(FORGERS)
        changes = forger(rng, world, list(changes), maker) or changes
        notes.append(forger.__name__)
    return changes, "+".join(notes)


def _put(rng, world, changes, maker, alter):
    """Alter one step of *changes*, or add an altered one."""
    if changes and rng.random() < 0.5:
        number = rng.randrange(len(changes))
        changes[number] = alter(changes[number])
        return changes
    fresh = maker.step(world, set())
    return [*changes, *map(alter, fresh[:1])]


def _any(rng, world):
    return rng.choice(sorted(world.resources(), key=repr))


def _live(rng, world, *kinds):
    found = [r for r in world.resources() if isinstance(r, kinds) and not getattr(r, "builtin", 0)]
    return rng.choice(sorted(found, key=repr)) if found else None


def no_before(rng, world, changes, maker):
    return _put(rng, world, changes, maker, lambda c: replace(c, before=None) if c.after else c)


def a_before_where_nothing_is(rng, world, changes, maker):
    def alter(change):
        return replace(change, before=change.after) if change.after else change

    return _put(rng, world, changes, maker, alter)


def another_before(rng, world, changes, maker):
    def alter(change):
        before = change.before or change.after
        return replace(change, before=_altered(rng, before, maker))

    return _put(rng, world, changes, maker, alter)


def another_before_of_what_is(rng, world, changes, maker):
    """Say that something live is otherwise than it is, and change it to what is wanted."""
    kinds = (User, Team, Role, Binding, Key, ServiceAccount, Workspace, ObjectAccess)
    live = _live(rng, world, *kinds)
    said = _altered(rng, live, maker)
    after = rng.choice((said, said, _altered(rng, said, maker), None))
    return [*changes, Change(said, after)]


def _altered(rng, thing, maker):
    match thing:
        case User():
            status = rng.choice(list(Status))
            return replace(thing, status=status, expires=rng.choice((None, LATER)))
        case Team():
            more = Membership(maker.app)
            others = {m for m in thing.members if rng.random() < 0.5}
            tied = rng.choice((thing.managed_by, thing.managed_by, "", "mine"))
            return replace(thing, members=frozenset({*others, more}), managed_by=tied)
        case Role():
            wider = rng.sample(sorted(map(Permission, OWNS)), 2)
            return replace(thing, permissions=frozenset({*thing.permissions, *wider}))
        case Binding():
            return replace(thing, roles=rng.choice((OWNER, ROOT, MEMBER)))
        case Key():
            return replace(thing, until=rng.choice((None, LATER)))
        case Workspace():
            return replace(thing, public=not thing.public)
        case ObjectAccess():
            level = rng.choice(("view", "run", "manage"))
            named_ = rng.choice(({maker.app}, {EVERYONE}, set(), thing.view, thing.manage))
            return replace(thing, **{level: frozenset(named_)})
    return replace(thing, description="Otherwise.")


def another_kind_before(rng, world, changes, maker):
    return _put(rng, world, changes, maker, lambda c: replace(c, before=_any(rng, world)))


def another_kind_after(rng, world, changes, maker):
    return _put(rng, world, changes, maker, lambda c: replace(c, after=_any(rng, world)))


def any_two_sides(rng, world, changes, maker):
    sides = [_any(rng, world), _altered(rng, _any(rng, world), maker), None]
    before, after = rng.sample(sides, 2)
    return [*changes, Change(before, after)]


def company(rng, world, changes, maker):
    """Bring bindings of whomever, with whatever."""

    def alter(change):
        some = tuple(_brought(rng, change, maker) for _ in range(rng.choice((1, 1, 2))))
        return replace(change, brings=(*change.brings, *some))

    return _put(rng, world, changes, maker, alter)


def _brought(rng, change, maker):
    subject = change.after.address if change.after else maker.app
    who = rng.choice((maker.app, maker.app, subject, named.team("data"), EVERYONE))
    scope = rng.choice((PROD, PROD, ACCOUNT, ANYWHERE))
    return Binding(who, scope, rng.choice((ROOT, MEMBER)) if scope == ACCOUNT else OWNER)


def company_on_ones_own_key(rng, world, changes, maker):
    key = Key(maker.app, f"own{len(changes)}", LATER)
    brings = (_brought(rng, Change(None, key), maker),) if rng.random() < 0.6 else ()
    joins = (named.team(rng.choice(("data", "ops"))),) if not brings or rng.random() < 0.4 else ()
    return [*changes, Change(None, key, brings, joins)]


def entering(rng, world, changes, maker):
    """Join a team with whatever."""

    def alter(change):
        return replace(change, joins=(*change.joins, named.team(rng.choice(("data", "ops")))))

    return _put(rng, world, changes, maker, alter)


def a_rename_with_more(rng, world, changes, maker):
    live = _live(rng, world, User, Team, Role, ServiceAccount, Workspace)
    wider = _altered(rng, live, maker)
    match wider:
        case User():
            after = replace(wider, email="other@x.org")
        case Workspace():
            after = replace(wider, handle="other")
        case _:
            after = replace(wider, name="other")
    brings = (_brought(rng, Change(live, after), maker),) if rng.random() < 0.3 else ()
    return [*changes, Change(live, after, brings)]


def an_old_name(rng, world, changes, maker):
    """Rename, and then speak of the old name, or take it."""
    live = _live(rng, world, Team, Role, ServiceAccount)
    after = replace(live, name="other")
    again = rng.choice(
        (Change(live, None), Change(None, live), Change(live, _altered(rng, live, maker)))
    )
    return [*changes, Change(live, after), again]


def a_name_that_is_taken(rng, world, changes, maker):
    live = _live(rng, world, Team, Role, ServiceAccount, Workspace)
    other = _live(rng, world, type(live))
    return [*changes, Change(live, replace(other, description="Taken."))]


def twice(rng, world, changes, maker):
    if not changes:
        return None
    change = rng.choice(changes)
    back = Change(change.after, change.before) if change.after else Change(None, change.before)
    return [*changes, rng.choice((change, back))]


def thrice_over(rng, world, changes, maker):
    """Delete something and make it anew with more."""
    live = _live(rng, world, User, Team, Role, Workspace, ServiceAccount)
    brings = (
        (Binding(live.address, ACCOUNT, MEMBER),) if isinstance(live, User | ServiceAccount) else ()
    )
    return [*changes, Change(live, None), Change(None, _altered(rng, live, maker), brings)]


def any_order(rng, world, changes, maker):
    while len(changes) < 3:
        changes += maker.step(world, set()) or [Change(None, Team(f"x{len(changes)}"))]
    rng.shuffle(changes)
    return changes


def reserved(rng, world, changes, maker):
    app = maker.app
    anybody = rng.choice((app, EVERYONE, ACCOUNT, ANYWHERE, named.team("data"), named.team("*")))
    nobody = [
        Workspace("*"),
        Workspace(""),
        Team("*"),
        Team("everyone"),
        Team(""),
        ServiceAccount("everyone"),
        Role(Level.WORKSPACE, "*"),
        Role(Level.ACCOUNT, ""),
        User("everyone"),
        User("*"),
        User(""),
        Key(EVERYONE, "k"),
        Key(named.team("data"), "k"),
        Key(app, ""),
        Binding(anybody, ANYWHERE, OWNER),
        Binding(anybody, ACCOUNT, ROOT),
        Binding(app, ACCOUNT, OWNER),
        Binding(app, PROD, ROOT),
        Binding(app, app, OWNER),
        Binding(app, PROD, frozenset()),
        Binding(app, Address(Kind.WORKSPACE, "nowhere"), OWNER),
        Binding(app, PROD, frozenset({Holding(Address(Kind.ROLE, "workspace/ghost"))})),
        Binding(app, PROD, OWNER | {Holding(next(iter(OWNER)).role, None, LATER)}),
    ]
    after = rng.choice(nobody)
    return [*changes, Change(world.find(after) if rng.random() < 0.5 else None, after)]


def replacing(rng, world, changes, maker):
    """Replace something, with all that goes with that."""
    live = _live(rng, world, User, ServiceAccount, Team, Role, Workspace, Key)
    who = live.address if isinstance(live, User | ServiceAccount) else maker.app
    brings = rng.choice((MEMBER, ROOT))
    after = rng.choice((live, _altered(rng, live, maker)))
    return [*changes, Change(live, after, (Binding(who, ACCOUNT, brings),))]


def moved(rng, world, changes, maker):
    """Move a key or a binding to somebody else."""
    live = _live(rng, world, Key, Binding, ObjectAccess)
    if isinstance(live, ObjectAccess):
        other = rng.choice((PROD, named.workspace("test")))
        parts = ({"workspace": other}, {"name": "deployment:etl/other"})
        return [*changes, Change(rng.choice((live, None)), replace(live, **rng.choice(parts)))]
    if isinstance(live, Key):
        return [*changes, Change(live, replace(live, owner=maker.app))]
    if rng.random() < 0.5:
        return [*changes, Change(live, replace(live, principal=maker.app))]
    return [*changes, Change(live, replace(live, scope=rng.choice((PROD, ACCOUNT))))]


def builtin(rng, world, changes, maker):
    """Change what the backend owns."""
    live = rng.choice([r for r in world.of_kind(Role) if r.builtin])
    wider = replace(live, permissions=live.permissions | {Permission("manage_blocks")})
    plain = replace(wider, builtin=False)
    return [*changes, Change(rng.choice((live, plain, None)), rng.choice((wider, plain)))]


def another_level(rng, world, changes, maker):
    live = _live(rng, world, Role)
    if live is None:
        return None
    other = Level.ACCOUNT if live.level is Level.WORKSPACE else Level.WORKSPACE
    return [*changes, Change(live, replace(live, level=other))]


def a_role_of_roles(rng, world, changes, maker):
    live = _live(rng, world, Role)
    if live is None:
        return None
    above = rng.choice([r.address for r in world.of_kind(Role)])
    field = rng.choice(("base", "implies"))
    return [*changes, Change(live, replace(live, **{field: frozenset({above})}))]


def another_status(rng, world, changes, maker):
    live = _live(rng, world, User)
    after = replace(live, status=rng.choice(list(Status)), expires=rng.choice((None, LATER)))
    return [*changes, Change(live, after)]


FORGERS = (
    no_before,
    a_before_where_nothing_is,
    another_before,
    another_before_of_what_is,
    another_before_of_what_is,
    another_kind_before,
    another_kind_after,
    any_two_sides,
    company,
    company,
    company_on_ones_own_key,
    entering,
    a_rename_with_more,
    a_rename_with_more,
    an_old_name,
    a_name_that_is_taken,
    twice,
    thrice_over,
    any_order,
    reserved,
    replacing,
    moved,
    builtin,
    another_level,
    a_role_of_roles,
    another_status,
)
