"""What the keys of `[guard]` promise, looked at on states alone, for plans of an owner.

As in ``judge``, nothing here is the guard's own. The plans are those of the oracle, some of them
forged, with steps that move terms and that give away the names of deleted things.
"""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import timedelta
from random import Random, SystemRandom

import pytest

from rbac_sync.guard import GuardContext, examine
from rbac_sync.model import (
    ACCOUNT,
    ANYWHERE,
    EVERYONE,
    Binding,
    Key,
    Kind,
    Limit,
    Policy,
    Role,
    ServiceAccount,
    State,
    Status,
    Team,
    User,
    Workspace,
)
from rbac_sync.planning import Change, Plan

from .cases import NOW, small
from .forge import FORGERS
from .generate import OLGA, PLACES, SPACE, Maker, space_role
from .test_oracle import SEED
from .world import FOREVER, World, called, gain_of_terms, name_of

TIMES = (None, *(NOW + timedelta(days=days) for days in (-5, 5, 20, 200)))
PLANS, LONG = 500, 300_000
OWNS_IT = space_role("owner")


def case(rng):
    """Return an account, a plan for it and a policy."""
    maker = Maker(rng)
    maker.app = OLGA
    world = maker.world()
    changes, draft, touched = [], world, set()
    for _ in range(rng.choice((1, 1, 2, 3))):
        for change in maker.step(draft, touched):
            changes.append(change)
            draft = draft.after(change)
    if rng.random() < 0.4:
        changes = rng.choice(FORGERS)(rng, world, list(changes), maker) or changes
    if rng.random() < 0.6:
        changes = [*changes, *rng.choice((retimed, reused, deposed))(rng, world)]
    names = sorted(str(each.address) for each in world.resources())
    policy = Policy(
        protect=frozenset(rng.sample(names, rng.choice((0, 3, 6)))),
        max_losers=rng.choice((None, Limit(number=0), Limit(number=1))),
        max_removal_fraction=1.0,
        allow_removals=99,
        allow_self_reduction=True,
        allow_public=rng.random() < 0.5,
        **limits(rng, world),
    )
    return world, tuple(changes), policy


def limits(rng, world):
    """Return the limits on roles, and on owners of workspaces."""
    roles = [role.address for role in world.of_kind(Role)]
    of_account = [role for role in roles if role.key.startswith("account/")]
    return {
        "bots_account_role": rng.choice((None, *of_account)),
        "default_role_forbids": frozenset(rng.sample(SPACE, rng.choice((0, 2)))),
        "workspace_owners": {each: 1 for each in PLACES if rng.random() < 0.3},
        "require_end_for": frozenset(rng.sample(roles, rng.choice((0, 0, 1)))),
    }


def retimed(rng, world):
    """Give a binding or a team other terms."""
    found = [each for each in world.resources() if isinstance(each, Binding | Team)]
    before = rng.choice(sorted(found, key=repr))
    name = "roles" if isinstance(before, Binding) else "members"
    terms = {moved(rng, element) for element in getattr(before, name)}
    return [Change(before, replace(before, **{name: frozenset(terms)}))]


def moved(rng, element):
    since, until = rng.choice(TIMES), rng.choice(TIMES)
    return replace(element, since=None if since and until else since, until=until)


def reused(rng, world):
    """Delete something, and give its name to another one."""
    kinds = (User, ServiceAccount, Team, Workspace)
    found = sorted((each for each in world.resources() if isinstance(each, kinds)), key=repr)
    gone = rng.choice(found)
    other = rng.choice([each for each in found if type(each) is type(gone)])
    name = name_of(gone)
    return [Change(gone, None), Change(other, replace(other, **{name: getattr(gone, name)}))]


def deposed(rng, world):
    """Take what somebody holds in a workspace that the same person or team owns."""
    found = [each for each in world.resources() if isinstance(each, Binding)]
    found = [each for each in found if any(h.role == OWNS_IT for h in each.roles)]
    return [Change(rng.choice(sorted(found, key=repr)), None)] if found else []


def broken(start, changes, policy):
    """Yield each promise of *policy* that *changes* break."""
    world, names = start, {address: address for address in start.things}
    for change in changes:
        before, world = world, world.after(change)
        if change.before and change.after:
            pair = change.before.address, change.address
            names = {old: called(new, *pair) for old, new in names.items()}
        elif change.before:
            names = {old: new for old, new in names.items() if new != change.before.address}
        yield from gone(start, world, policy)
        yield from orphaned(before, world, change, policy)
    yield from loosened(start, world, names, policy)
    yield from endless(start, world, names, policy)
    for each in start.resources():
        if str(each.address) in policy.protect and lowered(each, start, world):
            yield f"{each.address} gives or holds less"
    people = [each for each in start.resources() if isinstance(each, User | ServiceAccount)]
    losers = [
        each.address
        for each in people
        if names.get(each.address) and lost(each.address, names, start, world)
    ]
    if policy.max_losers and len(losers) > policy.max_losers.number:
        yield f"{losers} lose something"


