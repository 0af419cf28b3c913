"""What an account would be without one run: for every plan what it was before."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from rbac_sync.audit.record import Authorship
from rbac_sync.audit.replay import differences
from rbac_sync.audit.undo import former_names, run_named, without
from rbac_sync.errors import RbacSyncError
from rbac_sync.model import Declaration, State, Team
from rbac_sync.planning import Change, followed
from rbac_sync.planning.planner import Planner, normal
from tests.build import ALL, ANYTHING, NOW
from tests.planning.worlds import CLOUD, states

EMPTY = State(CLOUD.roles.values())


def records(run, changes):
    by = Authorship(None, run)
    return [by.record(change, NOW) for change in changes]


def planned(live, desired):
    return Planner(CLOUD, ANYTHING, NOW).plan(Declaration(desired, manage=ALL), live)


@settings(deadline=None)
@given(states(), states())
def test_for_every_plan_the_account_without_it_is_what_it_was(before, desired):
    first = planned(EMPTY, before)
    second = planned(first.outcome, desired)
    trail = records("first", first.changes) + records("second", second.changes)
    if second.changes:
        found = without("second", trail, CLOUD, second.outcome)
        assert [str(d) for d in differences(normal(found, CLOUD), first.outcome)] == []


DATA, OPS = Team("data"), Team("ops")
LONG = "0123456789abcdef"


def test_a_run_is_named_by_enough_of_its_beginning():
    trail = records(LONG, [Change(None, DATA)]) + records("init", [Change(None, OPS)])
    assert run_named(LONG[:8], trail) == run_named(LONG, trail) == LONG
    assert run_named("init", trail) == "init"


@pytest.mark.parametrize("written", [LONG[:7], "", "f" * 8])
def test_what_names_no_run_is_refused(written):
    with pytest.raises(RbacSyncError, match=f"no run `{written}` is on record") as refused:
        run_named(written, records(LONG, [Change(None, DATA)]))
    assert "`rbac-sync audit log` shows the runs" in refused.value.hint


def test_what_begins_two_runs_is_refused_with_both():
    trail = records(f"{LONG}1", [Change(None, DATA)]) + records(f"{LONG}2", [Change(None, OPS)])
    with pytest.raises(RbacSyncError, match="begins more than one run") as refused:
        run_named(LONG, trail)
    assert refused.value.hint == f"write more of it: `{LONG}1`, `{LONG}2`"


def test_what_was_changed_since_is_in_the_way():
    trail = records("first", [Change(None, DATA)])
    live = followed(EMPTY, [Change(None, Team("data", description="since"))])
    with pytest.raises(RbacSyncError, match=r"`team.data` has been changed since that run"):
        without("first", trail, CLOUD, live)


def test_what_is_taken_back_already_is_in_nobodys_way():
    assert without("first", records("first", [Change(None, DATA)]), CLOUD, EMPTY) == EMPTY


def test_only_the_renames_of_the_run_are_turned_round():
    trail = records("one", [Change(DATA, OPS)]) + records("two", [Change(OPS, DATA)])
    assert former_names("one", trail) == {DATA.address: OPS.address}
