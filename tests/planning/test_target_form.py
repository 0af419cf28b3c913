"""Targets that keep neither bases nor ends: what is planned is what will be there."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rbac_sync.model import Level, Role
from rbac_sync.model.resources import role as role_address
from rbac_sync.planning import Change, Expresses, followed

from ..build import ANYTHING, RUNNER, VIEWER, because, bind, plan, role, state, user, workspace

FLAT = replace(ANYTHING, expresses=ANYTHING.expresses & ~Expresses.BASES)
ENDLESS = replace(ANYTHING, expresses=ANYTHING.expresses & ~Expresses.ENDS)


def account(*more, bo="viewer"):
    return state(user("ana", "owner"), user("bo"), workspace("prod"), bind("bo", "prod", bo), *more)


def only(changes):
    (change,) = changes
    return change


def test_a_new_role_lists_what_its_base_grants():
    wanted = account(role("oncall", "write_flows", base="viewer"))
    change = only(plan(account(), wanted, FLAT).changes)
    assert change.after == role("oncall", "write_flows", *VIEWER)[0]
    assert isinstance(hash(change), int)  # whoever compares plans looks changes up


def test_another_base_is_a_change_of_permissions_and_once_made_none():
    live = account(role("oncall", "write_flows", *VIEWER))
    wanted = account(role("oncall", "write_flows", base="runner"))
    found = plan(live, wanted, FLAT)
    change = only(found.changes)
    assert change.after == role("oncall", "write_flows", *RUNNER)[0]
    assert plan(followed(live, found.changes), wanted, FLAT).changes == ()


def test_a_base_without_permissions_of_its_own_adds_to_what_is_live():
    live = account(role("oncall", "write_flows", "see_flows"))
    wanted = account(role("oncall", base="viewer"))
    silent = {role("oncall")[0].address: frozenset({"permissions"})}
    change = only(plan(live, wanted, FLAT, unstated=silent).changes)
    assert change.after.permissions == {"write_flows", *VIEWER}


def test_a_base_that_is_not_built_in_stays_for_the_guard_to_refuse():
    oncall = role_address(Level.WORKSPACE, "oncall")
    night = Role(Level.WORKSPACE, "night", base=frozenset({oncall}))
    changes = plan(account(), account(role("oncall"), [night]), FLAT).changes
    assert Change(None, night) in changes


def test_where_bases_are_kept_they_are_not_listed():
    wanted = account(role("oncall", "write_flows", base="viewer"))
    assert only(plan(account(), wanted).changes).after.base


@pytest.mark.parametrize(
    "term",
    [
        "viewer until 2027-01-01T00:00:00Z",
        "viewer from 2026-01-01T00:00:00Z",
        "viewer from 2026-11-21T12:00:00Z until 2027-01-01T00:00:00Z",
    ],
)
def test_a_term_that_has_begun_is_held_as_long_as_it_is_declared(term):
    assert plan(account(), account(bo=term), ENDLESS).changes == ()
    live = state(user("ana", "owner"), user("bo"), workspace("prod"))
    change = only(plan(live, account(bo=term), ENDLESS).changes)
    assert [change.after] == bind("bo", "prod", "viewer")


def test_a_term_that_is_to_begin_stays_for_the_limits_to_refuse():
    term = "viewer from 2027-01-01T00:00:00Z until 2028-01-01T00:00:00Z"
    change = only(plan(account(), account(bo=term), ENDLESS).changes)
    assert [change.after] == bind("bo", "prod", term)


def test_where_ends_are_kept_they_are_planned():
    term = "viewer until 2027-01-01T00:00:00Z"
    assert [only(plan(account(), account(bo=term)).changes).after] == bind("bo", "prod", term)


SILENT = replace(ANYTHING, expresses=ANYTHING.expresses & ~Expresses.REASONS)


def test_where_no_reasons_are_kept_another_one_is_no_change():
    (grant,) = because("INC-1", *bind("bo", "prod", "viewer"))
    wanted = state(user("ana", "owner"), user("bo"), workspace("prod"), [grant])

    assert plan(account(), wanted, SILENT).changes == ()
    assert only(plan(account(), wanted).changes).after == grant


def test_where_no_reasons_are_kept_what_is_new_is_planned_with_its_own():
    (grant,) = because("INC-1", *bind("bo", "prod", "runner"))
    wanted = state(user("ana", "owner"), user("bo"), workspace("prod"), [grant])
    found = plan(account(), wanted, SILENT)

    assert only(found.changes).after == grant
    made = account(bo="runner")
    assert plan(made, wanted, SILENT).changes == ()


def test_a_reason_outlives_the_term_that_a_target_does_not_keep():
    (grant,) = because("INC-1", *bind("bo", "prod", "runner until 2027-01-01T00:00:00Z"))
    wanted = state(user("ana", "owner"), user("bo"), workspace("prod"), [grant])

    (holding,) = only(plan(account(), wanted, ENDLESS).changes).after.roles
    assert (holding.until, holding.reason) == (None, "INC-1")
