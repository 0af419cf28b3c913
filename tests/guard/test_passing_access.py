"""What a plan gives for a moment, in a list of changes that is given and not planned."""

from __future__ import annotations

from dataclasses import replace
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rbac_sync.guard import examine
from rbac_sync.guard.effects import effects
from rbac_sync.guard.passing_access import only_adds
from rbac_sync.guard.rules.transient import passing_access, transient
from rbac_sync.model import Membership, Status, Team, User
from rbac_sync.model.instant import parsed
from rbac_sync.planning import Change, Plan

from ..build import access_list, bind, context, key, plan, role, state, team, user, who, workspace
from ..planning.worlds import accounts


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


LISTED = access_list("deployment:etl/daily", "prod", "bo", "bo", "bo")[0]
LISTED_TWO = replace(LISTED, view=LISTED.view | {who("dee")})


def flares(*changes, live=None):
    found = examine(context(Plan(live or company(), changes)))
    assert {finding.rule for finding in found} <= {"TRANSIENT"}
    return [finding.message for finding in found]


def in_prod(before):
    return f"{before}, `bo@acme.example` would for a moment hold in workspace prod: `run_flows`"


def test_g10_what_an_update_gives_before_it_is_taken_is_given_for_a_moment():
    assert flares(Change(NARROW, WIDE), TAKEN) == [in_prod("after `role.reader`")]


def test_g10_the_start_is_what_is_live_under_new_names_and_nothing_else():
    looks = replace(NARROW, name="looker")
    plan = Plan(company(), (Change(NARROW, looks), Change(looks, LOOKER)))

    asked = context(plan)

    assert asked.start.get(LOOKER.address) == looks
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


@pytest.mark.parametrize("term", ["until 2026-01-01T00:00:00Z", "from 2099-01-01T00:00:00Z"])
def test_a_role_that_has_ended_or_is_to_begin_is_given_for_a_moment_if_it_holds_now(term):
    (before,), (after,) = (bind("team:ops", "prod", f"runner {t}".strip()) for t in (term, ""))
    (ops,), (left,) = team("ops", "dee"), team("ops")
    live = company(user("dee"), [ops, before])

    assert len(flares(Change(before, after), Change(ops, left), live=live)) == 1
    assert flares(Change(ops, left), Change(before, after), live=live) == []


def test_who_is_suspended_holds_a_role_for_a_moment_if_it_is_taken_after_that():
    (before,), (after,) = user("dee", status="suspended")[:1], user("dee")[:1]
    live = company(user("dee", status="suspended"), bind("dee", "prod", "runner"))
    taken = Change(bind("dee", "prod", "runner")[0], None)

    assert len(flares(Change(before, after), taken, live=live)) == 1
    assert flares(taken, Change(before, after), live=live) == []


def test_who_is_suspended_after_a_default_role_changes_holds_the_new_one_for_a_moment():
    active, suspended = (user("dee", status=status)[0] for status in ("active", "suspended"))
    viewer, runner = (workspace("test", default=name)[1] for name in ("viewer", "runner"))
    live = company(user("dee"), workspace("test", default="viewer"))

    assert len(flares(Change(viewer, runner), Change(active, suspended), live=live)) == 1
    assert flares(Change(active, suspended), Change(viewer, runner), live=live) == []


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


@pytest.mark.parametrize("handle", ["prod", "live"])
def test_a_role_of_the_end_and_a_list_of_the_start_do_not_meet(handle):
    live = company(user("dee"), [LISTED_TWO])
    prod, renamed = workspace("prod")[0], workspace(handle)[0]
    moved = [replace(each, workspace=renamed.address) for each in (LISTED_TWO, LISTED)]
    first = (Change(prod, renamed),) if prod != renamed else ()
    binding, taken = Change(None, bind("dee", handle, "reader")[0]), Change(*moved)

    assert flares(*first, taken, binding, live=live) == []
    (message,) = flares(*first, binding, taken, live=live)
    assert message == (
        f"after `workspace.{handle}/access/dee@acme.example`, `dee@acme.example` would for a moment"
        f" hold in `deployment:etl/daily` of workspace {handle}: `view`"
    )


