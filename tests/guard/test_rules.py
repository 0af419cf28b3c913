"""The registry of rules: ids, published codes, and where each rule holds."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rbac_sync.guard import CODES, RULES, Entrance, GuardContext, RuleId, could_apply, examine
from rbac_sync.model import EVERYONE, Level, Limit, Permission, Policy, Status, Title
from rbac_sync.planning import Change, Plan

from ..build import (
    CATALOGUE,
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
from ..planning.worlds import BOTS, CLOUD, OWNER, PEOPLE, SOON, account_role, accounts
from ..planning.worlds import workspace_role as in_workspace

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
    "RS425": "TERM",
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
            Entrance.COMMAND: [False, False, True],
            Entrance.SERVER: [True, True, True],
            Entrance.SERVER_WITH_POLICY: [False, True, True],
        }[rule.holds]
    )


NARROW = Policy(
    min_owners=9,
    bots_account_role=account_role("none"),
    default_role_forbids=frozenset({Permission("see_flows")}),
    max_losers=Limit(number=0),
    max_gainers=Limit(number=0),
    workspace_owners={"prod": 9},
    protect=frozenset({str(OWNER.address)}),
    require_author=True,
    require_reason_for=frozenset({in_workspace("viewer")}),
    require_end_for=frozenset({in_workspace("worker")}),
    is_strict=True,
)


@given(accounts(), st.sampled_from([None, *PEOPLE, *BOTS]))
def test_a_plan_without_changes_is_judged_by_all_rules_that_find_something_in_it(live, applier):
    applier = applier and applier.address
    given = GuardContext(Plan(live, ()), CLOUD, applier, SOON, policy=NARROW, declared=live)

    assert examine(given) == [f for rule in RULES.values() for f in rule.find(given)]


def test_a_step_with_a_fault_that_no_rule_reports_is_refused(monkeypatch):
    live = state(user("ana", "owner"))
    twice = context(plan(live, live))
    (ana, _) = user("ana", "owner")
    asked = context(replace(twice.plan, changes=(make_again(ana),)))
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
    asked = context(plan(live, desired), "adi")
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

    findings = examine(context(plan(live, desired), "adi"))

    assert {f.rule for f in findings} == {RuleId.ESCALATION}


def test_a_thing_that_is_renamed_gains_nothing_by_the_new_name():
    live = state(user("ana", "owner"), user("adi", "admin"), service_account("ci", "owner"))
    (ci, _), (cd, _) = service_account("ci"), service_account("cd")
    asked = context(replace(plan(live, live), changes=(Change(ci, cd),)), "adi")

    assert examine(asked) == []


def renamed(applier: str, *changes: tuple[str, str], **more):
    """Return the findings on people who get another address, as *applier* plans it."""
    live = state(user("ana", "owner"), user("adi", "admin"), user("bo"), user("cy"))
    steps = tuple(Change(user(old)[0], user(new)[0]) for old, new in changes)
    return examine(context(replace(plan(live, live), changes=steps), applier, **more))


def test_another_address_is_another_person_who_gets_all_that_is_held():
    assert {f.rule for f in renamed("adi", ("ana", "anna"))} == {
        RuleId.ESCALATION,
        RuleId.DOMINANCE,
    }
    assert {f.rule for f in renamed("bo", ("cy", "cyd"))} == {RuleId.CAPABILITY}
    assert renamed("ana", ("adi", "ada")) == renamed("ana", ("ana", "anna")) == []


@pytest.mark.parametrize(
    ("before", "after", "holds", "is_refused"),
    [
        ("", "mine", True, True),
        ("okta", "mine", True, True),
        ("okta", "", True, False),
        ("", "mine", False, False),
    ],
)
def test_to_tie_a_team_to_a_directory_gives_all_that_the_team_holds(
    before, after, holds, is_refused
):
    (one,), (other,) = team("data", managed_by=before), team("data", managed_by=after)
    clerk = role("clerk", "see_account", "manage_teams", level=Level.ACCOUNT)
    held = bind("team:data", "prod", "viewer") if holds else []
    live = state(user("ana", "owner"), user("cle", "clerk"), clerk, workspace("prod"), [one], held)

    found = examine(context(Plan(live, (Change(one, other),)), "cle"))

    said = "`team.data` would give in workspace prod what `cle@acme.example` does not hold: "
    assert [f.message for f in found] == [f"{said}`see_blocks`, `see_flows`"] * is_refused


def test_a_permission_that_the_catalogue_does_not_list_comes_into_no_default_role():
    live = state(
        user("ana", "owner"), workspace("prod"), role("new", "new"), bind("ana", "prod", "new")
    )

    def said(*forbidden):
        change = Change(None, *bind(EVERYONE, "prod", "new"))
        policy = Policy(default_role_forbids=frozenset(forbidden))
        return [f.message for f in examine(context(Plan(live, (change,)), policy=policy))]

    assert said("run_flows") == ["every user would come to hold in workspace prod: `new`"]
    assert said() == []


def test_no_custom_role_comes_to_hold_a_reserved_permission():
    kept, more = role("x", "see_flows")[0], role("x", "see_flows", "run_flows")[0]
    reserved = Title(Permission("run_flows"), Level.WORKSPACE, reserved=True)
    catalogue = replace(CATALOGUE, titles={**CATALOGUE.titles, reserved.permission: reserved})

    def found(live, change):
        asked = context(Plan(state(user("ana", "owner"), live), (change,)))
        return [(f.message, f.hint) for f in examine(replace(asked, catalogue=catalogue))]

    refused = [("no custom role may hold `run_flows`", "take it out")]
    assert found([], Change(None, more)) == found([kept], Change(kept, more)) == refused
    assert found([more], Change(more, replace(more, description="Kept."))) == []


def test_the_second_wall_sees_what_another_address_gets():
    outcome = renamed_past_the_rules("adi", "ana", "anna")[0]
    assert outcome.message.startswith(
        "after `member.anna@acme.example`, `anna@acme.example` would hold"
    )


def renamed_past_the_rules(applier: str, old: str, new: str):
    live = state(user("ana", "owner"), user("adi", "admin"))
    change = Change(user(old)[0], user(new)[0])
    return list(RULES[RuleId.OUTCOME].find(context(Plan(live, (change,)), applier)))


def test_addresses_that_people_give_up_count_as_removals():
    everybody = [(name, f"{name}.new") for name in ("ana", "adi", "bo", "cy")]

    (finding,) = renamed("ana", *everybody)

    assert (finding.rule, finding.message) == (
        RuleId.THRESHOLD,
        "4 of 4 would be removed (member)",
    )
    assert finding.hint == "if that is meant, pass `--allow-deletes 4 --reason TEXT`"


BLIND = (
    RuleId.CAPABILITY,
    RuleId.ESCALATION,
    RuleId.DOMINANCE,
    RuleId.DURATION,
    RuleId.TRANSIENT,
    RuleId.INVALID,
)
"""The rules that the outcome stands behind."""

HR = state(
    user("ana", "owner"),
    role("hr", "see_account", "manage_members", "manage_teams", level=Level.ACCOUNT),
    role("reader", "see_flows"),
    user("hugo", "hr"),
    user("bo"),
    user("sue", "admin", status="suspended"),
    user("ivy", "owner", status="pending", expires="2026-11-01T00:00:00Z"),
    service_account("ci", "admin"),
    team("ops"),
    workspace("prod"),
    bind("team:ops", "prod", "owner"),
    bind("bo", "prod", "reader"),
)


def woken(name):
    before = HR.get(who(name))
    return Change(before, replace(before, status=Status.ACTIVE, expires=None))


@pytest.mark.parametrize(
    "change",
    [
        lambda: Change(None, *bind("bo", None, "owner")),
        lambda: Change(*bind("bo", None, "member"), *bind("bo", None, "owner")),
        lambda: Change(*team("ops"), *team("ops", "bo")),
        lambda: Change(*role("reader", "see_flows"), *role("reader", "see_flows", "write_flows")),
        lambda: Change(None, *bind(EVERYONE, "prod", "developer")),
        lambda: Change(None, *key("sa:ci", "k", "2026-12-01T00:00:00Z")),
        lambda: Change(None, *key("bo", "k", "2026-12-01T00:00:00Z")),
        lambda: woken("sue"),
        lambda: woken("ivy"),
        lambda: Change(*team("ops"), *team("crew", "bo")),
        lambda: Change(None, service_account("new")[0], tuple(bind("sa:new", None, "admin"))),
        lambda: Change(
            None, *key("hugo", "k", "2026-12-01T00:00:00Z"), tuple(bind("hugo", "prod", "owner"))
        ),
    ],
    ids=[
        "a new account role",
        "a higher account role",
        "a place in a team",
        "a wider role",
        "a default role",
        "a key of a service account",
        "a key of somebody else",
        "a suspended person",
        "an invitation that has ended",
        "a rename that joins",
        "a new service account",
        "a key that brings a grant",
    ],
)
def test_the_outcome_finds_what_every_rule_before_it_misses(monkeypatch, change):
    for rule in BLIND:
        monkeypatch.setitem(RULES, rule, replace(RULES[rule], find=nothing))
    monkeypatch.setattr("rbac_sync.guard.simulation.fault", lambda *_: None)

    found = examine(context(Plan(HR, (change(),)), "hugo"))

    assert {f.rule for f in found} == {RuleId.OUTCOME}
    assert all("beyond the applier; no rule reports it" in f.message for f in found)


@pytest.mark.parametrize(
    "change",
    [
        lambda: Change(None, *key("hugo", "k", "2026-12-01T00:00:00Z")),
        lambda: Change(
            *bind("bo", "prod", "reader"), *bind("bo", "prod", "reader until 2027-01-01T00:00:00Z")
        ),
        lambda: Change(*team("ops"), None),
    ],
    ids=["a key of one's own", "a term that only shortens", "a team that goes"],
)
def test_the_outcome_has_nothing_against_what_gives_nobody_anything(monkeypatch, change):
    for rule in BLIND:
        monkeypatch.setitem(RULES, rule, replace(RULES[rule], find=nothing))

    assert examine(context(Plan(HR, (change(),)), "hugo")) == []


def test_an_accepted_invitation_and_a_new_users_default_role_are_no_gain_to_the_outcome(
    monkeypatch,
):
    live = state(
        user("ana", "owner"),
        user("ivy", "owner", status="pending", expires="2027-01-01T00:00:00Z"),
        role("hr", "see_account", "manage_members", level=Level.ACCOUNT),
        user("hugo", "hr"),
        workspace("prod", default="developer"),
    )
    for rule in BLIND:
        monkeypatch.setitem(RULES, rule, replace(RULES[rule], find=nothing))
    before = live.get(who("ivy"))
    accepted = Change(before, replace(before, status=Status.ACTIVE, expires=None))
    (new, binding) = user("new", "hr")

    assert examine(context(Plan(live, (accepted,)), "hugo")) == []
    assert examine(context(Plan(live, (Change(None, new, (binding,)),)), "hugo")) == []


def test_who_could_apply_a_leaving_needs_the_right_to_remove_that_person():
    people = user("ana", "owner"), user("bo"), user("max", "admin until 2020-01-01T00:00:00Z")
    prod = workspace("prod"), bind("bo", "prod", "owner")
    leaving = context(plan(state(*people, *prod), state(*people[:2], *prod)), "max")

    findings = examine(leaving)

    assert [finding.rule for finding in findings] == [RuleId.NO_AUTHORITY]
    assert could_apply(leaving, findings) == (who("ana"),)
