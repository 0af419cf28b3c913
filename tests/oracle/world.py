"""An account as two plain dicts, what a change does to it, and who may do what there.

Slow and obvious. Shares the model's frozen values with the product, and nothing else: no draft,
no access, no closure, no guard.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime

from rbac_sync.model import (
    ACCOUNT,
    ANYWHERE,
    EVERYONE,
    Binding,
    Holding,
    Key,
    Kind,
    ObjectAccess,
    ObjectLevel,
    Role,
    State,
    Status,
    Team,
    User,
    Workspace,
)
from rbac_sync.model import address as named

FOREVER = datetime.max.replace(tzinfo=UTC)
BEGINNING = datetime.min.replace(tzinfo=UTC)
PRINCIPALS = (Kind.USER, Kind.SERVICE_ACCOUNT, Kind.TEAM)


@dataclass
class World:
    """``things`` by address, but for bindings; ``held``: holdings by (principal, scope)."""

    includes: dict
    things: dict
    held: dict

    @classmethod
    def of(cls, resources, catalogue):
        """Return the world of these resources."""
        things, held = {}, {}
        for resource in resources:
            if isinstance(resource, Binding):
                held[resource.principal, resource.scope] = resource.roles
            else:
                things[resource.address] = resource
        return cls(catalogue.includes, things, held)

    def copy(self):
        """Return a world that can be changed without changing this one."""
        return World(self.includes, dict(self.things), dict(self.held))

    def resources(self):
        """Return everything, bindings last."""
        return [*self.things.values(), *(Binding(p, s, h) for (p, s), h in self.held.items())]

    def state(self):
        """Return this world as the product's own value."""
        return State(self.resources())

    def find(self, like):
        """Return what is at the address of *like*."""
        if not isinstance(like, Binding):
            return self.things.get(like.address)
        roles = self.held.get((like.principal, like.scope))
        return Binding(like.principal, like.scope, roles) if roles else None

    def knows(self, address):
        """Say whether *address* is there."""
        return address in (ACCOUNT, EVERYONE) or address in self.things

    def of_kind(self, kind):
        """Return everything of one class, in order of address."""
        return [self.things[a] for a in sorted(self.things) if isinstance(self.things[a], kind)]

    # What a change does.

    def after(self, change):
        """Return this world once *change* has been made, with all that comes and goes with it."""
        world = self.copy()
        before, after = change.before, change.after
        if after is None:
            world.remove(before)
        elif before is not None and before.address != after.address:
            world.rename(before, after)
        else:
            if before is not None and change.brings:
                world.remove(before)
            world.put(after)
            for binding in change.brings:
                world.put(binding)
            for team in change.joins:
                world.enter(team, after.address)
        return world

    def put(self, resource):
        """Set *resource* at its address."""
        if not isinstance(resource, Binding):
            self.things[resource.address] = resource
        elif resource.roles:
            self.held[resource.principal, resource.scope] = resource.roles
        else:
            self.held.pop((resource.principal, resource.scope), None)

    def enter(self, address, principal):
        """Make *principal* a member of a team, if there is such a team."""
        from rbac_sync.model import Membership

        team = self.things.get(address)
        if isinstance(team, Team):
            others = frozenset(m for m in team.members if m.principal != principal)
            self.put(replace(team, members=others | {Membership(principal)}))

    def remove(self, resource):
        """Take *resource* out, and all that cannot be without it."""
        if isinstance(resource, Binding):
            self.held.pop((resource.principal, resource.scope), None)
            return
        gone = resource.address
        self.things.pop(gone, None)
        if gone.kind is Kind.ROLE:
            return
        for principal, scope in list(self.held):
            if gone in (principal, scope):
                del self.held[principal, scope]
        for address, thing in list(self.things.items()):
            if isinstance(thing, Key) and thing.owner == gone:
                del self.things[address]
            if isinstance(thing, Team):
                members = frozenset(m for m in thing.members if m.principal != gone)
                self.things[address] = replace(thing, members=members)
            if isinstance(thing, ObjectAccess):
                if thing.workspace == gone:
                    del self.things[address]
                else:
                    self.things[address] = _listing(thing, lambda who: {who} - {gone})

    def rename(self, before, after):
        """Put *after* in the place of *before*, and its name wherever the old one stands."""
        old, new = before.address, after.address
        self.things.pop(old, None)
        self.put(after)
        held, self.held = self.held, {}
        for (principal, scope), holdings in held.items():
            roles = frozenset(replace(h, role=called(h.role, old, new)) for h in holdings)
            self.held[called(principal, old, new), called(scope, old, new)] = roles
        for address, thing in list(self.things.items()):
            renamed = _renamed(thing, old, new)
            if renamed is not thing:
                del self.things[address]
                self.put(renamed)

    # Who may do what.

    def permissions(self, address, above=()):
        """Return all that a role grants: its own, its base's, and what they include."""
        role = self.things.get(address)
        if not isinstance(role, Role) or address in above:
            return {f"? {address}"}
        found = set(role.permissions)
        for base in role.base:
            found |= self.permissions(base, (*above, address))
        while more := {i for p in found for i in self.includes.get(p, ())} - found:
            found |= more
        return found

    def pairs(self, address, scope):
        """Return the (scope, permission) pairs that a role gives to whoever holds it in *scope*."""
        found = {(scope, p) for p in self.permissions(address)}
        role = self.things.get(address)
        for implied in role.implies if isinstance(role, Role) else ():
            found |= {(ANYWHERE, p) for p in self.permissions(implied)}
        return found

    def own(self, principal):
        """Yield (holding, scope) for what *principal* itself holds."""
        for (holder, scope), holdings in self.held.items():
            if holder == principal:
                for holding in holdings:
                    yield holding, scope

    def paths(self, principal, *, as_everyone=True):
        """Yield (holding, scope, since, until) for what reaches *principal* by any way."""
        for h, scope in self.own(principal):
            yield h, scope, h.since or BEGINNING, h.until or FOREVER
        for team in self.teams(principal):
            for m in team.members:
                if m.principal == principal:
                    for h, scope in self.own(team.address):
                        since = max(h.since or BEGINNING, m.since or BEGINNING)
                        yield h, scope, since, min(h.until or FOREVER, m.until or FOREVER)
        if principal.kind is Kind.USER and as_everyone:
            for h, scope in self.own(EVERYONE):
                yield h, scope, h.since or BEGINNING, h.until or FOREVER

    def personal(self, principal):
        """Return the pairs of *principal*, ended ones too, by itself or by a team.

        What everyone holds is left out.
        """
        return set(self.apart(principal))

    def lists(self):
        """Return every access list."""
        return [thing for thing in self.things.values() if isinstance(thing, ObjectAccess)]

    def entries(self, principal):
        """Yield ((object, level), start, end) for each place on a list that names *principal*.

        It is named itself or by a team. Nobody is named by the entry of everyone but everyone.
        """
        lists = self.lists()
        if not lists:
            return
        ways = [(principal, BEGINNING, FOREVER)]
        ways += [
            (team.address, m.since or BEGINNING, m.until or FOREVER)
            for team in self.teams(principal)
            for m in team.members
            if m.principal == principal
        ]
        for listed in lists:
            for level in ObjectLevel:
                for holder, since, until in ways:
                    if holder in listed.at(level):
                        yield (listed.address, level.permission), since, until

    def objects(self, principal, now, lists, passes):
        """Return the levels that *principal* has of objects this very moment, with their ends.

        *lists* has the permission that each level takes; *passes* are those that pass every list.
        """
        thing, all_ = self.things.get(principal), self.lists()
        is_away = isinstance(thing, User) and thing.status is not Status.ACTIVE
        if thing is None or is_away or not all_:
            return {}
        named_ = list(self.entries(principal))
        held = self._joined(p for p in self.paths(principal) if p[2] <= now < p[3])
        found = {}
        for listed in all_:
            at = listed.address
            for level, right in lists[listed.type].items():
                ends = [
                    end
                    for pair, since, end in named_
                    if pair == (at, level.permission) and since <= now < end
                ]
                ends += [FOREVER] if EVERYONE in listed.at(level) else []
                ends += [covered(held, (listed.workspace, p)) or BEGINNING for p in passes]
                end = min(
                    max(ends, default=BEGINNING),
                    covered(held, (listed.workspace, right)) or BEGINNING,
                )
                if end > now:
                    found[at, level.permission] = end
        return found

    def teams(self, principal):
        """Return the teams that *principal* is in."""
        return [
            t
            for t in self.things.values()
            if isinstance(t, Team) and any(m.principal == principal for m in t.members)
        ]

    def most(self, principal):
        """Return all that *principal* may ever come to exercise: (scope, permission) -> end."""
        return self._joined(self.paths(principal)) | self._listed(principal)

    def _listed(self, principal):
        """Return the levels at which lists name *principal*, with their ends."""
        found = {}
        for pair, _, until in self.entries(principal):
            found[pair] = max(found.get(pair, BEGINNING), until)
        return found

    def awake(self, principal, now):
        """Return the same, but only what everyone holds for whoever cannot come in."""
        user = self.things.get(principal)
        if isinstance(user, User) and asleep(user, now):
            return self._joined(self.paths(EVERYONE))
        return self.most(principal)

    def apart(self, principal):
        """Return what *principal* may come to exercise by itself or by a team, not as everyone."""
        return self._joined(self.paths(principal, as_everyone=False)) | self._listed(principal)

    def terms(self, principal, now, *, comes_in):
        """Return the same, from *now* on, with each (start, end) in which it is held.

        It is nothing for whoever cannot come in, unless *comes_in*.
        """
        user = self.things.get(principal)
        if not comes_in and isinstance(user, User) and asleep(user, now):
            return {}
        found = self.of_ways(self.paths(principal, as_everyone=False), now)
        for pair, since, until in self.entries(principal):
            if now < until:
                found.setdefault(pair, []).append((max(since, now), until))
        return found

    def of_ways(self, ways, now):
        """Return the pairs of *ways*, as ``paths`` yields them, with each term from *now* on."""
        found = {}
        for holding, scope, since, until in ways:
            for pair in self.pairs(holding.role, scope) if now < until else ():
                found.setdefault(pair, []).append((max(since, now), until))
        return found

    def least(self, principal, now):
        """Return what *principal* holds this very moment: its authority."""
        thing = self.things.get(principal)
        if thing is None or (isinstance(thing, User) and thing.status is not Status.ACTIVE):
            return {}
        return self._joined(p for p in self.paths(principal) if p[2] <= now < p[3])

    def _joined(self, paths):
        found = {}
        for holding, scope, _, until in paths:
            for pair in self.pairs(holding.role, scope):
                if found.get(pair, BEGINNING) < until:
                    found[pair] = until
        return found

    def principals(self):
        """Return everybody, everyone included."""
        return [EVERYONE, *(a for a in self.things if a.kind in PRINCIPALS)]

    def owners(self, owner, now):
        """Return the active people who hold the owner role now."""
        return {
            a
            for a, thing in self.things.items()
            if isinstance(thing, User)
            and thing.status is Status.ACTIVE
            and any(h.role == owner and scope == ACCOUNT and _lasts(h, now)
                    for h, scope in self.own(a))
        }  # fmt: skip


