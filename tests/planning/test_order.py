from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given, settings

from rbac_sync.guard.between import lookout
from rbac_sync.model import ACCOUNT, Action, Declaration, Kind, Manage, State, Subject
from rbac_sync.planning import Capabilities, leaver, make
from rbac_sync.planning.order import in_safe_order
from rbac_sync.planning.planner import Planner, normal

from ..build import (
    CATALOGUE,
    NOW,
    bind,
    plan,
    role,
    service_account,
    state,
    team,
    user,
    who,
    workspace,
)
from .worlds import CLOUD, OWNER, PEOPLE, states


def company(*more):
    return state(user("ana", "owner"), user("bo"), workspace("prod"), *more)


def steps(live, desired, applier=None):
    """Return the plan from *live* to *desired* as *applier* would make it."""
    watcher = lookout(CATALOGUE, who(applier) if applier else None, NOW)
    manage = dict.fromkeys(Subject, Manage.ALL)
    everything = Capabilities({kind: frozenset(Action) for kind in Kind})
    planner = Planner(CATALOGUE, everything, NOW, watcher)
    return planner.plan(Declaration(desired, manage=manage), live)


def shown(changes):
    return [f"{change.action} {change.address}" for change in changes]


# Cutting.


def test_a_change_that_only_gives_or_only_takes_is_one_step():
    viewer, both = (
        company(bind("bo", "prod", "viewer")),
        company(bind("bo", "prod", "viewer", "runner")),
    )

    assert len(plan(viewer, both).changes) == 1
    assert len(plan(both, viewer).changes) == 1


def test_a_change_that_takes_and_gives_is_cut_at_what_both_sides_grant():
    live = company(role("reader", "see_flows", "see_blocks"))
    desired = company(role("reader", "see_flows", "run_flows"))

    first, second = plan(live, desired).changes

    assert first.after == second.before
    assert first.after.permissions == {"see_flows"}


def test_a_binding_whose_roles_have_nothing_in_common_is_swapped_in_one_step():
    found = plan(company(bind("bo", "prod", "viewer")), company(bind("bo", "prod", "runner")))

    assert shown(found.changes) == ["update workspace.prod/access/bo@acme.example"]


def test_a_new_base_that_grants_what_was_listed_takes_nothing_away():
    live = company(role("reader", "see_flows", "see_blocks"))
    desired = company(role("reader", base="viewer"))

    assert len(plan(live, desired).changes) == 1


def test_a_description_is_changed_in_one_step():
    live, desired = (
        company(role("r", "see_flows")),
        company(role("r", "see_flows", description="D")),
    )

    assert len(plan(live, desired).changes) == 1


# Stages.


def test_what_grants_nothing_comes_first_and_what_grants_comes_after_what_is_taken():
    live = company(bind("bo", "prod", "viewer"), user("cy"))
    desired = company(
        user("cy"), role("reader", "see_flows"), team("data", "bo"), bind("cy", "prod", "viewer")
    )

    assert shown(plan(live, desired).changes) == [
        "create role.reader",
        "create team.data",
        "delete workspace.prod/access/bo@acme.example",
        "create workspace.prod/access/cy@acme.example",
    ]


def test_owners_are_made_before_others_are_unmade():
    live = company(user("ana", "owner"), user("bo", "member"))
    desired = company(user("ana", "member"), user("bo", "owner"))

    assert shown(plan(live, desired).changes) == [
        "update member.bo@acme.example/account_role",
        "update member.ana@acme.example/account_role",
    ]


def test_a_departing_owner_goes_after_other_access_is_taken():
    live = company(user("cy", "owner"), bind("bo", "prod", "viewer"))

    assert shown(plan(live, company()).changes) == [
        "delete workspace.prod/access/bo@acme.example",
        "delete member.cy@acme.example",
    ]


