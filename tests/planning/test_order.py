from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from functools import partial

import pytest
from hypothesis import given

from rbac_sync.guard import GuardContext, examine
from rbac_sync.guard.passing_access import ApplierWatch
from rbac_sync.model import (
    ACCOUNT,
    Binding,
    Declaration,
    Level,
    Manage,
    Permission,
    Policy,
    Role,
    State,
    Subject,
    held,
    label,
)
from rbac_sync.model.resources import role as role_address
from rbac_sync.planning import Change, leaver, make
from rbac_sync.planning.order import in_safe_order
from rbac_sync.planning.plan import Reason
from rbac_sync.planning.planner import Planner
from rbac_sync.planning.target_form import normal

from ..build import (
    ANYTHING,
    CATALOGUE,
    NOW,
    bind,
    context,
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
from .worlds import CLOUD, OWNER, PEOPLE, states


def company(*more):
    return state(user("ana", "owner"), user("bo"), workspace("prod"), *more)


def steps(live, desired, applier=None):
    """Return the plan from *live* to *desired* as *applier* would make it."""
    watcher = partial(ApplierWatch, CATALOGUE, who(applier) if applier else None, NOW)
    manage = dict.fromkeys(Subject, Manage.ALL)
    planner = Planner(CATALOGUE, ANYTHING, NOW, watcher)
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


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (("see_account", "manage_teams"), ("see_account",)),
        (("see_account",), ("see_account",)),
        (("see_account",), ("see_account", "manage_teams")),
    ],
)
def test_a_role_that_implies_another_one_is_cut_whatever_becomes_of_its_permissions(before, after):
    first, second = plan(
        company([clerk("viewer", *before)]), company([clerk("runner", *after)])
    ).changes

    assert (first.after.implies, first.after.permissions) == (frozenset(), {"see_account"})
    assert second.before == first.after


def clerk(implied, *permissions):
    """Return an account role that implies one of workspaces."""
    implies = frozenset({role_address(Level.WORKSPACE, implied)})
    return Role(Level.ACCOUNT, "clerk", frozenset(map(Permission, permissions)), implies=implies)


def test_whoever_leaves_a_role_has_left_it_before_it_implies_more():
    wide, builtin = clerk("viewer", "see_account"), role_address(Level.ACCOUNT, "member")
    narrow = replace(clerk("viewer", "see_account", "manage_teams"), implies=frozenset())
    stays, leaves = (Binding(who("bo"), ACCOUNT, held(r)) for r in (narrow.address, builtin))
    live, desired = company([narrow]).draft(), company([wide]).draft()
    live.put(stays)
    desired.put(leaves)

    assert shown(steps(live, desired).changes) == [
        "update role.clerk",
        "update member.bo@acme.example/account_role",
        "update role.clerk",
    ]


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


@pytest.mark.parametrize("heir", ["bo", "team:data"])
def test_the_owner_of_a_workspace_hands_over_before_going(heir):
    rest = (user("cy"), team("data", "bo"))
    live = company(*rest, bind("cy", "prod", "owner"), bind(heir, "prod", "viewer"))
    first = f"update workspace.prod/access/{label(who(heir))}"

    assert shown(plan(live, company(*rest, bind(heir, "prod", "owner"))).changes) == [
        first,
        "delete workspace.prod/access/cy@acme.example",
    ]


def test_the_members_of_a_team_that_owns_a_workspace_change_in_one_step():
    rest = (user("cy"), workspace("test"), bind("team:ops", "prod", "owner"))
    live, desired = (company(*rest, team("ops", name)) for name in ("bo", "cy"))
    more = bind("team:ops", "test", "viewer")

    assert shown(plan(live, desired).changes) == ["update team.ops"]
    assert shown(plan(live, company(*rest, team("ops", "cy"), more)).changes) == [
        "update team.ops",
        "create workspace.test/access/team:ops",
    ]