def asleep(user, now):
    """Say whether somebody cannot come in: suspended, or invited until a time that has passed."""
    ended = user.expires is not None and user.expires <= now
    return user.status is Status.SUSPENDED or (user.status is Status.PENDING and ended)


def _lasts(holding: Holding, now):
    return (holding.since or BEGINNING) <= now < (holding.until or FOREVER)


def called(address, old, new):
    """Return the name of what was at *address*, once *old* is called *new*."""
    if old and address.kind is Kind.OBJECT and named.object_workspace(address) == old:
        return named.workspace_object(new, named.object_name(address))
    return new if address == old else address


def _listing(listed, changed):
    """Return a list with ``changed(who)`` in the place of each principal."""
    levels = {
        str(e): frozenset(x for who in listed.at(e) for x in changed(who)) for e in ObjectLevel
    }
    return replace(listed, **levels)


def _renamed(thing, old, new):
    if isinstance(thing, Key) and thing.owner == old:
        return replace(thing, owner=new)
    if isinstance(thing, Team) and any(m.principal == old for m in thing.members):
        members = (replace(m, principal=called(m.principal, old, new)) for m in thing.members)
        return replace(thing, members=frozenset(members))
    if isinstance(thing, ObjectAccess):
        moved = replace(thing, workspace=called(thing.workspace, old, new))
        moved = _listing(moved, lambda who: {called(who, old, new)})
        return thing if moved == thing else moved
    if isinstance(thing, Role) and old in thing.base | thing.implies:
        base, implies = (
            frozenset(called(a, old, new) for a in of) for of in (thing.base, thing.implies)
        )
        return replace(thing, base=base, implies=implies)
    return thing