def test_access_moves_between_what_shrinks_and_what_grows():
    live = company(
        bind("bo", "prod", "viewer"),
        role("a", "see_flows", "see_blocks"),
        role("b", "see_flows"),
    )
    desired = company(
        bind("bo", "prod", "runner"),
        role("a", "see_flows"),
        role("b", "see_flows", "see_blocks"),
    )

    assert shown(plan(live, desired).changes) == [
        "update role.a",
        "update workspace.prod/access/bo@acme.example",
        "update role.b",
    ]


def test_everyones_role_is_narrowed_with_the_others_and_widened_after_them():
    live = company(workspace("test"), bind("everyone", "test", "viewer"))
    desired = company(
        workspace("test"), bind("everyone", "prod", "viewer"), bind("bo", "prod", "viewer")
    )

    assert shown(plan(live, desired).changes) == [
        "delete workspace.test/default_role",
        "create workspace.prod/access/bo@acme.example",
        "create workspace.prod/default_role",
    ]


def test_a_role_goes_after_whatever_holds_it():
    live = company(role("reader", "see_flows"), bind("bo", "prod", "reader"))
    desired = company(bind("bo", "prod", "viewer"))

    assert shown(plan(live, desired).changes) == [
        "update workspace.prod/access/bo@acme.example",
        "delete role.reader",
    ]


def test_a_role_goes_after_who_holds_it_is_gone():
    live = company(user("cy"), role("a-reader", "see_flows"), bind("cy", "prod", "a-reader"))

    assert shown(plan(live, company()).changes) == [
        "delete member.cy@acme.example",
        "delete role.a-reader",
    ]


def test_a_role_goes_after_the_workspace_in_which_it_is_held():
    live = company(workspace("test"), role("a", "see_flows"), bind("bo", "test", "a"))

    assert shown(plan(live, company()).changes) == ["delete workspace.test", "delete role.a"]


def test_a_role_goes_after_the_role_whose_base_it_is():
    live = company(role("a", "see_flows"), role("b", "see_blocks", base="a"))
    desired = company(role("b", "see_blocks"))

    assert shown(plan(live, desired).changes) == ["update role.b", "delete role.a"]


def test_a_member_goes_after_the_changes_of_teams_that_name_it():
    live = company(user("cy", "owner"), team("data", "cy"), team("ops", "cy", "bo"))
    desired = company(team("data", "ana"), team("ops", "bo"))

    assert shown(plan(live, desired).changes) == [
        "update team.data",
        "delete member.cy@acme.example",
        "update team.data",
    ]


# The applier.


def test_what_reduces_the_applier_comes_last():
    live = company(user("cy", "admin"), bind("bo", "prod", "viewer"))
    desired = company(user("cy", "member"), bind("bo", "prod", "runner"))

    assert shown(steps(live, desired, "cy").changes)[-1] == (
        "update member.cy@acme.example/account_role"
    )
    assert shown(steps(live, desired, "ana").changes)[-1] != (
        "update member.cy@acme.example/account_role"
    )


def test_what_reduces_the_applier_through_a_team_a_role_or_a_default_comes_last():
    base = (user("cy"), role("keeper", "manage_access", "see_flows"), workspace("test"))
    edits = {
        "update team.keepers": (
            (*base, team("keepers", "cy"), bind("team:keepers", "test", "keeper")),
            (*base, team("keepers"), bind("team:keepers", "test", "keeper")),
        ),
        "update role.keeper": (
            (*base, bind("cy", "test", "keeper")),
            (*base[::2], role("keeper", "see_flows"), bind("cy", "test", "keeper")),
        ),
        "delete workspace.test/default_role": (
            (*base, bind("everyone", "test", "keeper")),
            base,
        ),
    }
    for last, (live, desired) in edits.items():
        given = company(*desired, bind("bo", "test", "viewer"))
        found = steps(company(*live), given, "cy")

        assert shown(found.changes) == ["create workspace.test/access/bo@acme.example", last]


def test_a_role_that_only_the_appliers_own_reduction_frees_is_left_to_the_next_run():
    live = company(user("cy"), role("own", "see_flows"), bind("cy", "prod", "own"))

    found = steps(live, company(user("cy")), "cy")

    assert shown(found.changes) == ["delete workspace.prod/access/cy@acme.example"]
    assert shown(found.deferred) == ["delete role.own"]


