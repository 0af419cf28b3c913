"""What is not seen is not gone: plans of a read that saw only a part."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest

from rbac_sync.model import WHOLE, Action, Declaration, Kind, Manage, Subject
from rbac_sync.model import address as named
from rbac_sync.planning.planner import Planner

from ..build import (
    ALL,
    ANYTHING,
    CATALOGUE,
    NOW,
    bind,
    key,
    role,
    service_account,
    state,
    team,
    user,
    who,
    workspace,
)

PROD = named.workspace("prod")
BASE = [
    user("ana", "owner"),
    user("bo"),
    service_account("ci"),
    team("data", "bo"),
    workspace("prod"),
    role("reader", "see_flows"),
    bind("bo", "prod", "reader"),
]
MORE = replace(WHOLE, more_workspaces=True, reasons=("some workspaces are not shown",))


def hiding(*kinds):
    return replace(WHOLE, kinds=frozenset(kinds), reasons=("some kinds are not shown",))


def partly(*addresses):
    return replace(WHOLE, partly=frozenset(addresses), reasons=("a part is not shown",))


def planned(live, desired, horizon, **declared):
    declaration = Declaration(state(*desired), **{"manage": ALL, **declared})
    return Planner(CATALOGUE, ANYTHING, NOW, horizon=horizon).plan(declaration, state(*live))


def done(plan):
    return [f"{change.action} {change.address}" for change in plan.changes]


def without(*gone):
    return [each for each in BASE if each not in gone]


@pytest.mark.parametrize(
    ("gone", "address"),
    [
        (user("bo"), "member.bo@acme.example"),
        (service_account("ci"), "service-account.ci"),
        (team("data", "bo"), "team.data"),
        (role("reader", "see_flows"), "role.reader"),
    ],
)
def test_what_may_be_used_where_nobody_looks_is_not_deleted(gone, address):
    used = [bind("bo", "prod", "reader")] if gone[0].kind in (Kind.USER, Kind.ROLE) else []
    members = [team("data", "bo")] if gone[0].kind is Kind.USER else []
    desired = [*without(gone, *used, *members), *(team("data") for _ in members)]
    plan = planned(BASE, desired, MORE)

    assert f"delete {address}" not in done(plan)
    assert address in plan.unknown
    assert f"delete {address}" in done(planned(BASE, desired, WHOLE))


@pytest.mark.parametrize("change", [role("reader", "see_blocks"), role("reader", base="viewer")])
def test_a_role_that_may_be_held_where_nobody_looks_is_not_changed(change):
    desired = [*without(role("reader", "see_flows")), change]

    assert done(planned(BASE, desired, MORE)) == []
    assert set(done(planned(BASE, desired, WHOLE))) == {"update role.reader"}


def test_a_role_of_another_description_gives_nobody_anything_and_is_changed():
    described = role("reader", "see_flows", description="reads")
    desired = [*without(role("reader", "see_flows")), described]

    assert done(planned(BASE, desired, MORE)) == ["update role.reader"]


def test_keys_that_are_not_shown_hide_nobodys_access():
    plan = planned(BASE, without(role("reader", "see_flows"), BASE[-1]), hiding(Kind.KEY))

    assert "delete role.reader" in done(plan)


@pytest.mark.parametrize("manage", [Manage.ALL, Manage.DECLARED])
def test_a_new_name_that_an_unseen_workspace_may_have_is_not_given_and_the_old_one_stays(manage):
    desired = [each for each in without(workspace("prod")) if each != BASE[-1]]
    desired = [*desired, workspace("live"), bind("bo", "live", "reader")]
    former = {named.workspace("live"): (PROD,)}
    plan = planned(BASE, desired, MORE, former=former, manage={**ALL, Subject.WORKSPACES: manage})

    assert done(plan) == []
    assert "workspace.live" in plan.unknown


def test_nothing_is_renamed_to_a_name_that_a_workspace_keeps():
    live = [user("ana", "owner"), workspace("prod"), workspace("test"), workspace("dev")]
    desired = [user("ana", "owner"), workspace("live"), workspace("prod"), workspace("test")]
    names = [named.workspace(handle) for handle in ("live", "prod", "test", "dev")]
    former = {new: (old,) for new, old in pairwise(names)}

    assert len(planned(live, desired, WHOLE, former=former).changes) == len(former)
    assert done(planned(live, desired, MORE, former=former)) == []


def test_a_person_who_does_not_get_another_address_is_not_made_twice():
    live = [user("ana", "owner"), user("bo"), workspace("prod"), bind("bo", "prod", "viewer")]
    desired = [user("ana", "owner"), user("bob"), workspace("prod"), bind("bob", "prod", "viewer")]
    plan = planned(live, desired, MORE, former={who("bob"): (who("bo"),)})

    assert done(plan) == []
    assert {"member.bo@acme.example", "member.bob@acme.example"} <= set(plan.unknown)


def test_a_team_of_which_some_is_not_shown_is_renamed_and_not_made_twice():
    desired = [*without(team("data", "bo")), team("science", "bo")]
    former = {who("team:science"): (who("team:data"),)}
    plan = planned(BASE, desired, partly(who("team:data")), former=former)

    assert done(plan) == ["rename team.science"]


def test_a_workspace_is_not_deleted_with_an_access_list_that_is_not_shown():
    desired = without(workspace("prod"), BASE[-1])
    hidden = partly(named.workspace_object(PROD, "block:s3/lake"))
    elsewhere = partly(named.workspace_object(named.workspace("dev"), "block:s3/lake"))

    plan = planned(BASE, desired, hidden)
    assert "delete workspace.prod" not in done(plan)
    assert "workspace.prod" in plan.unknown
    assert "delete workspace.prod" in done(planned(BASE, desired, elsewhere))


def test_nothing_is_built_on_what_may_be_there_already():
    desired = [*BASE, workspace("secret"), bind("bo", "secret", "viewer")]
    plan = planned(BASE, desired, MORE)

    assert done(plan) == []
    assert plan.unknown[:1] == ("workspace.secret",)


def test_access_of_people_who_are_not_shown_is_unknown_where_access_is_managed_whole():
    live = [each for each in BASE if each[0].kind is not Kind.USER and each != BASE[-1]]
    live = [team("data") if each == team("data", "bo") else each for each in live]
    manage = {**ALL, Subject.MEMBERS: Manage.NONE}

    assert "access of every member" in planned(live, live, hiding(Kind.USER), manage=manage).unknown


def test_a_kind_that_is_not_managed_and_not_shown_is_no_unknown():
    live = [user("ana", "owner"), workspace("prod")]
    manage = {**ALL, Subject.TEAMS: Manage.NONE, Subject.ACCESS: Manage.DECLARED}

    assert planned(live, live, hiding(Kind.TEAM), manage=manage).unknown == ()


def test_access_in_a_workspace_that_is_only_named_and_not_shown_is_unknown():
    manage = {**ALL, Subject.WORKSPACES: Manage.NONE}
    plan = planned(BASE, [*BASE, workspace("secret")], MORE, manage=manage)

    assert plan.unknown == ("workspace.secret",)


def test_a_read_that_saw_everything_leaves_nothing_unknown():
    plan = planned(BASE, [user("ana", "owner")], WHOLE)

    assert plan.unknown == ()
    assert Action.DELETE in {change.action for change in plan.changes}


def test_the_plan_says_why_something_is_unknown():
    assert planned(BASE, BASE, MORE).unseen_because == ("some workspaces are not shown",)


SYNCED = [
    user("ana", "owner"),
    user("bo"),
    service_account("ci"),
    team("synced", "bo", managed_by="directory"),
    workspace("prod"),
    bind("team:synced", "prod", "viewer"),
]


def test_f6_a_team_that_a_directory_owns_is_not_managed_when_nobody_declares_it():
    desired = [each for each in SYNCED if each[0].kind is not Kind.TEAM and each != SYNCED[-1]]
    plan = planned(SYNCED, desired, WHOLE)

    assert "delete team.synced" not in done(plan)
    assert who("team:synced") in plan.unmanaged


def test_f6_without_members_a_team_that_a_directory_owns_stays_too():
    plan = planned([*BASE, team("empty", managed_by="directory")], BASE, WHOLE)

    assert done(plan) == []
    assert plan.unmanaged == (who("team:empty"),)


def test_f6_its_access_is_the_accounts_own_and_goes_when_nobody_declares_it():
    assert done(planned(SYNCED, SYNCED[:-1], WHOLE)) == ["delete workspace.prod/access/team:synced"]


def test_f6_people_whom_only_a_directory_manages_are_not_removed():
    desired = [each for each in SYNCED if each != user("bo")]
    plan = planned(SYNCED, [*desired[:2], *desired[3:], desired[2]], WHOLE)

    assert done(plan) == []
    assert who("bo") in plan.unmanaged


def test_f6_somebody_whose_end_is_written_and_has_passed_is_removed_all_the_same():
    desired = [each for each in SYNCED if each not in (user("bo"), SYNCED[3], SYNCED[-1])]
    plan = planned(SYNCED, desired, WHOLE, ended=frozenset({who("bo")}))

    assert "delete member.bo@acme.example" in done(plan)


def test_f6_a_declared_team_keeps_the_users_that_its_directory_put_in():
    declared = team("synced", "sa:ci", managed_by="directory")
    desired = [declared if each == SYNCED[3] else each for each in SYNCED]
    plan = planned(SYNCED, desired, WHOLE)

    assert done(plan) == ["update team.synced"]
    assert plan.outcome.get(who("team:synced")).references == {who("bo"), who("sa:ci")}


def test_a_team_of_our_own_is_removed_as_ever():
    plan = planned([*BASE, team("left", "bo"), key("sa:ci", "old")], BASE, WHOLE)

    assert set(done(plan)) == {"delete team.left", "delete service-account.ci/key/old"}