# Authority as a map (scope, permission) -> end.


def covered(authority, pair):
    """Return until when *authority* covers a pair; None: not at all."""
    scope, permission = pair
    ends = [authority.get(pair)]
    if scope.kind is Kind.WORKSPACE:
        ends.append(authority.get((ANYWHERE, permission)))
    return max((end for end in ends if end is not None), default=None)


def gain(before, after):
    """Return the pairs of *after* that *before* does not cover as long, with their ends."""
    found = {}
    for pair, end in () if after == before else after.items():
        had = covered(before, pair)
        if had is None or had < end:
            found[pair] = end
    return found


def gain_of_terms(before, after):
    """Return the pairs held at a time of *after* and not of *before*, with the end of that time."""
    found = {}
    for pair, terms in () if after == before else after.items():
        scope, permission = pair
        wide = (ANYWHERE, permission) if scope.kind is Kind.WORKSPACE else pair
        had = sorted([*before.get(pair, ()), *before.get(wide, ())])
        ends = [end for term in terms for end in _gaps(term, had)]
        if ends:
            found[pair] = max(ends)
    return found


def _gaps(term, had):
    """Yield the end of each part of *term* that no term of *had* has."""
    at, until = term
    for since, end in had:
        if since > at and at < until:
            yield min(since, until)
        at = max(at, end)
    if at < until:
        yield until


def common(one, other):
    """Return the part that two authorities have in common."""
    found = {}
    for mine, theirs in ((one, other), (other, one)):
        for pair, end in mine.items():
            there = covered(theirs, pair)
            if there is not None:
                found[pair] = max(found.get(pair, BEGINNING), min(end, there))
    return found


def renamed_pairs(authority, old, new):
    """Return *authority* with a workspace's new name in the place of its old one."""
    return {(called(s, old, new), p): end for (s, p), end in authority.items()}


def under_new_name(world, change):
    """Return *world* with the new name of what *change* renames."""
    thing = world.things.get(change.before.address)
    name, renamed = name_of(change.after), world.copy()
    if thing is not None and name:
        renamed.rename(thing, replace(thing, **{name: getattr(change.after, name)}))
    return renamed


def name_of(thing):
    """Return which attribute of a resource is its name, or None if it has none of its own."""
    match thing:
        case User():
            return "email"
        case Workspace():
            return "handle"
        case Key() | Binding() | ObjectAccess():
            return None
    return "name"