def test_where_no_order_keeps_an_owner_and_gives_nothing_in_passing_nothing_is_given_in_passing():
    rest = (user("cy"), workspace("test"), bind("team:ops", "prod", "owner"))
    rest = (*rest, role("reader", "see_flows"), role("runner of blocks", "see_blocks"))
    live = company(*rest, team("ops", "bo"), bind("team:ops", "test", "reader"))
    desired = company(*rest, team("ops", "cy"), bind("team:ops", "test", "runner of blocks"))

    assert shown(plan(live, desired).changes) == [
        "update team.ops",
        "update workspace.test/access/team:ops",
        "update team.ops",
    ]

    # What the hint of LAST_OWNER says: the new owner in a plan of its own.
    with_both = company(*rest, team("ops", "bo", "cy"), bind("team:ops", "test", "reader"))
    policy = Policy(workspace_owners={"prod": 1}, max_losers=None)
    ways = [(live, desired), (live, with_both), (with_both, desired)]
    found = [examine(context(plan(*way), policy=policy)) for way in ways]
    assert [[finding.rule for finding in each] for each in found] == [["LAST_OWNER"], [], []]


def test_a_team_that_owns_changes_its_members_before_it_gets_a_role_again_that_had_ended():
    rest = (user("cy"), workspace("test"), bind("team:ops", "prod", "owner"))
    ended = bind("team:ops", "test", "owner until 2026-01-01T00:00:00Z")
    live = company(*rest, team("ops", "bo"), ended)
    desired = company(*rest, team("ops", "cy"), bind("team:ops", "test", "owner"))

    assert shown(plan(live, desired).changes) == [
        "update team.ops",
        "update workspace.test/access/team:ops",
    ]


HANDOVERS = {
    "a person moves between two teams that own": (
        (team("ops", "bo"), team("data"), bind("team:ops", "prod", "owner")),
        (team("ops"), team("data", "bo"), bind("team:ops", "prod", "owner")),
        (bind("team:data", "prod", "owner"),),
    ),
    "an owning team changes in members and in another role": (
        (team("ops", "bo"), bind("team:ops", "prod", "owner"), bind("team:ops", "test", "viewer")),
        (team("ops", "cy"), bind("team:ops", "prod", "owner"), bind("team:ops", "test", "runner")),
        (),
    ),
    "the members of two teams are exchanged": (
        (team("ops", "bo"), team("data", "cy"), bind("cy", "prod", "viewer")),
        (team("ops", "cy"), team("data", "bo"), bind("cy", "prod", "runner")),
        (bind("team:ops", "prod", "owner"), bind("team:data", "test", "owner")),
    ),
    "a new owner comes, and a default role is swapped": (
        (bind("bo", "prod", "owner"), bind("everyone", "test", "reader")),
        (bind("cy", "prod", "owner"), bind("everyone", "test", "clerk")),
        (),
    ),
    "a new owner has another role swapped": (
        (bind("bo", "prod", "owner"), bind("cy", "prod", "reader")),
        (bind("cy", "prod", "owner", "clerk"),),
        (),
    ),
    "the owner gets a shorter term when the next one begins": (
        (bind("bo", "prod", "owner"),),
        (
            bind("bo", "prod", "owner until 2027-03-01T00:00:00Z"),
            bind("cy", "prod", "owner from 2027-03-01T00:00:00Z"),
        ),
        (),
    ),
}


@pytest.mark.parametrize("handover", HANDOVERS)
@pytest.mark.parametrize("back", [False, True])
def test_a_workspace_with_owners_before_and_after_a_plan_has_as_many_after_each_step(
    handover, back
):
    *ends, rest = HANDOVERS[handover]
    rest = (*rest, user("ana", "owner"), user("bo"), user("cy"), workspace("prod"))
    rest = (*rest, workspace("test"), role("reader", "see_flows"), role("clerk", "see_blocks"))
    live, desired = (state(*rest, *end) for end in (reversed(ends) if back else ends))
    policy = Policy(workspace_owners={"prod": 1}, max_losers=None)

    found = steps(live, desired, "ana")

    assert found.outcome == desired
    assert found.deferred == ()
    assert examine(context(found, policy=policy)) == []