def test_what_is_left_to_the_next_run_is_then_made():
    live = company(user("cy"), role("own", "see_flows"), bind("cy", "prod", "own"))
    desired = company(user("cy"))

    first = steps(live, desired, "cy")
    second = steps(first.outcome, desired, "cy")

    assert shown(second.changes) == ["delete role.own"]
    assert (second.deferred, second.outcome) == ((), desired)


def test_a_member_whose_team_the_applier_leaves_too_goes_before_that():
    keep = (user("cy"), role("own", "manage_access"), bind("team:ops", "prod", "own"))
    live = company(*keep, user("eli"), team("ops", "cy", "eli", "bo"))
    desired = company(*keep, team("ops", "bo"))

    found = steps(live, desired, "cy")

    assert shown(found.changes) == ["delete member.eli@acme.example", "update team.ops"]
    assert (found.deferred, found.outcome) == ((), desired)


def test_what_needs_something_that_is_left_to_the_next_run_is_left_too():
    live = company(
        user("cy"),
        role("own", "see_flows"),
        role("more", "see_flows", base="own"),
        bind("cy", "prod", "more"),
    )

    found = steps(live, company(user("cy")), "cy")

    assert shown(found.changes) == ["delete workspace.prod/access/cy@acme.example"]
    assert shown(found.deferred) == ["delete role.more", "delete role.own"]
    assert steps(found.outcome, company(user("cy")), "ana").outcome == company(user("cy"))


# For every pair of states.


EVERYTHING = Capabilities({kind: frozenset(Action) for kind in Kind})
WHOLLY = dict.fromkeys(Subject, Manage.ALL)


@settings(deadline=None, max_examples=100)
@given(states(), states())
def test_each_step_finds_what_it_says_it_changes(live, desired):
    planner = Planner(CLOUD, EVERYTHING, datetime(2026, 11, 21, tzinfo=UTC))
    found = planner.plan(Declaration(desired, manage=WHOLLY), live)
    draft = found.live.draft()

    for step in found.changes:
        found_there = draft.find(step.resource)
        assert found_there == step.before or (found_there and step.after is None)
        make(draft, step)


@settings(deadline=None, max_examples=100)
@given(states(), states())
def test_nobody_is_for_a_moment_without_the_access_that_keeps_it_in_the_account(live, desired):
    planner = Planner(CLOUD, EVERYTHING, datetime(2026, 11, 21, tzinfo=UTC))
    found = planner.plan(Declaration(desired, manage=WHOLLY), live)
    draft = found.live.draft()

    for step in found.changes:
        if goes := leaver(step, draft, CLOUD):
            assert all(b.scope == ACCOUNT for b in desired.bindings_of(goes.address))
            assert CLOUD.leaves(desired.holdings(goes.address, ACCOUNT))
        make(draft, step)


@settings(deadline=None, max_examples=100)
@given(states(), states())
def test_whatever_a_run_leaves_out_the_next_ones_make(live, desired):
    applier = PEOPLE[0].address if PEOPLE[0].address in live.of(type(PEOPLE[0])) else OWNER.address
    now = datetime(2026, 11, 21, tzinfo=UTC)
    for _ in range(3):
        planner = Planner(CLOUD, EVERYTHING, now, lookout(CLOUD, applier, now))
        found = planner.plan(Declaration(desired, manage=WHOLLY), live)
        live = found.outcome

    assert found.changes == found.deferred == ()
    assert normal(live, CLOUD) == normal(desired, CLOUD)


def test_the_order_is_the_same_whatever_order_the_changes_come_in():
    live = company(service_account("ci"), role("a", "see_flows"), bind("bo", "prod", "a"))
    changes = list(plan(live, company(service_account("etl"))).changes)

    forward = in_safe_order(changes, live, CATALOGUE)
    backward = in_safe_order(reversed(changes), live, CATALOGUE)

    assert forward == backward
    assert isinstance(live, State)
