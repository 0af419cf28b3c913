"""What holds of tests for every pair of states and every plan from one to the other."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from rbac_sync.guard import Access, GuardContext
from rbac_sync.guard.bitsets import RoleMasks, union
from rbac_sync.guard.policy_tests.evaluate import Evaluator
from rbac_sync.guard.policy_tests.failures import COULD_NOT
from rbac_sync.guard.rules.standing import test as rule
from rbac_sync.model import (
    ACCOUNT,
    ANYWHERE,
    EVERYONE,
    Binding,
    Declaration,
    Manage,
    Permission,
    State,
    Subject,
    Team,
    held,
)
from rbac_sync.model.expectation import Ability, Asset, Circle, Separation
from rbac_sync.planning import followed
from rbac_sync.planning.planner import Planner
from tests.build import ANYTHING

from ...planning.worlds import (
    BOTS,
    CLOUD,
    OWNER,
    PEOPLE,
    SOME,
    SPACES,
    TEAMS,
    account_role,
    address,
    states,
    workspace_role,
)

NOW = datetime(2026, 11, 21, tzinfo=UTC)
ALL = dict.fromkeys(Subject, Manage.ALL)

SINGLE = [each.address for each in (OWNER, *PEOPLE, *BOTS)]
WHO = [*SINGLE, EVERYONE, *(address(f"team:{name}") for name in TEAMS)]
SCOPES = [ANYWHERE, *(space.address for space in SPACES)]
PERMISSIONS = st.frozensets(st.sampled_from([*map(Permission, SOME)]), min_size=1)
ROLES = ["viewer", "developer", "owner", "releaser"]
ASSETS = [
    *(Asset(name, permission=Permission(name)) for name in SOME),
    *(Asset(name, frozenset({workspace_role(name)})) for name in ROLES),
]

abilities = st.builds(
    Ability,
    st.just("ability"),
    st.sampled_from(WHO),
    st.sampled_from(SCOPES),
    can=st.just(frozenset()) | PERMISSIONS,
    cannot=st.just(frozenset()) | PERMISSIONS,
    only=st.none() | PERMISSIONS,
    at_most=st.none() | st.sampled_from([workspace_role(name) for name in ROLES]),
)
circles = st.builds(
    Circle,
    st.just("circle"),
    st.sampled_from(ASSETS),
    st.sampled_from(SCOPES),
    st.none() | st.frozensets(st.sampled_from(WHO)),
    st.none() | st.integers(0, 4),
) | st.builds(
    Circle,
    st.just("owners"),
    st.just(Asset("owner", frozenset({account_role("owner")}))),
    st.just(ACCOUNT),
    st.none() | st.frozensets(st.sampled_from(SINGLE)),
    st.integers(0, 4),
)
separations = st.builds(
    Separation,
    st.just("separation"),
    st.lists(st.sampled_from(ASSETS), min_size=2, max_size=3, unique=True).map(tuple),
    st.none() | st.sampled_from(SCOPES),
    st.frozensets(st.sampled_from(WHO), max_size=2),
)
expectations = st.lists(abilities | circles | separations, min_size=1, max_size=4, unique=True)


def plan_of(live, desired):
    return Planner(CLOUD, ANYTHING, NOW).plan(Declaration(desired, manage=ALL), live)


def failing(state, expected, before=None, roles=()):
    """Return the names by which tests fail; on the way from *before*, by which they may not fail.

    Those are not what cannot be where *before* has nothing, and not the failures of a handover.
    A role that a test measures by grants what it grants in *roles*, or without them in *state*.
    """
    found, access = {}, Access(state, CLOUD)
    masks = [RoleMasks(each.get, CLOUD, access.alphabet) for each in (roles or (state,))]
    measure = lambda role: union(each.here(role) for each in masks)
    for failure in Evaluator(expected, access, NOW, measure).failures():
        if before and failure.verb == COULD_NOT and not before.knows(failure.scope):
            continue
        if before and counts_at_the_end_alone(failure, expected):
            continue
        key = (failure.expectation, failure.verb, failure.principal, failure.scope)
        found.setdefault(key, set()).update(failure.names)
    return found


def counts_at_the_end_alone(failure, expected):
    """Say whether a number fails that counts on the outcome alone, as docs/reference has it.

    Such is each `at_most`, and an `at_least` that is also the `at_most` of the same thing there.
    """
    test = failure.expectation
    if failure.verb == "too few":
        same = [t for t in expected if isinstance(t, Circle) and t.asset == test.asset]
        return test.at_least in {t.at_most for t in same if t.scope == test.scope}
    return failure.verb == "too many"


def new(failures, *known):
    """Return what of *failures* is in none of *known*."""
    return {
        (*key[1:], key[0].name)
        for key, names in failures.items()
        if any(name not in set().union(*(k.get(key, set()) for k in known)) for name in names)
    }


@given(states(), states(), expectations)
def test_what_is_looked_at_on_the_way_is_all_that_can_fail_there(live, desired, expected):
    plan = plan_of(live, desired)
    begun, ended = failing(plan.live, expected), failing(plan.outcome, expected)
    ends = (plan.live, plan.outcome)
    passed = [followed(plan.live, plan.changes[:n]) for n in range(1, len(plan.changes))]
    between = [new(failing(each, expected, plan.live, ends), begun, ended) for each in passed]

    asked = GuardContext(plan, CLOUD, OWNER.address, NOW, expectations=tuple(expected))
    said = [f.message for f in rule(asked)]

    on_the_way = [message for message in said if "and not at the end" in message]
    assert bool(on_the_way) == any(between)
    assert len(said) - len(on_the_way) == len(
        list(Evaluator(expected, asked.outcome, NOW).failures())
    )


forbidding = st.lists(
    st.builds(
        Ability,
        st.just("ability"),
        st.sampled_from(WHO),
        st.sampled_from(SCOPES[1:]),
        cannot=PERMISSIONS,
        at_most=st.none() | st.sampled_from([workspace_role("viewer")]),
    ),
    min_size=1,
    max_size=3,
    unique=True,
)


@given(states(), states(), forbidding)
def test_no_plan_in_safe_order_is_refused_for_what_nobody_can_at_its_ends(live, desired, expected):
    plan = plan_of(live, desired)

    asked = GuardContext(plan, CLOUD, OWNER.address, NOW, expectations=tuple(expected))

    assert [f.message for f in rule(asked) if "and not at the end" in f.message] == []


@given(states(), expectations)
def test_where_nothing_changes_nothing_fails_on_the_way(live, expected):
    asked = GuardContext(
        plan_of(live, live), CLOUD, OWNER.address, NOW, expectations=tuple(expected)
    )

    assert [f.message for f in rule(asked)] == [
        f"test `{f.expectation.name}` fails: {f.what}"
        for f in Evaluator(expected, Access(live, CLOUD), NOW).failures()
    ]


def test_a_team_that_is_deleted_is_looked_at_where_it_holds_a_role():
    team, space = address("team:ops"), SPACES[0]
    roles, owner = (
        CLOUD.roles.values(),
        Binding(OWNER.address, ACCOUNT, held(account_role("owner"))),
    )
    live = State(
        [
            *roles,
            OWNER,
            Team("ops"),
            space,
            owner,
            Binding(team, space.address, held(workspace_role("viewer"))),
        ]
    )
    desired = State([*roles, OWNER, owner])
    seen = Ability("ability", team, ANYWHERE, can=frozenset({Permission("see_flows")}))
    asked = GuardContext(plan_of(live, desired), CLOUD, OWNER.address, NOW, expectations=(seen,))

    (finding,) = rule(asked)

    assert finding.message == (
        f"test `ability` would fail after `{team}`, and not at the end: "
        f"`team:ops` could not `see_flows` in workspace {space.handle}"
    )
    assert finding.hint == "make the change in two plans: first what gives, then what takes"
