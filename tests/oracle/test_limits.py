"""What `protect` and `max_losers` promise, looked at on states alone, for plans of an owner.

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
    Binding,
    Key,
    Limit,
    Policy,
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
from .generate import OLGA, Maker
from .test_oracle import SEED
from .world import FOREVER, World, called, gain_of_terms, name_of

TIMES = (None, *(NOW + timedelta(days=days) for days in (-5, 5, 20, 200)))
PLANS, LONG = 500, 300_000


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
        changes = [*changes, *rng.choice((retimed, reused))(rng, world)]
    names = sorted(str(each.address) for each in world.resources())
    policy = Policy(
        protect=frozenset(rng.sample(names, rng.choice((0, 3, 6)))),
        max_losers=rng.choice((None, Limit(number=0), Limit(number=1))),
        max_removal_fraction=1.0,
        allow_removals=99,
        allow_self_reduction=True,
        allow_public=True,
    )
    return world, tuple(changes), policy


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


def broken(start, changes, policy):
    """Yield each promise of *policy* that *changes* break."""
    world, names = start, {address: address for address in start.things}
    for change in changes:
        world = world.after(change)
        if change.before and change.after:
            pair = change.before.address, change.address
            names = {old: called(new, *pair) for old, new in names.items()}
        elif change.before:
            names = {old: new for old, new in names.items() if new != change.before.address}
        yield from gone(start, world, policy)
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


def test_an_accepted_plan_keeps_what_is_protected_and_takes_from_no_more_people_than_it_may():
    run(PLANS, 1)


@pytest.mark.long
@pytest.mark.timeout(0)
def test_many_more_plans_keep_what_is_protected():
    run(LONG, SystemRandom().randrange(10**6))
