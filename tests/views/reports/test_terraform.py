"""A plan in Terraform's JSON, read by those who read Terraform's."""

from __future__ import annotations

import json

import jq
import pytest
from hypothesis import given
from regopy import Interpreter

from rbac_sync.errors import ApplyStopped
from rbac_sync.model import Declaration, Status, User
from rbac_sync.planning import Change, Plan
from rbac_sync.planning.planner import Planner
from rbac_sync.views.reports.terraform import render_report
from tests.build import (
    ALL,
    ANYTHING,
    NOW,
    bind,
    key,
    plan,
    role,
    service_account,
    state,
    team,
    user,
    workspace,
)
from tests.planning.worlds import CLOUD, states

from ..runs import FAULTY, busy, drifted, judged, loaded
from ..scene import LIVE, week

# As GitLab's documentation has it, for its Terraform widget.
WIDGET = (
    "([.resource_changes[]?.change.actions?]|flatten)|"
    '{"create":(map(select(.=="create"))|length),'
    '"update":(map(select(.=="update"))|length),'
    '"delete":(map(select(.=="delete"))|length)}'
)

POLICY = """
package main

deny contains message if {
    some resource in input.resource_changes
    resource.type == "rbac_binding"
    some held in resource.change.after.roles
    held.role == "owner"
    message := sprintf("%s: no new owners", [resource.address])
}

deny contains message if {
    some resource in input.resource_changes
    "delete" in resource.change.actions
    resource.type == "rbac_member"
    message := sprintf("%s: nobody is removed on a Friday", [resource.change.before.email])
}

deny contains "the guard refuses this plan" if input.errored
"""


def widget(found):
    """Return what GitLab's widget counts, and check that the plan itself says the same."""
    report = render_report(drifted(found))
    counts = jq.compile(WIDGET).input_text(report).first()
    assert {key: json.loads(report)[key] for key in counts} == counts
    return counts


def denied(run):
    """Return what a Rego policy has against the plan of *run*, as conftest would list it."""
    rego = Interpreter()
    rego.add_module("policy", POLICY)
    rego.set_input_term(render_report(run))
    (found,) = json.loads(str(rego.query("data.main.deny")))["expressions"]
    return found


def change_of(found, address):
    """Return the change of what is at *address*."""
    shown = loaded(render_report(drifted(found)))["resource_changes"]
    (resource,) = (each for each in shown if each["address"] == address)
    return resource["change"]


def test_a_busy_week(snapshot):
    assert json.dumps(loaded(render_report(busy())), indent=1) == snapshot


def test_gitlabs_widget_counts_what_the_plan_says():
    added, changed, destroyed = week().counts
    assert widget(week()) == {"create": added, "update": changed, "delete": destroyed}
    assert (added, changed, destroyed) == (3, 8, 2)
    assert widget(plan(LIVE, LIVE)) == {"create": 0, "update": 0, "delete": 0}


@given(states(), states())
def test_whatever_changes_is_counted_as_the_plan_counts(live, desired):
    found = Planner(CLOUD, ANYTHING, NOW).plan(Declaration(desired, manage=ALL), live)
    assert tuple(widget(found).values()) == found.counts


def test_a_rego_policy_finds_what_it_looks_for():
    owner = judged(plan(LIVE, state(*[[r] for r in _all(LIVE)], bind("bo", "prod", "owner"))))
    assert denied(owner) == ["workspace.prod/access/bo@acme.example: no new owners"]
    assert denied(busy()) == ["max@acme.example: nobody is removed on a Friday"]
    assert "the guard refuses this plan" in denied(busy("bo"))
    assert denied(judged(plan(LIVE, LIVE))) == []


def _all(live):
    return [*live.resources(), *live.bindings()]


def test_a_plan_that_is_refused_has_errors_and_cannot_be_applied():
    for applier, errored in (("ana", False), ("bo", True)):
        shown = loaded(render_report(busy(applier)))
        assert (shown["errored"], shown["applyable"]) == (errored, not errored)