def loosened(start, world, names, policy):
    """Yield what service accounts, everyone and workspaces have, and the limits do not allow."""
    former = {new: old for old, new in names.items()}

    def gained(who, scope):
        had = {
            (names.get(at, at), permission)
            for held, at in start.own(former.get(who, who))
            if at == former.get(scope, scope)
            for at, permission in start.pairs(held.role, at)
        }
        held = (held for held, at in world.own(who) if at == scope)
        return {pair for each in held for pair in world.pairs(each.role, scope)} - had

    allowed = policy.bots_account_role and world.pairs(policy.bots_account_role, ACCOUNT)
    for bot in world.of_kind(ServiceAccount) if allowed else ():
        if more := gained(bot.address, ACCOUNT) - allowed:
            yield f"{bot.address} holds {more}"
    for place in world.of_kind(Workspace):
        was = start.things.get(former.get(place.address))
        if {p for _, p in gained(EVERYONE, place.address)} & policy.default_role_forbids:
            yield f"everyone holds too much in {place.address}"
        if place.public and not policy.allow_public and not (was and was.public):
            yield f"{place.address} is public"
        few = was and policy.workspace_owners.get(place.handle, 0) > owners(world, place)
        if few and owners(start, was):
            yield f"{place.address} has no owner"


def endless(start, world, names, policy):
    """Yield whoever comes to hold for good, or earlier, what is given with an end only."""
    former = {new: old for old, new in names.items()}
    limited, first = (dated(of, policy, names) for of in (world, start))
    for who in [each for each in world.principals() if each.kind is not Kind.TEAM]:
        since = {
            (names.get(role, role), names.get(at, at)): begin
            for role, at, begin in endlessly(former.get(who, who), start)
            if names.get(role, role) in {names.get(each, each) for each in first}
        }
        for role, at, begin in endlessly(who, world):
            if role in limited and begin < since.get((role, at), FOREVER):
                yield f"{who} holds {role} in {at} for good"


def endlessly(who, world):
    """Return the role, place and beginning of what *who* holds for good, by any way."""
    paths = world.paths(who, as_everyone=False)
    held = [(h.role, at, max(since, NOW)) for h, at, since, until in paths if until == FOREVER]
    return sorted(held, key=lambda each: each[2], reverse=True)


def dated(world, policy, names):
    """Return the roles in *world* that are given with an end only, copies of built-in ones too."""
    named = policy.require_end_for | {names.get(role, role) for role in policy.require_end_for}
    roles = world.of_kind(Role)
    originals = [role for role in roles if role.builtin and role.address in policy.require_end_for]
    copies = {
        role.address
        for role in roles
        for original in originals
        if not role.builtin and role.level is original.level
        if world.permissions(role.address) >= original.permissions
    }
    return named | copies


def orphaned(before, world, change, policy):
    """Yield the places that a step leaves with fewer owners than they must have."""
    for place in world.of_kind(Workspace):
        name = change.before and change.before.address if change.address == place.address else None
        was = before.things.get(name or place.address)
        floor = policy.workspace_owners.get(place.handle, 0)
        if isinstance(was, Workspace) and owners(before, was) >= floor > owners(world, place):
            yield f"{place.address} has too few owners on the way"


def owners(world, place):
    """Return how many active people own a workspace now, by themselves or by a team."""
    people = [p for p in world.of_kind(User) if acts(p)]
    return sum(
        any(
            h.role == OWNS_IT and at == place.address and since <= NOW < until
            for h, at, since, until in world.paths(person.address, as_everyone=False)
        )
        for person in people
    )


def gone(start, world, policy):
    """Yield what is protected and not there, or ends earlier."""
    there = {str(each.address): each for each in world.resources()}
    for each in start.resources():
        now = there.get(str(each.address))
        if str(each.address) in policy.protect:
            if now is None:
                yield f"{each.address} is gone"
            elif isinstance(each, Key) and (now.until or FOREVER) < (each.until or FOREVER):
                yield f"{each.address} ends earlier"


def lowered(each, start, world):
    """Say whether a protected grant gives less in *world*, or a member holds less there."""
    if isinstance(each, Binding):
        own = ([h for h in w.own(each.principal) if h[1] == each.scope] for w in (world, start))
        ways = ([(h, at, h.since or NOW, h.until or FOREVER) for h, at in of] for of in own)
        after, before = map(World.of_ways, (world, start), ways, (NOW, NOW))
        return gain_of_terms(after, before)
    if not isinstance(each, User | ServiceAccount):
        return False
    after, before = (w.terms(each.address, NOW, comes_in=True) for w in (world, start))
    held = {pair: terms for pair, terms in before.items() if pair[0] in (ACCOUNT, ANYWHERE)}
    return gain_of_terms(after, held) or acts(each) > acts(world.things[each.address])


def lost(who, names, start, world):
    """Return what somebody held in *start*, by any way, and does not hold as long in *world*."""
    before, after = (
        of.of_ways(of.paths(name), NOW) if acts(of.things[name]) else {}
        for of, name in ((start, who), (world, names[who]))
    )
    return gain_of_terms(after, {(names.get(at, at), p): t for (at, p), t in before.items()})


def acts(person):
    return not isinstance(person, User) or person.status is Status.ACTIVE


def run(count, seed):
    seed, accepted = int(os.environ.get(SEED, seed)), 0
    for number in range(count):
        world, changes, policy = case(Random(f"{seed}/{number}"))  # plans are to be repeated
        asked = Plan(State(world.resources()), changes)
        if not examine(GuardContext(asked, small(), OLGA, NOW, policy)):
            accepted += 1
            said = next(broken(world, changes, policy), None)
            assert said is None, (f"{SEED}={seed}, plan {number}", said, changes, policy)
    assert accepted > count / 10


def test_an_accepted_plan_keeps_to_every_limit_of_the_policy():
    run(PLANS, 1)


@pytest.mark.long
@pytest.mark.timeout(0)
def test_many_more_plans_keep_to_every_limit_of_the_policy():
    run(LONG, SystemRandom().randrange(10**6))