@pytest.mark.parametrize(
    ("owners", "next_owners"), [(("bo", "cy"), None), (("cy",), ("bo", "dee")), (("cy",), ("bo",))]
)
def test_an_owner_goes_last_from_a_workspace_that_is_deleted_or_has_fewer_than_its_minimum(
    owners, next_owners
):
    rest = (user("ana", "owner"), user("bo"), user("dee"))
    live = state(*rest, user("cy"), workspace("prod"), *(bind(o, "prod", "owner") for o in owners))
    new = [bind(owner, "prod", "owner") for owner in next_owners or ()]
    desired = state(*rest, *([workspace("prod")] if new else []), *new)
    policy = Policy(workspace_owners={"prod": 2}, max_losers=None)

    found = steps(live, desired, "ana")

    assert found.outcome == desired
    assert [f.rule for f in examine(context(found, policy=policy))] == (
        ["LAST_OWNER"] if len(new) == 1 else []
    )


def test_all_who_leave_with_a_workspace_that_they_own_leave_when_it_is_deleted():
    owned = [workspace("dev"), *(bind(name, "dev", "owner") for name in ("cy", "dee"))]
    live = company(user("cy"), user("dee"), *owned)

    assert shown(plan(live, company(user("eli"))).changes) == [
        "delete workspace.dev",
        "delete member.cy@acme.example",
        "delete member.dee@acme.example",
        "create member.eli@acme.example",
    ]


def test_whoever_leaves_an_owning_team_and_the_account_goes_after_the_next_member_came():
    rest = (user("ana", "owner"), user("cy"), workspace("prod"), bind("team:ops", "prod", "owner"))
    live, desired = state(*rest, user("bo"), team("ops", "bo")), state(*rest, team("ops", "cy"))

    assert shown(plan(live, desired).changes) == [
        "update team.ops",
        "delete member.bo@acme.example",
    ]


def test_an_owner_who_first_has_to_stay_in_one_workspace_goes_only_after_the_next_one_of_another():
    """The removal is undone at first; what that puts back counts nobody else as an owner."""
    rest = (user("ana", "owner"), user("cy"), workspace("prod"), workspace("test"))
    rest = (*rest, bind("team:ops", "prod", "owner"))
    bo = user("bo"), team("ops", "bo", "cy"), bind("bo", "test", "owner")
    heirs = team("ops", "cy"), bind("cy", "test", "owner"), bind("ana", "prod", "owner")

    found = plan(state(*rest, *bo, bind("cy", "test", "viewer")), state(*rest, *heirs))

    assert shown(found.changes) == [
        "update workspace.test/access/cy@acme.example",
        "create workspace.prod/access/ana@acme.example",
        "delete member.bo@acme.example",
    ]
    policy = Policy(workspace_owners={"prod": 2, "test": 1}, max_losers=None)
    assert examine(context(found, policy=policy)) == []


def test_a_new_person_who_becomes_an_owner_comes_before_the_old_owner_goes():
    rest = (user("ana", "owner"), workspace("prod"), workspace("test"))
    live = state(*rest, user("bo"), bind("bo", "prod", "owner"))
    desired = (*rest, user("neo"), bind("neo", "prod", "owner"))
    swapped = (bind("everyone", "test", role) for role in ("viewer", "worker"))
    steps = ["create member.neo", "create workspace.prod/access/neo", "delete member.bo"]

    def short(live, desired):
        return [each.removesuffix("@acme.example") for each in shown(plan(live, desired).changes)]

    assert short(live, state(*desired)) == steps
    before, after = swapped
    assert short(state(live.resources(), live.bindings(), before), state(*desired, after))[0] == (
        "delete member.bo"
    )


