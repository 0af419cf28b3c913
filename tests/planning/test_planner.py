from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from rbac_sync.model import (
    ACCOUNT,
    EVERYONE,
    Manage,
    Policy,
    Role,
    Status,
    Subject,
    User,
    held,
)
from rbac_sync.model import address as named
from rbac_sync.planning import Change, Invitations, followed
from rbac_sync.planning.comparison import INVITATION
from rbac_sync.planning.target_form import normal

from ..build import (
    ALL,
    ANYTHING,
    CATALOGUE,
    NOW,
    bind,
    key,
    plan,
    role,
    service_account,
    state,
    team,
    user,
    who,
    workspace,
)

INVITES = replace(ANYTHING, invitations=~Invitations.NONE)
BARE = replace(ANYTHING, invitations=Invitations.REQUIRED | Invitations.DATED)
"""A target that invites, and lets nobody pending hold a role in a workspace or be in a team."""

NONE = dict.fromkeys(Subject, Manage.NONE)
DECLARED = dict.fromkeys(Subject, Manage.DECLARED)


def company(*more, bo="viewer"):
    return state(
        user("ana", "owner"),
        user("bo"),
        service_account("ci"),
        key("sa:ci", "main"),
        team("data", "bo"),
        role("reader", "see_flows"),
        workspace("prod", "Production"),
        bind("bo", "prod", bo),
        *more,
    )


def without_bo(*more):
    return state(
        user("ana", "owner"),
        service_account("ci"),
        key("sa:ci", "main"),
        role("reader", "see_flows"),
        workspace("prod", "Production"),
        *more,
    )


def shown(found):
    """Return (action, address) of each change, in order, as text."""
    return [f"{change.action} {change.address}" for change in found.changes]


def one(found):
    (change,) = found.changes
    return change


def test_what_is_live_as_declared_is_no_change():
    assert shown(plan(company(), company())) == []


# One edit each.


def test_another_role_is_an_update_of_the_binding():
    change = one(plan(company(), company(bo="runner")))

    assert str(change.address) == "workspace.prod/access/bo@acme.example"
    assert list(change.attributes()) == [
        (
            "roles",
            *(b.roles for (b,) in (bind("bo", "prod", "viewer"), bind("bo", "prod", "runner"))),
        )
    ]


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        (user("cy"), "create member.cy@acme.example"),
        (service_account("etl"), "create service-account.etl"),
        (key("sa:ci", "second"), "create service-account.ci/key/second"),
        (team("ops"), "create team.ops"),
        (workspace("test"), "create workspace.test"),
        (role("writer", "write_flows"), "create role.writer"),
        (bind("sa:ci", "prod", "viewer"), "create workspace.prod/access/sa:ci"),
        (bind("everyone", "prod", "viewer"), "create workspace.prod/default_role"),
    ],
)
def test_each_kind_comes_and_goes(more, expected):
    assert shown(plan(company(), company(more))) == [expected]
    assert shown(plan(company(more), company())) == [expected.replace("create", "delete")]


@pytest.mark.parametrize(
    ("edit", "expected"),
    [
        (user("bo", "admin"), "update member.bo@acme.example/account_role"),
        (service_account("ci", description="Builds."), "update service-account.ci"),
        (key("sa:ci", "main", "2027-01-01T00:00:00Z"), "update service-account.ci/key/main"),
        (team("data", "bo", "ana"), "update team.data"),
        (team("data", "bo until 2027-01-01T00:00:00Z"), "update team.data"),
        (workspace("prod", "Prod"), "update workspace.prod"),
        (role("reader", "see_flows", "see_blocks"), "update role.reader"),
        (
            bind("bo", "prod", "viewer until 2027-01-01T00:00:00Z"),
            "update workspace.prod/access/bo@acme.example",
        ),
    ],
)
def test_each_kind_is_updated(edit, expected):
    assert shown(plan(company(), company(edit))) == [expected]


def test_a_member_comes_with_its_account_role_in_one_change():
    change = one(plan(company(), company(user("cy", "admin"))))

    assert change.brings == tuple(bind("cy", None, "admin"))