def test_a_plan_that_was_not_made_in_full_has_errors():
    shown = loaded(render_report(busy(error=ApplyStopped("applied 1 of 13 changes"))))
    assert (shown["errored"], shown["applyable"]) == (True, False)


def test_a_plan_that_leaves_something_open_is_not_complete():
    assert not loaded(render_report(busy()))["complete"]
    nothing = loaded(render_report(judged(plan(LIVE, LIVE))))
    assert (nothing["complete"], nothing["applyable"]) == (True, False)


def test_a_member_is_shown_with_its_account_role_on_both_sides():
    change = change_of(week(), "member.bo@acme.example")
    assert change["actions"] == ["update"]
    before, after = change["before"], change["after"]
    assert [side["account_roles"][0]["role"] for side in (before, after)] == ["member", "admin"]
    assert before["email"] == after["email"] == "bo@acme.example"


def test_what_goes_with_somebody_is_what_there_was():
    before = change_of(week(), "member.max@acme.example")["before"]
    assert [(each["scope"], each["roles"][0]["role"]) for each in before["access"]] == [
        ("workspace.test", "developer")
    ]
    assert before["teams"] == ["data"]


def test_what_comes_with_an_invitation_is_what_there_will_be():
    live = state(user("ana", "owner"), workspace("prod"), team("data"))
    brings = (*bind("eve", None, "member"), *bind("eve", "prod", "viewer"))
    invited = Change(
        None, User("eve@acme.example", Status.PENDING), brings, (team("data")[0].address,)
    )
    after = change_of(Plan(live, (invited,)), "member.eve@acme.example")["after"]
    assert [each["role"] for each in after["account_roles"]] == ["member"]
    assert [(each["scope"], each["roles"][0]["role"]) for each in after["access"]] == [
        ("workspace.prod", "viewer")
    ]
    assert after["teams"] == ["data"]


@pytest.mark.parametrize(
    ("address", "type_", "after"),
    [
        (
            "team.t",
            "rbac_team",
            {"members": [{"principal": "ana@acme.example", "since": None, "until": None}]},
        ),
        ("role.r", "rbac_role", {"permissions": ["see_flows"], "level": "workspace"}),
        ("workspace.w", "rbac_workspace", {"handle": "w", "name": "W", "public": False}),
        ("service-account.s", "rbac_service_account", {"name": "s"}),
        ("service-account.s/key/k", "rbac_key", {"owner": "sa:s", "name": "k"}),
        ("workspace.w/default_role", "rbac_binding", {"principal": "everyone"}),
    ],
)
def test_each_kind_of_thing_has_a_type_and_values_by_human_name(address, type_, after):
    few = state(user("ana", "owner"))
    many = state(
        user("ana", "owner"),
        team("t", "ana"),
        role("r", "see_flows"),
        workspace("w", "W", "viewer"),
        service_account("s"),
        key("sa:s", "k", "2027-01-01T00:00:00Z"),
    )
    shown = loaded(render_report(drifted(plan(few, many))))["resource_changes"]
    (found,) = (each for each in shown if each["address"] == address)
    assert (found["type"], found["change"]["before"]) == (type_, None)
    assert {name: found["change"]["after"][name] for name in after} == after


def test_what_is_destroyed_has_no_value_afterwards():
    gone = change_of(
        plan(state(user("ana", "owner"), team("t")), state(user("ana", "owner"))), "team.t"
    )
    assert (gone["actions"], gone["after"], gone["before"]["name"]) == (["delete"], None, "t")


def test_without_a_plan_there_is_nothing_to_write():
    with pytest.raises(ValueError, match="there is no plan"):
        render_report(FAULTY)


def test_times_are_rfc_3339():
    assert loaded(render_report(busy()))["timestamp"] == "2026-11-21T12:00:00Z"
