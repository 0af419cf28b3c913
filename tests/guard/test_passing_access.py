"""What a plan gives for a moment, in a list of changes that is given and not planned."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rbac_sync.guard import examine
from rbac_sync.guard.effects import effects
from rbac_sync.model import Membership, Status, Team, User
from rbac_sync.model.instant import parsed
from rbac_sync.planning import Change, Plan

from ..build import bind, context, role, state, team, user, who, workspace


def company(*more):
    return state(
        user("ana", "owner"),
        user("bo"),
        user("cy"),
        role("reader", "see_flows"),
        workspace("prod"),
        bind("bo", "prod", "reader"),
        bind("cy", "prod", "viewer"),
        *more,
    )


NARROW, WIDE = role("reader", "see_flows")[0], role("reader", "see_flows", "run_flows")[0]
LOOKER = replace(WIDE, name="looker")
TAKEN = Change(bind("bo", "prod", "reader")[0], None)


def flares(*changes, live=None):
    found = examine(context(Plan(live or company(), changes)))
    assert {finding.rule for finding in found} <= {"TRANSIENT"}
    return [finding.message for finding in found]


def in_prod(before):
    return f"{before}, `bo@acme.example` would for a moment hold in workspace prod: `run_flows`"


@pytest.mark.parametrize(
    "renames", [(), (Change(WIDE, LOOKER),)], ids=["no rename", "a rename after it"]
)
def test_g10_what_an_update_gives_before_a_rename_is_given_for_a_moment(renames):
    assert flares(Change(NARROW, WIDE), TAKEN, *renames) == [in_prod("after `role.reader`")]


def test_g10_the_start_is_what_is_live_under_new_names_and_nothing_else():
    plan = Plan(company(), (Change(NARROW, WIDE), Change(WIDE, LOOKER)))

    asked = context(plan)

    assert asked.start.get(LOOKER.address) == replace(NARROW, name="looker")
    gained = {effect.principal: effect.gained for effect in effects(asked)}
    assert gained == {who("bo"): ("run_flows",)}


def test_a_name_that_passes_on_means_on_the_way_whom_it_names_there():
    one, other = role("a", "see_flows")[0], role("b", "run_flows")[0]
    live = company([one, other], bind("cy", "prod", "a"))
    passed_on = (
        Change(one, replace(one, name="c")),
        Change(other, replace(other, name="a")),
        Change(bind("bo", "prod", "reader")[0], bind("bo", "prod", "a")[0]),
        Change(replace(one, name="c"), replace(one, name="c", description="D")),
    )

    assert flares(*passed_on, live=live) == []


def test_who_is_invited_into_a_team_that_then_loses_its_access_holds_it_for_a_moment():
    ops = team("ops")[0]
    live = company([ops], bind("team:ops", "prod", "runner"))
    eve = User("eve@acme.example", Status.PENDING, parsed("2026-11-25T00:00:00Z"))
    role_of_eve = bind(eve.address, None, "member")
    entered = Team("ops", frozenset({Membership(eve.address)}))

    found = flares(
        Change(None, eve, tuple(role_of_eve), (ops.address,)), Change(entered, None), live=live
    )

    (message,) = found
    assert message.startswith("after `member.eve@acme.example`, `eve@acme.example` would")
    assert message.endswith("hold in workspace prod: `run_flows`, `see_blocks`, `see_flows`")


def test_who_goes_loses_what_the_teams_of_theirs_have():
    live = company(team("ops", "bo"), bind("team:ops", "prod", "runner"))
    gone = Change(User("bo@acme.example"), None)

    (effect,) = [e for e in effects(context(Plan(live, (gone,)))) if e.scope.key == "prod"]

    assert effect.lost == ("run_flows", "see_blocks", "see_flows")
