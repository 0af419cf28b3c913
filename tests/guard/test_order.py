"""Findings and paths are in one order: sets, whose order differs by run, do not decide it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rbac_sync.guard import GuardContext, Path, examine
from rbac_sync.model import Binding, Holding, Level, Membership, Policy, State
from rbac_sync.model import address as named
from rbac_sync.model.instant import parsed
from rbac_sync.model.resources import role as role_address
from rbac_sync.planning import Change, Plan

from ..build import bind, context, key, role, service_account, state, team, user, who, workspace

NUMBERS = range(10, 30)
ROLES = [f"r{number}" for number in NUMBERS]
TOP = [role(f"a{number}", "manage_roles", level=Level.ACCOUNT) for number in NUMBERS]


@pytest.fixture
def live() -> State:
    return state(
        user("ana", "owner"),
        user("bo"),
        key("ana", "laptop"),
        service_account("ci"),
        team("data", "bo"),
        workspace("prod"),
        *(role(name, "see_flows") for name in ROLES),
        *TOP,
    )


def messages(live: State, change: Change, **asked) -> list[str]:
    judged: GuardContext = context(Plan(live, (change,)), **asked)
    return [finding.message for finding in examine(judged)]


def given(*holdings: Holding) -> Change:
    return Change(None, Binding(who("bo"), named.workspace("prod"), frozenset(holdings)))


def test_of_several_roles_of_another_level_the_first_by_name_is_refused(live):
    change = given(*(Holding(role_address(Level.ACCOUNT, f"a{number}")) for number in NUMBERS))

    assert messages(live, change) == ["`role.a10` is not a role of the workspace"]


def test_of_several_members_that_are_no_actors_the_first_is_refused(live):
    data = live.get(named.team("data"))
    roles = [role_address(Level.WORKSPACE, name) for name in ROLES]
    change = Change(data, replace(data, members=frozenset(map(Membership, roles))))

    assert messages(live, change) == ["`workspace/r10` cannot be a member of `team.data`"]


def test_of_several_members_that_are_named_twice_the_first_is_refused(live):
    draft = live.draft()
    people = [resource for number in NUMBERS for resource in user(f"u{number}")]
    for resource in people:
        draft.put(resource)
    ends = (None, parsed("2027-01-01T00:00:00Z"))
    members = (Membership(who(f"u{number}"), None, end) for number in NUMBERS for end in ends)
    data = live.get(named.team("data"))

    assert messages(draft, Change(data, replace(data, members=frozenset(members)))) == [
        "`team.data` names `u10@acme.example` twice"
    ]


@pytest.mark.parametrize("key", ["base", "implies"])
def test_of_several_faulty_bases_the_first_by_name_is_refused(live, key):
    (custom,) = role("custom")
    faulty = frozenset(role_address(Level.WORKSPACE, name) for name in ROLES)
    (message,) = messages(live, Change(None, replace(custom, **{key: faulty})))

    assert "`role.r10`" in message


def test_of_several_faulty_reasons_that_of_the_first_role_is_refused(live):
    faults = [" a", *["a\nb"] * (len(ROLES) - 1)]
    pairs = zip(ROLES, faults, strict=True)
    change = given(*(Holding(role_address(Level.WORKSPACE, r), reason=f) for r, f in pairs))

    (message,) = messages(live, change)
    assert message.endswith("must not begin or end with space")


def test_findings_about_several_ends_are_in_the_order_of_the_ends(live):
    ends = [parsed(f"2026-01-{number}T00:00:00Z") for number in NUMBERS]
    pairs = zip(ROLES, ends, strict=True)
    change = given(*(Holding(role_address(Level.WORKSPACE, r), None, end) for r, end in pairs))

    ended = [f"ended 2026-01-{number}T00:00:00Z" for number in NUMBERS]
    assert [message[-26:] for message in messages(live, change)] == ended


def test_findings_about_the_roles_of_a_service_account_are_in_the_order_of_the_roles(live):
    (before,) = bind("sa:ci", None, "member")
    (after,) = bind("sa:ci", None, *(f"a{number}" for number in NUMBERS))
    policy = Policy(bots_account_role=role_address(Level.ACCOUNT, "member"))

    assert messages(live, Change(before, after), policy=policy) == [
        f"`sa:ci` would hold `role.a{number}`, more than `role.member`" for number in NUMBERS
    ]


def test_gains_that_outlast_the_bound_are_in_the_order_of_the_roles(live):
    draft = live.draft()
    for resource in bind("ana", None, "owner until 2026-12-01T00:00:00Z"):
        draft.put(resource)
    ends = [parsed(f"2027-01-{number}T00:00:00Z") for number in NUMBERS]
    pairs = zip(ROLES, ends, strict=True)
    change = given(*(Holding(role_address(Level.WORKSPACE, r), None, end) for r, end in pairs))
    (step,) = context(Plan(draft, (change,))).steps

    assert [until for _, (_, _, until) in step.facts.overlong] == ends


def test_paths_are_in_the_order_of_the_roles(live):
    change = given(*(Holding(role_address(Level.WORKSPACE, name)) for name in ROLES))
    access = context(Plan(live, (change,))).outcome
    paths: list[Path] = list(access.paths(who("bo"), named.workspace("prod")))

    assert [path.role.name for path in paths] == ROLES
