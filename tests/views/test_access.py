from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rbac_sync.guard import Access
from rbac_sync.model import ACCOUNT, Permission, ServiceAccount, User
from rbac_sync.model import address as named
from rbac_sync.views.access import render_answer, to_json
from rbac_sync.views.access_answers import find_answer, find_holders
from tests.build import (
    CATALOGUE,
    NOW,
    bind,
    role,
    service_account,
    state,
    team,
    user,
    who,
    workspace,
)
from tests.planning.worlds import CLOUD, OWNER, SOME, states

PROD, TEST = named.workspace("prod"), named.workspace("test")

HERE = Access(
    state(
        user("ana", "owner"),
        user("bo", "admin"),
        user("cy"),
        user("dan"),
        user("eve", status="pending"),
        user("sue", status="suspended"),
        service_account("ci"),
        team("data", "cy", "dan until 2026-11-01T00:00:00Z", "sue"),
        team("later", "dan from 2027-01-01T00:00:00Z"),
        role("oncall", "write_blocks", base="runner"),
        workspace("prod", default="viewer"),
        workspace("test"),
        bind("team:data", "prod", "runner until 2026-12-24T00:00:00Z"),
        bind("team:later", "prod", "oncall"),
        bind("sa:ci", "test", "developer"),
    ),
    CATALOGUE,
)


def asked(principal, permission, scope=PROD):
    return find_answer(HERE, who(principal), scope, Permission(permission), NOW)


def answer(principal, permission, scope=PROD):
    return render_answer(asked(principal, permission, scope)).splitlines()


def test_a_yes_names_the_team_the_role_and_the_end():
    assert answer("cy", "run_flows") == [
        "yes  cy@acme.example may run_flows in workspace prod",
        (
            "     through team:data, which holds runner in workspace prod"
            " (until 2026-12-24T00:00:00Z) (which includes run_flows)"
        ),
    ]


def test_a_yes_by_the_account_role_says_that_it_reaches_every_workspace():
    assert answer("bo", "run_flows") == [
        "yes  bo@acme.example may run_flows in workspace prod",
        "     as account admin, who owns every workspace (which includes run_flows)",
    ]


def test_a_yes_by_the_default_role_names_the_workspace():
    assert answer("cy", "see_flows")[-1] == (
        "     by the default role viewer of workspace prod (which includes see_flows)"
    )


def test_a_yes_by_ones_own_role_is_simple():
    assert answer("sa:ci", "write_flows", TEST) == [
        "yes  sa:ci may write_flows in workspace test",
        "     as developer in workspace test (which includes write_flows)",
    ]


def test_a_no_names_the_ways_that_are_not_open_now_and_what_it_takes():
    assert answer("dan", "run_flows") == [
        "no   dan@acme.example may not run_flows in workspace prod",
        (
            "     no longer: through team:data, which holds runner in workspace prod"
            " (until 2026-11-01T00:00:00Z) (which includes run_flows)"
        ),
        (
            "     not yet: through team:later, which holds oncall in workspace prod"
            " (from 2027-01-01T00:00:00Z) (which includes run_flows)"
        ),
        (
            "     it needs developer, oncall, owner or runner in workspace prod,"
            " or the account role admin or owner"
        ),
    ]


def test_a_no_in_the_account_names_account_roles():
    assert answer("cy", "manage_roles", ACCOUNT) == [
        "no   cy@acme.example may not manage_roles in the account",
        "     it needs the account role admin or owner",
    ]


def test_a_no_that_no_role_would_change_says_so():
    assert answer("cy", "fly")[-1] == "     no role here holds it"


@pytest.mark.parametrize(
    ("principal", "obstacle"),
    [
        ("sue", "sue@acme.example is suspended"),
        ("eve", "eve@acme.example has not accepted the invitation yet"),
        ("zoe", "zoe@acme.example does not exist here"),
        ("sa:zoe", "sa:zoe does not exist here"),
    ],
)
def test_who_cannot_act_at_all_is_told_why(principal, obstacle):
    found = answer(principal, "run_flows")
    assert found[0].startswith("no   ")
    assert found[1].strip() == obstacle


def test_who_can_lists_people_and_then_service_accounts():
    found = find_holders(HERE, TEST, Permission("write_flows"), NOW)
    assert [v.principal for v in found] == [who("ana"), who("bo"), who("sa:ci")]


def test_everything_that_somebody_may_do(snapshot):
    assert render_answer(find_answer(HERE, who("dan"), None, None, NOW)) == snapshot


def test_everything_that_an_admin_may_do(snapshot):
    assert render_answer(find_answer(HERE, who("bo"), None, None, NOW)) == snapshot


def test_an_explanation_of_one_scope_stays_there():
    found = render_answer(find_answer(HERE, who("bo"), ACCOUNT, None, NOW))
    assert "workspace" not in found.replace("create_workspaces", "")


def test_an_explanation_of_one_permission_shows_only_ways_to_it():
    found = render_answer(
        find_answer(HERE, who("cy"), None, Permission("see_account"), NOW)
    ).splitlines()
    heads = [line for line in found if not line.startswith(" ")]
    assert heads == ["cy@acme.example in the account: 1 of 6 permissions, by member"]


def test_an_explanation_of_one_permission_in_one_scope_is_the_verdict():
    found = find_answer(HERE, who("cy"), PROD, Permission("run_flows"), NOW)
    assert found == asked("cy", "run_flows")


def test_who_may_do_nothing_is_told_so():
    found = render_answer(find_answer(HERE, who("zoe"), TEST, None, NOW)).splitlines()
    assert found == [
        "zoe@acme.example does not exist here",
        "zoe@acme.example has no way to anything",
    ]


def test_answers_for_machines(snapshot):
    assert to_json(asked("dan", "run_flows")) == snapshot
    assert to_json(find_answer(HERE, who("cy"), PROD, None, NOW)) == snapshot


@given(states(), st.sampled_from(SOME))
def test_the_verdict_is_what_access_says_and_a_no_says_what_is_missing(state, permission):
    access = Access(state, CLOUD)
    principals = [*state.of(User), *state.of(ServiceAccount), OWNER.address]
    for scope in [ACCOUNT, *state.scopes()]:
        may = [p for p in principals if permission in access.may(p, scope, NOW)]
        found = [find_answer(access, p, scope, Permission(permission), NOW) for p in principals]
        assert [v.principal for v in found if v.yes] == may
        assert {v.principal for v in find_holders(access, scope, permission, NOW)} == set(may)
        assert all(bool(v.needed) == (not v.yes and scope != ACCOUNT) for v in found)