def test_a_new_member_of_an_owning_team_comes_before_the_old_one_goes():
    rest = (user("ana", "owner"), workspace("prod"), bind("team:ops", "prod", "owner"))
    live = state(*rest, user("bo"), team("ops", "bo"))

    assert shown(plan(live, state(*rest, user("neo"), team("ops", "neo"))).changes) == [
        "create member.neo@acme.example",
        "update team.ops",
        "delete member.bo@acme.example",
    ]


def test_a_new_member_of_a_new_team_that_becomes_an_owner_comes_before_the_old_owner_goes():
    live = company(user("cy"), bind("cy", "prod", "owner"))
    desired = company(user("neo"), team("ops", "neo"), bind("team:ops", "prod", "owner"))

    assert shown(plan(live, desired).changes) == [
        "create member.neo@acme.example",
        "create team.ops",
        "create workspace.prod/access/team:ops",
        "delete member.cy@acme.example",
    ]


def test_a_team_that_owns_a_workspace_is_deleted_after_the_next_owner_came():
    live = company(team("ops", "bo"), bind("team:ops", "prod", "owner"), team("data", "bo"))
    desired = company(team("data", "bo"), bind("team:data", "prod", "owner"))

    assert shown(plan(live, desired).changes) == [
        "create workspace.prod/access/team:data",
        "delete team.ops",
    ]


def test_an_owner_who_leaves_the_account_gets_nothing_by_a_team_that_becomes_an_owner():
    rest = (user("ana", "owner"), user("cy"), workspace("prod"), workspace("test"))
    owners = (bind("bo", "prod", "owner"), bind("cy", "test", "owner"))
    live = state(*rest, user("bo"), team("data", "bo", "cy"), *owners)
    heirs = (bind("cy", "prod", "owner"), bind("team:data", "test", "owner"))

    changes = shown(plan(live, state(*rest, team("data", "cy"), *heirs)).changes)

    assert changes.index("delete member.bo@acme.example") < changes.index(
        "create workspace.test/access/team:data"
    )