def test_a_member_of_a_target_that_does_not_invite_is_active_and_bound_after_it_exists():
    found = plan(company(), company(user("cy"), bind("cy", "prod", "viewer")))

    assert shown(found) == [
        "create member.cy@acme.example",
        "create workspace.prod/access/cy@acme.example",
    ]
    assert found.changes[0].after.status is Status.ACTIVE


def test_what_ends_with_a_member_is_no_change_of_its_own():
    assert shown(plan(company(), without_bo(team("data")))) == ["delete member.bo@acme.example"]


def test_a_team_that_changes_otherwise_names_who_leaves_before_they_go():
    found = plan(company(), without_bo(team("data", "ana")))

    assert shown(found) == ["update team.data", "delete member.bo@acme.example", "update team.data"]
    assert followed(company(), found.changes) == without_bo(team("data", "ana"))


def test_keys_end_with_their_service_account():
    live = company(service_account("etl"), key("sa:etl", "main"), team("ops", "sa:etl"))

    assert shown(plan(live, company(team("ops")))) == ["delete service-account.etl"]


def test_bindings_end_with_their_team():
    live = company(team("ops"), bind("team:ops", "prod", "viewer"))

    assert shown(plan(live, company())) == ["delete team.ops"]


def test_keys_of_people_are_nobody_elses_business():
    assert plan(company(key("bo", "laptop")), company()).changes == ()
    assert plan(company(key("bo", "laptop")), company()).unmanaged == ()


def test_keys_of_a_service_account_that_nobody_declares_are_left_alone():
    live = company(service_account("etl"), key("sa:etl", "main"))
    declared = {**ALL, Subject.SERVICE_ACCOUNTS: Manage.DECLARED}

    found = plan(live, company(), manage=declared)

    assert found.changes == ()
    assert found.unmanaged == (who("sa:etl"),)


# How far a table reaches.


def undeclared():
    return company(
        user("cy"),
        service_account("etl"),
        team("ops"),
        role("writer", "write_flows"),
        workspace("test"),
        bind("sa:ci", "prod", "viewer"),
    )


EXTRA = [
    "member.cy@acme.example",
    "role.writer",
    "service-account.etl",
    "team.ops",
    "workspace.prod/access/sa:ci",
    "workspace.test",
]


def test_where_all_is_managed_what_nobody_declares_goes():
    found = plan(undeclared(), company())

    assert sorted(str(c.address) for c in found.changes if c.after is None) == EXTRA
    assert found.unmanaged == ()


@pytest.mark.parametrize("reach", [DECLARED, NONE])
def test_where_not_all_is_managed_what_nobody_declares_stays_and_is_listed(reach):
    found = plan(undeclared(), company(), manage=reach)

    assert found.changes == ()
    assert [str(address) for address in found.unmanaged] == EXTRA


def test_what_is_declared_is_managed_unless_it_says_otherwise():
    found = plan(company(), company(team("data", "ana")), manage={})

    assert shown(found) == ["update team.data", "update team.data"]


def test_where_nothing_is_managed_nothing_declared_is_made_or_changed():
    desired = company(user("bo", "admin"), team("data", "ana"), user("cy"), bo="runner")

    assert plan(company(), desired, manage=NONE).changes == ()


@pytest.mark.parametrize("subject", Subject)
def test_each_table_reaches_as_far_as_it_says_and_no_further(subject):
    live = company(
        user("cy"),
        service_account("etl"),
        team("ops"),
        role("writer", "write_flows"),
        workspace("test"),
        bind("sa:ci", "prod", "viewer"),
        key("sa:ci", "second"),
    )
    kinds = {
        Subject.MEMBERS: "member.cy@acme.example",
        Subject.SERVICE_ACCOUNTS: "service-account.etl",
        Subject.TEAMS: "team.ops",
        Subject.ROLES: "role.writer",
        Subject.WORKSPACES: "workspace.test",
        Subject.ACCESS: "workspace.prod/access/sa:ci",
        Subject.KEYS: "service-account.ci/key/second",
    }

    found = plan(live, company(), manage={**NONE, subject: Manage.ALL})

    assert shown(found) == [f"delete {kinds[subject]}"]


