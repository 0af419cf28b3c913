"""Accounts, plans and appliers at the boundary of what is allowed, honest and dishonest.

The plan comes first; then the applier is given exactly what the plan needs, or one thing less.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from random import Random

from rbac_sync.model import (
    ACCOUNT,
    ANYWHERE,
    EVERYONE,
    Action,
    Binding,
    Holding,
    Key,
    Kind,
    Level,
    Membership,
    ObjectAccess,
    ObjectLevel,
    ObjectType,
    Permission,
    Role,
    ServiceAccount,
    Status,
    Team,
    User,
    Workspace,
    meet,
)
from rbac_sync.model import address as named
from rbac_sync.model.resources import role as role_address
from rbac_sync.planning import Change

from .cases import ADMIN, BUILTIN, NOW, OWNS, Case, small
from .forge import forged
from .judge import needed
from .world import World

DISHONEST = 0.3
PAST, SOON, LATER, FAR = (NOW + timedelta(days=days) for days in (-5, 10, 40, 60))
ENDS = (None, None, None, SOON, LATER, PAST)
FUTURE_ENDS = (None, None, SOON, LATER)
PLACES = ("prod", "test")
SPACE = sorted(map(Permission, OWNS))
FIRM = sorted(map(Permission, ADMIN))
OLGA = named.user("olga@x.org")


def case(seed, number):
    """Return the case of this number, the same for the same seed."""
    rng = Random(f"{seed}/{number}")  # tests are to be repeated
    maker = Maker(rng)
    return maker.case()


def space_role(name):
    """Return the address of a workspace role."""
    return role_address(Level.WORKSPACE, name)


def account_role(name):
    """Return the address of an account role."""
    return role_address(Level.ACCOUNT, name)


class Maker:
    """Makes one case of one source of chance."""

    def __init__(self, rng):
        self.rng = rng
        bot = rng.random() < 0.15
        self.app = named.service_account("app") if bot else named.user("app@x.org")

    def case(self):
        """Return an account, a plan and an applier."""
        rng = self.rng
        world = self.world()
        dishonest = rng.random() < DISHONEST
        changes, draft, touched = [], world, set()
        for _ in range(rng.choice((1, 1, 1, 2, 2, 3))):
            for change in self.step(draft, touched):
                changes.append(change)
                draft = draft.after(change)
        notes = []
        if dishonest:
            changes, what = forged(rng, world, changes, self)
            notes.append(what)
        return self.applied(world, tuple(changes), notes, honest=not dishonest)

    # The account.

    def world(self):
        """Return a small account; the applier is there and holds nothing yet."""
        rng = self.rng
        things = [*BUILTIN, *self.roles()]
        people = [User("olga@x.org"), *self.people()]
        bots = [ServiceAccount(n) for n in ("ci", "etl") if rng.random() < 0.6]
        places = [Workspace(handle) for handle in PLACES]
        singles = [p.address for p in (*people[1:], *bots)]
        teams = [self.team(name, singles) for name in ("data", "ops") if rng.random() < 0.8]
        held = [Binding(OLGA, ACCOUNT, self.holding("owner", Level.ACCOUNT, ended=False))]
        custom = [r.name for r in things if not r.builtin and r.level is Level.WORKSPACE]
        firm = [r.name for r in things if not r.builtin and r.level is Level.ACCOUNT]
        for single in singles:
            name = rng.choice(("member", "member", "member", "admin", "owner", *firm))
            held.append(Binding(single, ACCOUNT, self.holding(name, Level.ACCOUNT)))
        holders = [*singles, *(t.address for t in teams)]
        for place in places:
            for holder in holders:
                if rng.random() < 0.3:
                    name = rng.choice(("viewer", "developer", "owner", *custom))
                    held.append(Binding(holder, place.address, self.holding(name)))
            if rng.random() < 0.3:
                name = rng.choice(("viewer", *custom))
                held.append(Binding(EVERYONE, place.address, self.holding(name, ended=False)))
        owners = [p.address for p in people if p.status is Status.ACTIVE] + [
            b.address for b in bots
        ]
        keys = [Key(o, "k", rng.choice(FUTURE_ENDS)) for o in owners if rng.random() < 0.4]
        if not any(k.owner == OLGA for k in keys):
            keys.append(Key(OLGA, "k"))
        holders += [EVERYONE, EVERYONE, OLGA, *[self.app] * 4]
        chance = rng.choice((0, 0, 0.5))
        lists = [
            ObjectAccess(place.address, f"deployment:etl/{name}", **self.levels(holders))
            for place in places
            for name in ("daily", "hourly")
            if rng.random() < chance
        ]
        app = ServiceAccount("app") if self.app.kind is Kind.SERVICE_ACCOUNT else User("app@x.org")
        everything = [*things, *people, *bots, *teams, *places, *keys, app, *lists, *held]
        return World.of(everything, small())

    def levels(self, holders):
        """Return some of *holders* for each level of a list."""
        chances = {str(level): self.rng.choice((0, 0.2, 0.5)) for level in ObjectLevel}
        return {
            level: frozenset(who for who in holders if self.rng.random() < chance)
            for level, chance in chances.items()
        }

    def roles(self):
        """Return some custom roles of both levels."""
        rng = self.rng
        found = [self.role(name) for name in ("reader", "lead") if rng.random() < 0.8]
        if rng.random() < 0.6:
            names = ("viewer", "owner", *(r.name for r in found))
            implies = {space_role(rng.choice(names))} if rng.random() < 0.6 else ()
            some = rng.sample(FIRM, rng.randint(0, 3))
            found.append(
                Role(Level.ACCOUNT, "clerk", self.closed(some), implies=frozenset(implies))
            )
        return found

    def role(self, name):
        """Return a workspace role of some permissions, and perhaps a base."""
        rng = self.rng
        base = {space_role(rng.choice(("viewer", "developer")))} if rng.random() < 0.3 else ()
        return Role(Level.WORKSPACE, name, self.permissions(), frozenset(base))

    def permissions(self):
        """Return some permissions of a workspace, with all they include."""
        return self.closed(self.rng.sample(SPACE, self.rng.randint(0, 3)))

    def closed(self, names):
        """Return *names* with all they include."""
        found = set(names)
        while more := {i for p in found for i in small().includes.get(p, ())} - found:
            found |= more
        return frozenset(found)

    def people(self):
        """Return some people of every status."""
        rng = self.rng
        found = []
        for name in ("pam", "quin", "rob"):
            match rng.choice(("active", "active", "active", "suspended", "pending", "none")):
                case "active":
                    found.append(User(f"{name}@x.org"))
                case "suspended":
                    found.append(User(f"{name}@x.org", Status.SUSPENDED))
                case "pending":
                    ends = rng.choice((SOON, LATER, PAST))
                    found.append(User(f"{name}@x.org", Status.PENDING, ends))
        return found

    def team(self, name, singles):
        """Return a team of some of *singles*, sometimes one that a directory owns."""
        rng = self.rng
        inside = [s for s in singles if rng.random() < 0.3]
        members = frozenset(Membership(s, *self.term()) for s in inside)
        return Team(name, members, "okta" if rng.random() < 0.15 else "")

    def term(self):
        """Return a start and an end, mostly none."""
        rng = self.rng
        since, until = rng.choice((None, None, None, None, SOON, FAR)), rng.choice(ENDS)
        if since and until and since >= until:
            since = None
        return since, until

    def holding(self, name, level=Level.WORKSPACE, *, ended=True):
        """Return one role held, sometimes for a time."""
        since, until = self.term() if ended and self.rng.random() < 0.4 else (None, None)
        return frozenset({Holding(role_address(level, name), since, until)})

    # Honest steps.

    def step(self, world, touched):
        """Return a step that nothing before it was about: one change, or its two halves."""
        for _ in range(8):
            change = self.rng.choices(self.OPS, self.WEIGHTS)[0](self, world)
            if change is None:
                continue
            names = {side.address for side in (change.before, change.after, *change.brings) if side}
            is_late = change.action is Action.RENAME and touched  # the honest put renames first
            if names & touched or change.before == change.after or is_late:
                continue
            touched |= names
            return self.halves(change)
        return []

    def halves(self, change):
        """Return *change*, sometimes cut into what it takes and what it gives."""
        plain = change.before and change.after and not change.brings
        if plain and change.before.address == change.after.address and self.rng.random() < 0.15:
            between = meet(change.before, change.after)
            # The planner cuts a role with another base where all that both bases grant is kept.
            is_based_alike = getattr(change.before, "base", None) == getattr(between, "base", None)
            if is_based_alike and between not in (None, change.before, change.after):
                return [Change(change.before, between), Change(between, change.after)]
        return [change]

    def pick(self, found):
        """Return one of *found*, or None."""
        found = list(found)
        return self.rng.choice(found) if found else None

    def single(self, world):
        """Return a person or service account; seldom the applier."""
        found = [*world.of_kind(User), *world.of_kind(ServiceAccount)]
        others = [f.address for f in found if f.address != self.app]
        return self.app if self.rng.random() < 0.06 else self.pick(others)

    def held(self, world, level=Level.WORKSPACE):
        """Return one role that may be held, sometimes for a time."""
        names = [r.name for r in world.of_kind(Role) if r.level is level]
        ends = (
            None,
            None,
            None,
            None,
            SOON,
            LATER,
            LATER,
            PAST if self.rng.random() < 0.05 else None,
        )
        starts = (None, None, None, None, None, NOW + timedelta(days=3))
        some = self.rng.sample(names, self.rng.choice((1, 1, 1, 2)))
        return frozenset(
            Holding(role_address(level, name), since, until)
            for name in some
            for until in [self.rng.choice(ends)]
            for since in [self.rng.choice(starts) if until != PAST else None]
        )

    def grant(self, world):
        """Bind somebody in a workspace."""
        rng = self.rng
        place = self.pick(world.of_kind(Workspace))
        if place is None:
            return None
        teams = [t.address for t in world.of_kind(Team)]
        who = self.pick([self.single(world) or EVERYONE, *teams, EVERYONE])
        before = world.find(Binding(who, place.address, frozenset()))
        after = Binding(who, place.address, self.held(world))
        if before and rng.random() < 0.3:
            terms = [replace(h, since=None, until=rng.choice(FUTURE_ENDS)) for h in before.roles]
            after = replace(before, roles=frozenset(terms))
        return Change(before, after)

    def revoke(self, world):
        """Take a binding away."""
        found = self.pick(sorted(k for k in world.held if k[1] != ACCOUNT))
        return found and Change(Binding(*found, world.held[found]), None)

    def promote(self, world):
        """Give somebody another account role."""
        found = self.pick(sorted(k for k in world.held if k[1] == ACCOUNT))
        if not found:
            return None
        before = Binding(*found, world.held[found])
        return Change(before, replace(before, roles=self.held(world, Level.ACCOUNT)))

    def edit_list(self, world):
        """Put somebody on a list, take somebody off it, or open or close a level."""
        rng = self.rng
        before = self.pick(world.of_kind(ObjectAccess))
        if before is None:
            return None
        level = rng.choice(list(ObjectLevel))
        listed, teams = before.at(level), [t.address for t in world.of_kind(Team)]
        who = self.pick([self.single(world) or EVERYONE, self.app, EVERYONE, *teams])
        others = (listed | {who}, listed | {who}, listed - {who}, frozenset(), listed ^ {who})
        after = replace(before, **{str(level): rng.choice(others)})
        if rng.random() < 0.2:
            after = replace(after, view=listed)
        return Change(before, after)

    def make_role(self, world):
        """Make a role of either level."""
        if world.things.get(space_role("fresh")) or world.things.get(account_role("new-clerk")):
            return None
        if self.rng.random() < 0.3:
            some = self.closed(self.rng.sample(FIRM, self.rng.randint(0, 2)))
            return Change(None, Role(Level.ACCOUNT, "new-clerk", some))
        return Change(None, self.role("fresh"))

    def edit_role(self, world):
        """Widen, narrow, rename or delete a custom role."""
        rng = self.rng
        before = self.pick(r for r in world.of_kind(Role) if not r.builtin)
        if before is None:
            return None
        known = SPACE if before.level is Level.WORKSPACE else FIRM
        ways = ("widen", "widen", "narrow", "rename", "delete", "base", "describe", "implies")
        match rng.choice(ways):
            case "widen":
                wider = self.closed({*before.permissions, rng.choice(known)})
                return Change(before, replace(before, permissions=wider))
            case "narrow":
                some = {p for p in before.permissions if rng.random() < 0.5}
                return Change(before, replace(before, permissions=self.closed(some)))
            case "rename":
                return Change(before, replace(before, name=f"{before.name}-2"))
            case "delete":
                return Change(before, None)
            case "base" if before.level is Level.WORKSPACE:
                base = rng.choice([{space_role("viewer")}, {space_role("developer")}, set()])
                return Change(before, replace(before, base=frozenset(base)))
            case "implies" if before.level is Level.ACCOUNT:
                names = [r.name for r in world.of_kind(Role) if r.level is Level.WORKSPACE]
                some = rng.sample(names, rng.choice((0, 1, 1, 2)))
                return Change(before, replace(before, implies=frozenset(map(space_role, some))))
        return Change(before, replace(before, description="What it is for."))

    def make_team(self, world):
        """Make a team, perhaps of somebody."""
        if world.things.get(named.team("fresh")):
            return None
        who = self.single(world)
        members = {Membership(who)} if who and self.rng.random() < 0.5 else set()
        return Change(None, Team("fresh", frozenset(members)))

    def edit_team(self, world):
        """Let somebody enter or leave, or rename or delete a team."""
        rng = self.rng
        before = self.pick(world.of_kind(Team))
        if before is None:
            return None
        who = self.single(world)
        match rng.choice(("enter", "enter", "enter", "leave", "term", "rename", "delete", "tie")):
            case "enter" if who and who not in {m.principal for m in before.members}:
                place = Membership(who, None, rng.choice(FUTURE_ENDS))
                return Change(before, replace(before, members=before.members | {place}))
            case "leave" if before.members:
                gone = rng.choice(sorted(before.members, key=repr))
                return Change(before, replace(before, members=before.members - {gone}))
            case "term" if before.members:
                place = rng.choice(sorted(before.members, key=repr))
                other = replace(place, since=None, until=rng.choice(FUTURE_ENDS))
                return Change(before, replace(before, members=before.members - {place} | {other}))
            case "rename":
                return Change(before, replace(before, name=f"{before.name}-2"))
            case "delete":
                return Change(before, None)
            case "tie":
                return Change(before, replace(before, managed_by=rng.choice(("okta", "mine"))))
        return None

    def make_person(self, world):
        """Let somebody in, or invite somebody with all that comes with it."""
        rng = self.rng
        user = User("new@x.org")
        if world.things.get(user.address):
            return None
        account = Binding(user.address, ACCOUNT, self.held(world, Level.ACCOUNT))
        if rng.random() < 0.4:
            return Change(None, user, (account,))
        places = [w.address for w in world.of_kind(Workspace) if rng.random() < 0.3]
        brings = [account, *(Binding(user.address, p, self.held(world)) for p in places)]
        joins = []
        if rng.random() < 0.3 and (team := self.pick(world.of_kind(Team))):
            joins.append(team.address)
        pending = replace(user, status=Status.PENDING, expires=rng.choice((SOON, LATER)))
        return Change(None, pending, tuple(brings), tuple(joins))

    def edit_person(self, world):
        """Suspend, wake, extend, replace or remove somebody."""
        rng = self.rng
        before = self.pick(world.of_kind(User))
        if before is None or (before.address == self.app and rng.random() < 0.7):
            return None
        match rng.choice(("remove", "status", "status", "status", "address")):
            case "remove":
                return Change(before, None)
            case "address":
                return Change(before, replace(before, email=f"{before.email[:-6]}-2@x.org"))
        match before.status:
            case Status.ACTIVE:
                return Change(before, replace(before, status=Status.SUSPENDED))
            case Status.SUSPENDED:
                return Change(before, replace(before, status=Status.ACTIVE))
        if rng.random() < 0.3:
            return Change(before, replace(before, status=Status.ACTIVE, expires=None))
        return Change(before, replace(before, expires=rng.choice((SOON, LATER))))

    def make_bot(self, world):
        """Make a service account."""
        bot = ServiceAccount("fresh")
        if world.things.get(bot.address):
            return None
        return Change(None, bot, (Binding(bot.address, ACCOUNT, self.held(world, Level.ACCOUNT)),))

    def edit_bot(self, world):
        """Describe, rename or delete a service account."""
        before = self.pick(b for b in world.of_kind(ServiceAccount) if b.address != self.app)
        if before is None:
            return None
        match self.rng.choice(("describe", "rename", "delete", "delete")):
            case "describe":
                return Change(before, replace(before, description="Builds."))
            case "rename":
                return Change(before, replace(before, name=f"{before.name}-2"))
        return Change(before, None)

    def make_key(self, world):
        """Make a key, of a service account above all."""
        rng = self.rng
        bots = [b.address for b in world.of_kind(ServiceAccount)]
        people = [u.address for u in world.of_kind(User) if u.status is Status.ACTIVE]
        owner = self.pick([*bots, *bots, self.app, *people[:1]])
        until = rng.choice((SOON, LATER, None))
        return Change(None, Key(owner, "fresh", until))

    def edit_key(self, world):
        """Revoke a key."""
        before = self.pick(world.of_kind(Key))
        return before and Change(before, None)

    def make_space(self, world):
        """Make a workspace."""
        fresh = Workspace("fresh")
        return None if world.things.get(fresh.address) else Change(None, fresh)

    def edit_space(self, world):
        """Describe, rename or delete a workspace."""
        before = self.pick(world.of_kind(Workspace))
        if before is None:
            return None
        match self.rng.choice(("describe", "open", "rename", "delete", "delete")):
            case "describe":
                return Change(before, replace(before, description="Where it runs."))
            case "open":
                return Change(before, replace(before, public=not before.public))
            case "rename":
                return Change(before, replace(before, handle=f"{before.handle}-2"))
        return Change(before, None)

    OPS = (
        grant, revoke, promote, make_role, edit_role, make_team, edit_team,
        make_person, edit_person, make_bot, edit_bot, make_key, edit_key, make_space, edit_space,
        edit_list,
    )  # fmt: skip
    WEIGHTS = (14, 6, 8, 4, 10, 3, 12, 8, 8, 3, 3, 7, 4, 2, 4, 9)

    # The applier.

    MODES = {  # noqa: RUF012  # a table
        "exactly": 34,
        "rights alone": 6,
        "minus one permission": 9,
        "minus one managing permission": 5,
        "other scope": 4,
        "all existing workspaces": 4,
        "suspended": 2,
        "expired": 2,
        "other term": 8,
        "by team": 6,
        "by expired team": 2,
        "by default role": 4,
        "somebody there": 5,
        "an owner": 9,
        "author bound": 8,
    }

    def applied(self, world, changes, notes, *, honest):  # noqa: C901  # one mode after another
        """Return the case in which the applier is given what the plan needs, or nearly."""
        rng = self.rng
        rights, pairs = needed(world, changes, self.app, small(), NOW)
        mode = rng.choices(list(self.MODES), list(self.MODES.values()))[0]
        if not honest and rng.random() < 0.5:
            mode = "rights alone"
        grants = dict.fromkeys((*rights, *pairs))
        author = None
        match mode:
            case "rights alone":
                grants = dict.fromkeys(rights)
            case "minus one permission" if pairs:
                grants = self.without(grants, rng.choice(sorted(pairs)))
            case "minus one managing permission" if rights:
                grants = self.without(grants, rng.choice(sorted(rights)))
            case "other term":
                until = rng.choice((SOON, LATER))
                grants = {pair: until if rng.random() < 0.7 else None for pair in grants}
            case "expired":
                grants = dict.fromkeys(grants, PAST)
        if mode == "by default role" and _about_everyone(changes):
            mode = "exactly"
        world = world.copy()
        self.settle(world, grants, mode)
        applier = self.app
        if mode == "somebody there":
            applier = self.single(world)
        if mode == "an owner":
            applier = OLGA
        if mode == "author bound":
            author = rng.choice((OLGA, self.single(world), self.app))
            applier = OLGA if author == self.app else self.app
        live = tuple(world.resources())
        return Case(live, changes, applier, author, NOW, honest, (mode, *notes))

    def without(self, grants, pair):
        """Return *grants* without a pair and whatever includes it."""
        scope, name = pair
        return {
            (s, p): end
            for (s, p), end in grants.items()
            if not (s == scope and (p == name or name in small().includes.get(p, ())))
        }

    def settle(self, world, grants, mode):  # noqa: C901, PLR0912  # one mode after another
        """Give the applier roles of its own that hold *grants*."""
        app, rng = self.app, self.rng
        known = {w.address for w in world.of_kind(Workspace)}
        holder, account = app, {}
        spaces = {}
        for (scope, name), end in grants.items():
            if str(name).startswith("?"):
                continue
            if scope.kind is Kind.OBJECT:
                at = named.object_workspace(scope)
                right = small().lists[ObjectType.DEPLOYMENT][ObjectLevel(name)]
                listed = world.things.get(scope)
                on_it = listed and not listed.at(ObjectLevel(name)).isdisjoint({app, EVERYONE})
                passes = not on_it and rng.random() < 0.6
                for each in (right, Permission("manage_acls"))[: 1 + passes]:
                    spaces.setdefault(at if at in known else ANYWHERE, {}).setdefault(each, end)
                continue
            if scope == ACCOUNT:
                account[name] = end
            else:
                where = scope if scope in known else ANYWHERE
                spaces.setdefault(where, {})[name] = end
        if mode == "other scope":
            spaces = {_other(scope): of for scope, of in spaces.items()}
        if mode == "all existing workspaces" and ANYWHERE in spaces:
            everywhere = spaces.pop(ANYWHERE)
            for place in known:
                spaces.setdefault(place, {}).update(everywhere)
        if mode in ("by team", "by expired team"):
            until = PAST if mode == "by expired team" else None
            crew = Team("crew", frozenset({Membership(app, None, until)}))
            world.put(crew)
            holder = crew.address
        if mode == "by default role" and app.kind is Kind.USER:
            holder = EVERYONE
        if mode == "suspended" and app.kind is Kind.USER:
            world.put(User("app@x.org", Status.SUSPENDED))
        anywhere = spaces.pop(ANYWHERE, {})
        self.account(world, account, anywhere)
        for place, names in spaces.items():
            roles = (
                world.held.get((holder, place), frozenset()) if holder == EVERYONE else frozenset()
            )
            parts = self.parts(world, names, f"app-{place.key}", Level.WORKSPACE)
            world.put(Binding(holder, place, roles | parts))
        rng.random()

    def account(self, world, names, anywhere):
        """Give the applier its account role, with what it holds in every workspace."""
        implied = {}
        for number, end in enumerate(sorted(set(anywhere.values()), key=repr)):
            some = frozenset(p for p in anywhere if anywhere[p] == end)
            role = Role(Level.WORKSPACE, f"app-any-{number}", some)
            world.put(role)
            implied.setdefault(end, set()).add(role.address)
        parts = []
        for number, end in enumerate(sorted({*names.values(), *implied}, key=repr)):
            some = frozenset(p for p in names if names[p] == end)
            role = Role(
                Level.ACCOUNT, f"app-{number}", some, implies=frozenset(implied.get(end, ()))
            )
            world.put(role)
            parts.append(Holding(role.address, None, end))
        if not parts:
            parts = [Holding(account_role("member"))]
        world.put(Binding(self.app, ACCOUNT, frozenset(parts)))

    def parts(self, world, names, called, level):
        """Return the holdings of roles that hold *names*, a role for each end."""
        found = set()
        for number, end in enumerate(sorted(set(names.values()), key=repr)):
            role = Role(level, f"{called}-{number}", frozenset(p for p in names if names[p] == end))
            world.put(role)
            found.add(Holding(role.address, None, end))
        return frozenset(found)


def _about_everyone(changes):
    sides = (side for change in changes for side in (change.before, change.after))
    return any(isinstance(side, Binding) and side.principal == EVERYONE for side in sides)


def _other(scope):
    if scope in (ACCOUNT, ANYWHERE):
        return scope
    return named.workspace("test" if scope.key == "prod" else "prod")