def test_who_goes_loses_what_the_teams_of_theirs_have():
    live = company(team("ops", "bo"), bind("team:ops", "prod", "runner"))
    gone = Change(User("bo@acme.example"), None)

    (effect,) = [e for e in effects(context(Plan(live, (gone,)))) if e.scope.key == "prod"]

    assert effect.lost == ("run_flows", "see_blocks", "see_flows")


@given(accounts(), accounts(), st.randoms(use_true_random=False))
def test_changes_that_only_add_never_give_anything_for_a_moment(before, after, random):
    adding = [c for c in plan(before, after).changes if only_adds([c], before)]
    random.shuffle(adding)
    asked = context(Plan(before, tuple(adding)))
    assert only_adds(asked.sound, before)
    assert list(passing_access(asked)) == []


ADDING = {
    "a role with one more base": Change(NARROW, replace(WIDE, base=frozenset({LOOKER.address}))),
    "a new binding": Change(None, bind("cy", "test", "viewer")[0]),
    "one more role": Change(
        bind("cy", "prod", "viewer")[0], bind("cy", "prod", "viewer", "runner")[0]
    ),
    "one more member": Change(team("data", "bo")[0], team("data", "bo", "cy")[0]),
    "a wider role": Change(NARROW, WIDE),
    "a role that is new": Change(None, LOOKER),
    "a key that goes": Change(key("sa:ci", "main")[0], None),
    "somebody more on a list": Change(LISTED, LISTED_TWO),
    "a workspace with another name": Change(workspace("prod")[0], workspace("prod", "Prod")[0]),
}
TAKING = {
    "a shorter term": Change(
        bind("cy", "prod", "viewer")[0], bind("cy", "prod", "viewer until 2030-01-01T00:00:00Z")[0]
    ),
    "somebody suspended": Change(user("bo")[0], user("bo", status="suspended")[0]),
    "a binding that goes": TAKEN,
    "another role": Change(bind("cy", "prod", "viewer")[0], bind("cy", "prod", "runner")[0]),
    "one member fewer": Change(team("data", "bo")[0], team("data")[0]),
    "a narrower role": Change(WIDE, NARROW),
    "another name": Change(NARROW, LOOKER),
    "somebody invited anew": Change(
        user("bo", status="pending")[0],
        user("bo", status="pending")[0],
        brings=tuple(bind("bo", None, "member")),
    ),
    "a workspace that goes": Change(workspace("prod")[0], None),
    "somebody fewer on a list": Change(LISTED_TWO, LISTED),
}


@pytest.mark.parametrize("change", ADDING.values(), ids=ADDING)
def test_a_change_that_adds_is_known(change):
    assert only_adds([change], company())


@pytest.mark.parametrize("change", TAKING.values(), ids=TAKING)
def test_a_change_that_may_take_is_known(change):
    assert not only_adds([change], company())


def test_a_new_role_that_somebody_holds_already_takes_what_it_was_unknown_for():
    live = company(bind("cy", "test", "looker"))
    assert not only_adds([Change(None, LOOKER)], live)
    joins = Change(team("data")[0], team("data", "bo")[0])
    held = company(team("data"), bind("team:data", "prod", "looker"))
    asked = context(Plan(held, (joins, Change(None, LOOKER))))
    assert not only_adds([joins, Change(None, LOOKER)], held)
    assert list(passing_access(asked)) != []


def test_a_plan_that_only_adds_is_walked_once():
    asked = context(Plan(company(), (ADDING["a wider role"], ADDING["a new binding"])))
    with patch("rbac_sync.guard.rules.transient.passing_access") as walk:
        assert list(transient(asked)) == []
        walk.assert_not_called()