def test_bindings_in_a_workspace_that_nobody_declares_are_left_alone():
    live = company(workspace("test"), bind("bo", "test", "viewer"))

    found = plan(live, company(), manage={**ALL, Subject.WORKSPACES: Manage.DECLARED})

    assert found.changes == ()
    assert found.unmanaged == (named.workspace("test"),)


def test_builtin_roles_are_never_undeclared():
    assert plan(company(), company(), manage=DECLARED).unmanaged == ()


def test_a_default_role_that_is_switched_off_goes_where_what_is_declared_is_managed():
    live = company(bind("everyone", "prod", "viewer"))

    assert shown(plan(live, company(), manage={})) == ["delete workspace.prod/default_role"]


def test_a_default_role_that_is_not_written_keeps_its_live_value():
    live = company(bind("everyone", "prod", "viewer"))
    silent = frozenset({named.workspace("prod")})

    assert plan(live, company(), silent_defaults=silent).changes == ()


def test_access_that_is_not_written_keeps_its_live_value_and_is_listed():
    live = company(bind("sa:ci", "prod", "viewer"))
    silent = frozenset({named.workspace("prod")})

    found = plan(live, company(), silent_access=silent)

    assert found.changes == ()
    assert [str(address) for address in found.unmanaged] == ["workspace.prod/access/sa:ci"]


# What has ended is named, so it goes wherever what is named is managed.


@pytest.mark.parametrize("reach", [ALL, DECLARED])
def test_a_binding_that_has_ended_goes(reach):
    live = company(bind("sa:ci", "prod", "viewer"))
    ended = frozenset({named.binding(who("sa:ci"), named.workspace("prod"))})

    found = plan(live, company(), manage=reach, ended=ended)

    assert shown(found) == ["delete workspace.prod/access/sa:ci"]


@pytest.mark.parametrize("reach", [ALL, DECLARED])
def test_a_member_whose_time_has_passed_goes(reach):
    found = plan(company(user("cy")), company(), manage=reach, ended=frozenset({who("cy")}))

    assert shown(found) == ["delete member.cy@acme.example"]


def test_what_has_ended_stays_where_nothing_is_managed():
    live = company(user("cy"), bind("sa:ci", "prod", "viewer"))
    ended = frozenset({who("cy"), named.binding(who("sa:ci"), named.workspace("prod"))})

    assert plan(live, company(), manage=NONE, ended=ended).changes == ()


# What is not written.


@pytest.mark.parametrize(
    ("live", "declared", "silent"),
    [
        (
            workspace("w", "Long", description="D", public=True),
            workspace("w"),
            {"name", "description", "public"},
        ),
        (
            team("t", "bo", description="D", managed_by="okta"),
            team("t"),
            {"members", "description", "managed_by"},
        ),
        (service_account("s", description="D"), service_account("s"), {"description"}),
        (key("sa:ci", "k", "2027-01-01T00:00:00Z"), key("sa:ci", "k"), {"until"}),
        (
            role("r", "see_flows", base="viewer", description="D"),
            role("r"),
            {"permissions", "base", "description"},
        ),
        (user("cy", status="suspended"), user("cy"), {"status", "expires"}),
    ],
)
def test_attributes_that_are_not_written_keep_their_live_value(live, declared, silent):
    address = declared[0].address

    assert (
        plan(company(live), company(declared), unstated={address: frozenset(silent)}).changes == ()
    )
    assert plan(company(live), company(declared)).changes != ()


def test_what_a_base_grants_that_is_not_written_is_not_granted_twice():
    live = company(role("r", "run_flows", base="viewer"))
    desired = company(role("r", "run_flows", "see_flows"))
    silent = {role("r")[0].address: frozenset({"base", "implies"})}

    assert plan(live, desired, unstated=silent).changes == ()


def test_beside_an_attribute_that_is_written_the_others_keep_their_live_value():
    live = company(workspace("w", "Long", description="D"))
    desired = company(workspace("w", "Short"))
    silent = {named.workspace("w"): frozenset({"description", "public"})}

    change = one(plan(live, desired, unstated=silent))

    assert list(change.attributes()) == [("name", "Long", "Short")]


