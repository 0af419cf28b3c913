"""The registry of rules: ids, published codes, and where each rule holds."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rbac_sync.guard import CODES, RULES, Entrance, RuleId, examine
from rbac_sync.guard.rules import Holds
from rbac_sync.planning import Change

from ..build import inquiry, plan, state, team, user

PUBLISHED = {
    "RS401": "NO_AUTHORITY",
    "RS402": "CAPABILITY",
    "RS403": "ESCALATION",
    "RS404": "DOMINANCE",
    "RS405": "DURATION",
    "RS406": "LAST_OWNER",
    "RS407": "TRANSIENT",
    "RS408": "SELF_LOCKOUT",
    "RS409": "BUILTIN",
    "RS410": "IN_USE",
    "RS411": "DEFAULT_ROLE",
    "RS412": "BOT",
    "RS413": "PUBLIC",
    "RS414": "EXPIRY",
    "RS415": "THRESHOLD",
    "RS416": "EXTERNAL",
    "RS417": "INVALID",
    "RS418": "UNSUPPORTED",
    "RS419": "PROTECTED",
    "RS420": "TEST",
    "RS421": "AUTHOR",
    "RS422": "OUTCOME",
    "RS423": "REASON",
    "RS424": "UNSEEN",
}
"""Codes are published: what stands here is never changed, only added to."""


def test_published_codes_never_change():
    assert {code: str(rule) for rule, code in CODES.items()} == PUBLISHED


def test_every_rule_id_is_registered_once():
    assert set(RULES) == set(RuleId)


def test_every_rule_has_a_sentence():
    assert all(rule.sentence.endswith(".") for rule in RULES.values())


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.id)
def test_every_rule_holds_on_the_command_line_and_a_policy_only_adds_rules(rule):
    held = [rule.holds_at(entrance) for entrance in Entrance]

    assert (
        held
        == {
            Holds.COMMAND: [True, False, False],
            Holds.SERVER: [True, True, True],
            Holds.SERVER_WITH_POLICY: [True, False, True],
        }[rule.holds]
    )


def test_a_step_with_a_fault_that_no_rule_reports_is_refused(monkeypatch):
    live = state(user("ana", "owner"))
    twice = inquiry(plan(live, live))
    (ana, _) = user("ana", "owner")
    asked = inquiry(replace(twice.plan, changes=(make_again(ana),)))
    monkeypatch.setitem(RULES, RuleId.INVALID, replace(RULES[RuleId.INVALID], find=nothing))

    (finding,) = examine(asked)

    assert finding.rule is RuleId.OUTCOME
    assert finding.message == "`member.ana@acme.example` makes no sense, and no rule reports it"
    assert "report it" in finding.hint


def make_again(resource):
    return Change(None, resource)


def nothing(_):
    return iter(())


def test_a_rule_that_forgets_to_judge_is_caught_by_the_outcome(monkeypatch):
    live = state(user("ana", "owner"), user("adi", "admin"))
    desired = state(user("ana", "owner"), user("adi", "owner"))
    asked = inquiry(plan(live, desired), "adi")
    for rule in (RuleId.ESCALATION, RuleId.DURATION):
        monkeypatch.setitem(RULES, rule, replace(RULES[rule], find=nothing))

    findings = examine(asked)

    assert {f.rule for f in findings} == {RuleId.OUTCOME}
    assert findings[0].message == (
        "after `member.adi@acme.example/account_role`, `adi@acme.example` would hold"
        " `manage_billing` in the account, beyond the applier; no rule reports it"
    )


def test_a_rule_that_finds_something_keeps_the_outcome_silent():
    live = state(user("ana", "owner"), user("adi", "admin"), team("data"))
    desired = state(user("ana", "owner"), user("adi", "owner"), team("data"))

    findings = examine(inquiry(plan(live, desired), "adi"))

    assert {f.rule for f in findings} == {RuleId.ESCALATION}


def test_who_is_renamed_gains_nothing_by_the_new_name():
    live = state(user("ana", "owner"), user("adi", "admin"))
    (ana, _), (anna, _) = user("ana"), user("anna")
    asked = inquiry(replace(plan(live, live), changes=(Change(ana, anna),)), "adi")

    assert examine(asked) == []
