from __future__ import annotations

from functools import partial

import pytest

from rbac_sync.guard.passing_access import ApplierWatch
from rbac_sync.model import Declaration
from rbac_sync.planning.planner import Planner
from rbac_sync.planning.selection import Selection

from ..build import (
    ALL,
    ANYTHING,
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

LIVE = state(user("ana", "owner"), user("bo"), workspace("prod"), workspace("test"))


def chosen(desired, targets=(), excludes=()):
    """Return the addresses, in order, that a selection leaves of the plan to *desired*."""
    selection = Selection(tuple(targets), tuple(excludes))
    return [str(change.address) for change in selection.of(plan(LIVE, desired)).changes]


def edited(*more):
    return state(user("ana", "owner"), user("bo"), workspace("prod"), workspace("test"), *more)


BO_VIEWS = (bind("bo", "prod", "viewer"), bind("bo", "test", "viewer"))
PROD, TEST = "workspace.prod/access/bo@acme.example", "workspace.test/access/bo@acme.example"


def test_a_run_that_names_nothing_is_about_everything():
    everything = plan(LIVE, edited(*BO_VIEWS))

    assert Selection().of(everything) is everything


def test_an_address_selects_itself():
    assert chosen(edited(*BO_VIEWS), targets=[PROD]) == [PROD]


def test_an_address_selects_what_is_below_it():
    desired = edited(*BO_VIEWS, bind("everyone", "prod", "viewer"))

    assert chosen(desired, targets=["workspace.prod"]) == [PROD, "workspace.prod/default_role"]


def test_an_address_selects_no_other_that_merely_begins_like_it():
    desired = edited(workspace("prod-2"), bind("bo", "prod-2", "viewer"))

    assert chosen(desired, targets=["workspace.prod"]) == []


def test_several_targets_are_all_selected():
    assert chosen(edited(*BO_VIEWS), targets=[PROD, TEST]) == [PROD, TEST]


def test_a_member_selects_its_account_role():
    promoted = state(
        user("ana", "owner"), user("bo", "admin"), workspace("prod"), workspace("test")
    )

    assert chosen(promoted, targets=["member.bo@acme.example"]) == [
        "member.bo@acme.example/account_role"
    ]


def test_what_is_excluded_is_left_out():
    assert chosen(edited(*BO_VIEWS), excludes=[PROD]) == [TEST]


def test_what_is_below_something_excluded_is_left_out():
    assert chosen(edited(*BO_VIEWS), excludes=["workspace.prod"]) == [TEST]


def test_excluding_wins_over_selecting():
    assert chosen(edited(*BO_VIEWS), targets=["workspace.prod"], excludes=[PROD]) == []


def test_a_target_brings_what_it_needs_to_exist():
    desired = edited(
        role("reader", "see_flows"),
        team("data", "cy"),
        user("cy"),
        bind("team:data", "prod", "reader"),
    )

    assert set(chosen(desired, targets=["workspace.prod"])) == {
        "workspace.prod/access/team:data",
        "role.reader",
        "team.data",
        "member.cy@acme.example",
    }


def test_a_target_does_not_bring_what_it_does_not_need():
    desired = edited(role("reader", "see_flows"), role("other", "see_flows"), *BO_VIEWS)

    assert chosen(desired, targets=[PROD]) == [PROD]


def test_a_target_keeps_the_order_of_the_plan():
    desired = edited(service_account("ci"), bind("sa:ci", "prod", "viewer"))
    whole = [str(change.address) for change in plan(LIVE, desired).changes]

    assert chosen(desired, targets=["workspace.prod"]) == whole


def test_what_cannot_exist_without_something_excluded_is_left_out_too():
    desired = edited(
        user("cy"),
        team("data", "cy"),
        bind("team:data", "prod", "viewer"),
        bind("bo", "prod", "viewer"),
    )

    assert chosen(desired, excludes=["member.cy@acme.example"]) == [PROD]


def test_a_target_that_needs_something_excluded_is_left_out():
    desired = edited(user("cy"), bind("cy", "prod", "viewer"))

    assert chosen(desired, ["workspace.prod"], ["member.cy@acme.example"]) == []


def test_both_steps_of_one_change_are_selected_together():
    live = edited(bind("bo", "prod", "viewer", "runner"))
    desired = edited(bind("bo", "prod", "viewer", "developer"))
    whole = plan(live, desired)

    assert len(whole.changes) == 2
    assert Selection(targets=(PROD,)).of(whole).changes == whole.changes
    assert Selection(excludes=(PROD,)).of(whole).changes == ()


@pytest.mark.parametrize("written", ["", "workspace", "workspace.prod/", "WORKSPACE.prod"])
def test_what_is_no_address_selects_nothing(written):
    assert chosen(edited(*BO_VIEWS), targets=[written]) == []


def test_a_selection_of_a_deletion_takes_nothing_else():
    gone = state(user("ana", "owner"), workspace("prod"), workspace("test"))
    live = edited(bind("bo", "prod", "viewer"))
    whole = plan(live, gone)

    assert [
        str(c.address) for c in Selection(targets=("member.bo@acme.example",)).of(whole).changes
    ] == ["member.bo@acme.example"]
    assert Selection(excludes=("member.bo@acme.example",)).of(whole).changes == ()


def test_a_team_that_goes_without_its_member_is_shown_with_the_member():
    live = state(user("ana", "owner"), user("bo"), user("cy"), team("data", "bo", "cy"))
    found = plan(live, state(user("ana", "owner"), user("bo")))

    (change,) = Selection(targets=["team.data"]).of(found).changes

    assert change.before == live.get(who("team:data"))


def test_a_selected_part_is_in_an_order_of_its_own():
    rest = (user("ana", "owner"), *(user(name) for name in ("bo", "cy", "dee", "eli")))
    rest = (*rest, workspace("prod"))
    live, desired = (
        state(*rest, *(bind(name, "prod", "owner") for name in names))
        for names in (("bo", "eli"), ("cy", "dee"))
    )
    planner = Planner(CATALOGUE, ANYTHING, NOW, partial(ApplierWatch, CATALOGUE, None, NOW))
    whole = planner.plan(Declaration(desired, manage=ALL), live)
    bo, cy, dee, eli = (
        f"workspace.prod/access/{n}@acme.example" for n in ("bo", "cy", "dee", "eli")
    )
    selection = Selection(excludes=(cy, eli))

    part = planner.part(whole, selection)

    assert [str(c.address) for c in selection.of(whole).changes] == [bo, dee]
    assert [str(c.address) for c in part.changes] == [dee, bo]