def test_an_account_role_that_is_not_written_is_given_only_with_the_service_account():
    live, desired = company(service_account("ci", "admin")), company()
    silent = {named.binding(who("sa:ci"), ACCOUNT): frozenset({"roles"})}

    assert plan(live, desired, unstated=silent).changes == ()

    change = one(
        plan(
            state(user("ana", "owner")),
            state(user("ana", "owner"), service_account("ci")),
            unstated=silent,
        )
    )
    assert change.brings == tuple(bind("sa:ci", None, "member"))


def test_an_account_role_that_is_missing_is_given_even_if_it_is_not_written():
    live, desired = company(service_account("etl", None)), company(service_account("etl"))
    silent = {named.binding(who("sa:etl"), ACCOUNT): frozenset({"roles"})}

    assert shown(plan(live, desired, unstated=silent)) == [
        "create service-account.etl/account_role"
    ]


# Permissions are compared closed.


def test_a_role_is_as_declared_if_the_target_answers_with_what_it_includes():
    live = company(role("writer", "write_flows", "see_flows"))

    assert plan(live, company(role("writer", "write_flows"))).changes == ()


def test_what_a_base_grants_need_not_be_listed():
    live = company(role("writer", "write_flows", "see_flows", "see_blocks", base="viewer"))

    assert plan(live, company(role("writer", "write_flows", base="viewer"))).changes == ()


def test_a_new_role_is_closed():
    change = one(plan(company(), company(role("writer", "write_flows"))))

    assert change.after.permissions == {"write_flows", "see_flows"}


def test_the_normal_form_of_a_normal_form_is_itself():
    live = company(role("writer", "write_flows", "see_blocks", base="viewer"))

    once = normal(live, CATALOGUE)

    assert once != live
    assert normal(once, CATALOGUE) == once


def test_builtin_roles_are_normal_as_they_are():
    assert all(
        normal(company(), CATALOGUE).get(a) == r for a, r in company().of(Role).items() if r.builtin
    )


# Invitations.


def test_a_member_who_is_invited_begins_pending_with_all_that_it_is_to_hold():
    desired = company(user("cy"), bind("cy", "prod", "viewer"))

    change = one(plan(company(), desired, INVITES))

    assert change.after == User("cy@acme.example", Status.PENDING, NOW + INVITATION)
    assert set(change.brings) == {*bind("cy", None, "member"), *bind("cy", "prod", "viewer")}


def test_an_invitation_lasts_no_longer_than_the_policy_says():
    found = plan(company(), company(user("cy")), INVITES, policy=Policy(max_invite_days=2))

    assert one(found).after.expires == NOW + timedelta(days=2)


def test_what_a_target_cannot_give_to_the_invited_waits():
    desired = company(user("cy"), bind("cy", "prod", "viewer"), team("data", "bo", "cy"))

    found = plan(company(), desired, BARE)

    assert shown(found) == ["create member.cy@acme.example"]
    assert found.changes[0].brings == tuple(bind("cy", None, "member"))
    assert [str(c.address) for c in found.waiting] == [
        "team.data",
        "workspace.prod/access/cy@acme.example",
    ]


@pytest.mark.parametrize("target", [BARE, INVITES])
@pytest.mark.parametrize(
    ("members", "reach"),
    [((), Manage.ALL), ((user("cy"),), Manage.NONE)],
    ids=["not declared", "not managed"],
)
def test_nothing_waits_for_somebody_whom_nobody_invites(target, members, reach):
    desired = company(*members, bind("cy", "prod", "viewer"), team("data", "bo", "cy"))

    found = plan(company(), desired, target, manage={**ALL, Subject.MEMBERS: reach})

    assert found.waiting == ()
    assert shown(found) == ["update team.data", "create workspace.prod/access/cy@acme.example"]


