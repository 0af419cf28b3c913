"""Whatever plans some people apply one after another, they give nobody what none of them holds.

The changes are dishonest: in any order, with an earlier side of another account, in plans that no
planner makes. What somebody holds is counted here without the guard's own modules.
"""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from rbac_sync.guard import GuardContext, examine
from rbac_sync.model import (
    ACCOUNT,
    ANYWHERE,
    EVERYONE,
    Binding,
    Kind,
    Level,
    Permission,
    Policy,
    Role,
    ServiceAccount,
    State,
    Status,
    User,
)
from rbac_sync.model import held as held_roles
from rbac_sync.model.instant import is_open
from rbac_sync.planning import Change, Plan, followed

from ..planning.test_properties import NOW
from ..planning.worlds import CLOUD, PEOPLE, account_role, accounts

CLERK = Role(
    Level.ACCOUNT,
    "people-and-teams",
    CLOUD.closed(map(Permission, ("update:account_membership", "update:team", "create:bot"))),
)
"""The role of those who manage people, teams and service accounts and hold little else."""

POLICY = Policy(min_owners=0, allow_removals=1_000, allow_losers=1_000, allow_self_reduction=True)
APPLIERS = st.sets(st.sampled_from([each.address for each in PEOPLE]), min_size=1, max_size=2)
ROLES = st.sampled_from([account_role("admin"), CLERK.address])
MOST = 12


def held(state, who, counts):
    """Return what *who* holds, alone, by teams and by default, in the terms that *counts*."""
    person = state.get(who)
    if isinstance(person, User) and person.status is Status.SUSPENDED:
        return set()
    places = state.memberships_of(who) if who.kind is not Kind.EVERYONE else {}
    holders = {who, *(team for team, place in places.items() if counts(place))}
    holders |= {EVERYONE} if who.kind is Kind.USER else set()
    found = set()
    for binding in state.bindings():
        for role in (h.role for h in binding.roles if binding.principal in holders and counts(h)):
            known = state.get(role)
            found |= {(binding.scope, each) for each in permissions(known, state)}
            for below in known.implies if isinstance(known, Role) else ():
                found |= {(ANYWHERE, each) for each in permissions(state.get(below), state)}
    return found


def permissions(role, state):
    return CLOUD.expanded(role, state.get) if isinstance(role, Role) else frozenset()


def everything(state, counts=lambda _: True):
    people = (*state.of(User), *state.of(ServiceAccount), EVERYONE)
    return {who: held(state, who, counts) for who in people}


def is_now(element):
    return is_open(element.since, element.until, NOW)


def resources(state):
    return {each.address: each for each in (*state.resources(), *state.bindings())}


def dishonest(live, other, random):
    """Return the changes from *live* to *other* in any order, some with another earlier side."""
    here, there = resources(live), resources(other)
    changes = []
    for address in sorted({*here, *there}):
        before, after = here.get(address), there.get(address)
        if before != after:
            changes.append(Change(random.choice([before, before, before, after]) or before, after))
    random.shuffle(changes)
    return [each for each in changes if each.before or each.after]


@given(accounts(), accounts(), APPLIERS, ROLES, st.randoms(use_true_random=False))
def test_no_chain_of_plans_gives_what_no_applier_holds(live, other, appliers, role, random):
    state = live.draft()
    for applier in sorted(appliers):
        for each in (CLERK, User(applier.key), Binding(applier, ACCOUNT, held_roles(role))):
            state.put(each)
    start, live = everything(state), state
    bound = set().union(*(held(live, who, is_now) for who in appliers))
    for _ in range(MOST):
        who, count = random.choice(sorted(appliers)), random.choice([1, 1, 1, 2])
        changes = tuple(dishonest(state, other, random)[:count])
        if not changes or examine(GuardContext(Plan(state, changes), CLOUD, who, NOW, POLICY)):
            continue
        draft = followed(state, changes)
        state = State([*draft.resources(), *draft.bindings()])
        for principal, now in everything(state).items():
            more = now - start.get(principal, set()) - bound
            assert {each for each in more if (ANYWHERE, each[1]) not in bound} == set()
