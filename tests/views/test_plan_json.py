from __future__ import annotations

import json

import pytest
from hypothesis import given

from rbac_sync.guard import examine
from rbac_sync.guard.effects import effects
from rbac_sync.model import ACCOUNT, ANYWHERE, Declaration
from rbac_sync.model import address as named
from rbac_sync.planning import Plan
from rbac_sync.planning.plain_change import change_of
from rbac_sync.planning.plan import Reason
from rbac_sync.planning.planner import Planner
from rbac_sync.views import plan_json
from rbac_sync.views.run import Run
from tests.build import (
    ALL,
    ANYTHING,
    CATALOGUE,
    NOW,
    context,
    plan,
    role,
    state,
    team,
    user,
)
from tests.planning.worlds import CLOUD, states
from tests.views.scene import DESIRED, LIVE, saved, week


def shown(found, findings=()):
    known = effects(context(found))
    run = Run(plan=found, saved=saved(found), findings=findings, known_effects=known)
    return plan_json.plan(run)


def indented(value):
    return json.dumps(value, indent=2)


def test_a_busy_week(snapshot):
    assert indented(shown(week())) == snapshot


def test_a_busy_week_that_somebody_may_not_apply(snapshot):
    found = week()
    assert indented(shown(found, examine(context(found, "bo")))["findings"]) == snapshot


def test_a_plan_with_findings_is_refused():
    found = week()
    assert shown(found, examine(context(found, "bo")))["refused"]
    assert not shown(found)["refused"]


def test_a_state(snapshot):
    assert indented(plan_json.state(LIVE, CATALOGUE)) == snapshot


def test_keys():
    assert plan_json.keys(DESIRED) == [
        {"owner": "sa:ci", "name": "build", "until": "2027-06-30T00:00:00Z"}
    ]


def test_nothing_is_left_out_however_long():
    many = state(user("ana", "owner"), *(team(f"t{i}") for i in range(200)))
    found = shown(plan(many, state(user("ana", "owner")), manage={}))
    assert len(found["unmanaged"]) == 200


def test_what_waits_says_for_whom():
    assert [c["waits_for"] for c in shown(week())["waiting"]] == [["eve@acme.example"]] * 2


@pytest.mark.parametrize("reason", Reason)
def test_what_is_deferred_is_there_with_the_reason(reason):
    change = plan(state(role("old", "see_flows")), state()).changes[0]
    left = Plan(LIVE, (), deferred=(change,), reasons={change.address: reason})
    (found,) = shown(left)["deferred"]
    assert (found["address"], found["because"]) == ("role.old", reason)


def test_scopes_have_plain_names():
    scopes = (ACCOUNT, ANYWHERE, named.workspace("a b"))
    assert [plan_json.scope(s) for s in scopes] == ["account", "workspace.*", "workspace.a%20b"]


def test_text_is_sorted_and_ascii_and_reads_back():
    value = {"b": "Zoë\x1b\u202e\x7f", "a": [None, True, 1]}
    found = plan_json.dumps(value)
    assert found == '{"a": [null, true, 1], "b": "Zo\\u00eb\\u001b\\u202e\\u007f"}'
    assert json.loads(found) == value


@given(states(), states())
def test_the_changes_read_back_are_the_changes(live, desired):
    found = Planner(CLOUD, ANYTHING, NOW).plan(Declaration(desired, manage=ALL), live)
    read = json.loads(plan_json.dumps(plan_json.plan(Run(plan=found, saved=saved(found)))))
    assert tuple(map(change_of, read["changes"])) == found.changes