def test_what_waits_for_somebody_still_pending_is_no_change():
    pending = user("cy", status="pending", expires="2026-11-25T00:00:00Z")
    desired = company(user("cy"), bind("cy", "prod", "viewer"), team("data", "bo", "cy"))
    silent = {who("cy"): frozenset({"status", "expires"})}

    found = plan(company(pending), desired, BARE, unstated=silent)

    assert found.changes == ()
    assert [str(c.address) for c in found.waiting] == [
        "team.data",
        "workspace.prod/access/cy@acme.example",
    ]


def test_what_waited_is_a_change_once_the_person_has_accepted():
    desired = company(user("cy"), bind("cy", "prod", "viewer"), team("data", "bo", "cy"))

    found = plan(company(user("cy")), desired, BARE)

    assert shown(found) == ["update team.data", "create workspace.prod/access/cy@acme.example"]
    assert found.waiting == ()


def test_only_the_invited_wait_for_a_team_the_others_enter_it_now():
    desired = company(user("cy"), team("data", "bo", "ana", "cy"))

    found = plan(company(), desired, BARE)

    change = next(c for c in found.changes if c.address == named.team("data"))
    assert {m.principal for m in change.after.members} == {who("bo"), who("ana")}
    (waiting,) = found.waiting
    assert (waiting.before, {m.principal for m in waiting.after.members}) == (
        change.after,
        {who("bo"), who("ana"), who("cy")},
    )


def test_a_new_team_begins_with_those_who_need_not_be_waited_for():
    found = plan(company(), company(user("cy"), team("ops", "ana", "cy")), BARE)

    created = next(c for c in found.changes if c.address == named.team("ops"))
    assert {m.principal for m in created.after.members} == {who("ana")}


def test_where_the_pending_may_hold_roles_nothing_waits():
    pending = user("cy", status="pending", expires="2026-11-25T00:00:00Z")
    desired = company(pending, bind("cy", "prod", "viewer"), team("data", "bo", "cy"))

    found = plan(company(pending), desired, INVITES)

    assert shown(found) == ["update team.data", "create workspace.prod/access/cy@acme.example"]
    assert found.waiting == ()


def test_service_accounts_are_not_invited():
    desired = company(service_account("etl"), bind("sa:etl", "prod", "viewer"))

    assert shown(plan(company(), desired, BARE)) == [
        "create service-account.etl",
        "create workspace.prod/access/sa:etl",
    ]


# The plan itself.


def test_a_plan_holds_the_live_state_it_was_made_from():
    assert plan(company(), company(bo="runner")).live == company()


def test_a_plan_can_say_where_a_change_is_declared():
    place = object()
    found = plan(company(), company(bo="runner"), origin=lambda _: place)

    assert found.place(found.changes[0]) is place


def test_a_change_of_an_account_role_is_declared_where_its_holder_is():
    place = object()
    desired = company(user("bo", "admin"))
    found = plan(company(), desired, origin=lambda a: place if a == who("bo") else None)

    assert found.place(found.changes[0]) is place


def test_one_thing_counts_once():
    live = company(bind("ana", "prod", "viewer", "runner"))
    desired = company(
        user("bo", "admin"),
        user("cy"),
        bind("ana", "prod", "viewer", "developer"),
        team("data"),
    )

    found = plan(live, desired)

    assert len(found.changes) > 4
    assert found.counts == (1, 3, 0)


def test_a_thing_that_goes_and_whose_holder_changes_counts_by_what_becomes_of_it():
    live = company(bind("sa:ci", "prod", "viewer"), user("cy"))

    assert plan(live, company(bo="runner")).counts == (0, 1, 2)


def test_everyones_default_role_is_an_update_when_it_changes():
    live = company(bind("everyone", "prod", "viewer"))
    change = one(plan(live, company(bind("everyone", "prod", "runner"))))

    assert isinstance(change, Change)
    assert (change.before.principal, change.before.roles) == (
        EVERYONE,
        held(next(r for r in CATALOGUE.roles if r.key == "workspace/viewer")),
    )


def test_f6_a_team_that_a_directory_owns_is_not_managed_and_never_destroyed():
    live = company(team("synced", "bo", managed_by="directory"), team("empty", managed_by="d"))

    found = plan(live, company())

    assert found.changes == ()
    assert [str(address) for address in found.unmanaged] == ["team.empty", "team.synced"]