def test_the_owner_of_a_workspace_who_leaves_the_account_goes_after_the_next_one_came():
    live = company(user("cy"), bind("cy", "prod", "owner"))

    assert shown(plan(live, company(bind("bo", "prod", "owner"))).changes) == [
        "create workspace.prod/access/bo@acme.example",
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


def test_a_key_of_the_service_account_that_applies_comes_last():
    base = (service_account("ci", "owner"), team("ops"))
    live = company(*base, key("sa:ci", "old", "2027-01-01T00:00:00Z"))
    desired = company(*base, bind("bo", "prod", "runner"), bind("team:ops", "prod", "viewer"))

    last = "delete service-account.ci/key/old"
    assert shown(steps(live, desired, "sa:ci").changes)[-1] == last
    assert shown(steps(live, desired, "ana").changes)[-1] != last


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


# Decided on the state at that step.


def collaborator(*more):
    return in_cloud(user("bo", "collaborator"), *more)


def in_cloud(*more):
    """Return an account of Prefect Cloud; equal to every other one but for *more*."""
    found = state(user("ana", "owner"), *more, workspace("prod"), workspace("test"))
    custom = [r for r in found.of(Role).values() if not r.builtin]
    others = [r for r in found.resources() if not isinstance(r, Role)]
    return State([*CLOUD.roles.values(), *custom, *others, *found.bindings()])


def cloud_steps(live, desired, applier="ana"):
    planner = Planner(CLOUD, ANYTHING, NOW, partial(ApplierWatch, CLOUD, who(applier), NOW))
    found = planner.plan(Declaration(desired, manage=WHOLLY), live)
    findings = examine(GuardContext(found, CLOUD, who(applier), NOW, Policy(allow_removals=9)))
    assert [f for f in findings if f.rule in ("TRANSIENT", "INVALID", "IN_USE")] == []
    return found


@pytest.mark.parametrize("role_then", ["member", "collaborator"])
def test_who_would_go_with_its_last_access_gets_another_before_any_role_is_widened(role_then):
    live = collaborator(role("reader", "see_flows"), bind("bo", "test", "reader"))
    desired = in_cloud(
        user("bo", role_then),
        role("reader", "see_flows", "see_blocks"),
        bind("bo", "prod", "viewer"),
    )

    found = cloud_steps(live, desired)

    assert shown(found.changes)[-3:] == [
        "create workspace.prod/access/bo@acme.example",
        "delete workspace.test/access/bo@acme.example",
        "update role.reader",
    ]
    assert found.outcome == desired


def test_who_keeps_an_access_waits_for_no_other_one():
    kept = bind("bo", "prod", "viewer")
    live = collaborator(kept, bind("bo", "test", "viewer"), workspace("dev"))
    desired = collaborator(kept, bind("bo", "dev", "viewer"), workspace("dev"))

    assert shown(cloud_steps(live, desired).changes) == [
        "delete workspace.test/access/bo@acme.example",
        "create workspace.dev/access/bo@acme.example",
    ]


def test_two_steps_that_reduce_the_applier_only_together_leave_one_for_the_end():
    base = (user("cy"), role("keeper", "manage_access", "see_flows"), workspace("test"))
    live = company(
        *base,
        team("keepers", "cy"),
        bind("team:keepers", "test", "keeper"),
        bind("cy", "test", "keeper"),
    )
    desired = company(
        *base, team("keepers"), bind("team:keepers", "test", "keeper"), bind("bo", "test", "viewer")
    )

    assert shown(steps(live, desired, "cy").changes) == [
        "update team.keepers",
        "create workspace.test/access/bo@acme.example",
        "delete workspace.test/access/cy@acme.example",
    ]


def test_the_applier_loses_what_it_has_in_a_workspace_before_its_account_role():
    live = company(user("cy", "admin"), bind("cy", "prod", "owner"))
    desired = company(user("cy"))

    assert shown(steps(live, desired, "cy").changes) == [
        "delete workspace.prod/access/cy@acme.example",
        "update member.cy@acme.example/account_role",
    ]


def narrowed(*permissions, reader=()):
    """Return an account where cy holds the role reader, and so, of the others, does *reader*."""
    held = [bind(name, "prod", "reader") for name in reader]
    keeper = role("keeper", "manage_access")
    return company(
        user("cy"), keeper, role("reader", *permissions), bind("cy", "prod", "reader"), *held
    )


def test_what_would_not_be_safe_before_the_appliers_own_reduction_is_left_to_the_next_run():
    live, desired = narrowed("see_flows", "see_blocks"), narrowed("see_flows", reader=["bo"])

    found = steps(live, desired, "cy")

    assert shown(found.changes) == ["update role.reader"]
    assert shown(found.deferred) == ["create workspace.prod/access/bo@acme.example"]
    assert set(found.reasons.values()) == {Reason.PASSING}
    assert steps(found.outcome, desired, "ana").outcome == desired


def test_what_is_safe_before_the_appliers_own_reduction_is_made_before_it():
    live, desired = narrowed("see_flows", "see_blocks"), narrowed("see_flows", "run_flows")
    desired = State([*desired.resources(), *desired.bindings(), bind("bo", "prod", "viewer")[0]])

    found = steps(live, desired, "cy")

    assert shown(found.changes) == [
        "create workspace.prod/access/bo@acme.example",
        "update role.reader",
    ]
    assert found.outcome == desired
    assert found.reasons == {}


def test_a_suspended_person_who_becomes_an_owner_is_one_before_another_ceases_to_be():
    live = company(user("cy", status="suspended"), user("ana", "owner"))
    desired = company(user("cy", "owner"), user("ana", "member"))

    assert shown(plan(live, desired).changes)[-1] == "update member.ana@acme.example/account_role"


def test_a_new_owner_comes_once_everyones_role_is_narrow_and_before_an_owner_goes():
    live = company(
        user("cy", "owner"), role("r", "odd_one", "see_flows"), workspace("test", default="r")
    )
    desired = company(user("dee", "owner"), role("r", "see_flows"), workspace("test", default="r"))

    assert shown(plan(live, desired).changes) == [
        "update role.r",
        "create member.dee@acme.example",
        "delete member.cy@acme.example",
    ]


def test_a_team_that_goes_has_by_then_no_members_who_have_gone():
    live = company(user("cy"), team("data", "bo", "cy"))

    found = plan(live, company())

    assert shown(found.changes) == ["delete member.cy@acme.example", "delete team.data"]
    assert [m.principal for m in found.changes[1].before.members] == [who("bo")]


# For every pair of states.


WHOLLY = dict.fromkeys(Subject, Manage.ALL)


@given(states(), states())
def test_each_step_finds_what_it_says_it_changes(live, desired):
    planner = Planner(CLOUD, ANYTHING, datetime(2026, 11, 21, tzinfo=UTC))
    found = planner.plan(Declaration(desired, manage=WHOLLY), live)
    draft = found.live.draft()

    for step in found.changes:
        assert draft.find(step.resource) == step.before
        make(draft, step)


@given(states(), states())
def test_nobody_is_for_a_moment_without_the_access_that_keeps_it_in_the_account(live, desired):
    planner = Planner(CLOUD, ANYTHING, datetime(2026, 11, 21, tzinfo=UTC))
    found = planner.plan(Declaration(desired, manage=WHOLLY), live)
    draft = found.live.draft()

    for step in found.changes:
        if goes := leaver(step, draft, CLOUD):
            assert all(b.scope == ACCOUNT for b in desired.bindings_of(goes.address))
            assert CLOUD.leaves(desired.holdings(goes.address, ACCOUNT))
        make(draft, step)


@given(states(), states())
def test_whatever_a_run_leaves_out_the_next_ones_make(live, desired):
    applier = PEOPLE[0].address if PEOPLE[0].address in live.of(type(PEOPLE[0])) else OWNER.address
    now = datetime(2026, 11, 21, tzinfo=UTC)
    for _ in range(3):
        planner = Planner(CLOUD, ANYTHING, now, partial(ApplierWatch, CLOUD, applier, now))
        found = planner.plan(Declaration(desired, manage=WHOLLY), live)
        live = found.outcome

    assert found.changes == found.deferred == ()
    assert normal(live, CLOUD) == normal(desired, CLOUD)


def test_the_order_is_the_same_whatever_order_the_changes_come_in():
    leavers = (user("cy"), user("dee"), team("data", "bo", "cy", "dee"))
    live = company(service_account("ci"), role("a", "see_flows"), bind("bo", "prod", "a"), *leavers)
    changes = list(plan(live, company(service_account("etl"), team("data"))).changes)

    forward = in_safe_order(changes, live, CATALOGUE)
    backward = in_safe_order(reversed(changes), live, CATALOGUE)

    assert forward == backward
    assert isinstance(live, State)


def test_changes_that_need_each_other_are_a_mistake_not_left_to_the_next_run():
    live = company()
    (neo, account), (data,) = user("neo")[:2], team("data", "neo")
    ring = [Change(None, neo, (account,), (data.address,)), Change(None, data)]

    lowered = Change(*bind("ana", None, "owner"), *bind("ana", None, "member"))
    watcher = partial(ApplierWatch, CATALOGUE, who("ana"), NOW)

    for changes in (ring, [lowered, *ring], [*ring, lowered]):
        with pytest.raises(AssertionError, match="no needs form a ring"):
            in_safe_order(changes, live, CATALOGUE, watcher)

    alone = in_safe_order([Change(None, neo, (account,)), ring[1]], live, CATALOGUE)
    assert shown(alone.steps) == ["create member.neo@acme.example", "create team.data"]
