"""REASON, and what the guard thinks of reasons: they give and take nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rbac_sync.guard import Entrance, RuleId, examine
from rbac_sync.model import Level, Membership, Policy
from rbac_sync.model.resources import role as role_address
from rbac_sync.planning import Change, Plan

from ..build import because, bind, context, plan, role, state, team, user, who, workspace

OWNER, VIEWER = (role_address(Level.WORKSPACE, name) for name in ("owner", "viewer"))
BOSS = role_address(Level.WORKSPACE, "boss")
DEMANDING = Policy(require_reason_for=frozenset({OWNER}))
HINT = 'write `{ who = "...", reason = "..." }` in the configuration'
BASE = (user("ana", "owner"), user("bo"), workspace("prod"), workspace("test"))


def account(*more):
    return state(*BASE, *more)


def found(live, desired, policy=DEMANDING, applier="ana", entrance=Entrance.COMMAND):
    asked = context(plan(live, desired), applier, policy=policy)
    return examine(asked, entrance)


def reasons(*args, **more):
    return [f for f in found(*args, **more) if f.rule is RuleId.REASON]


def test_a_grant_of_a_role_that_takes_a_reason_is_refused_without_one():
    (finding,) = found(account(team("ops")), account(team("ops"), bind("bo", "prod", "owner")))

    assert finding.rule is RuleId.REASON
    assert finding.message == (
        "`bo@acme.example` would act in workspace prod as `owner`, and no reason is given"
    )
    assert finding.hint == HINT


def test_a_grant_with_a_reason_passes_and_so_does_another_role():
    given = because("INC-1", *bind("bo", "prod", "owner"))

    assert found(account(), account(given)) == []
    assert found(account(), account(bind("bo", "prod", "viewer"))) == []


def test_a_role_that_becomes_a_copy_in_two_steps_is_reported_once():
    implied = replace(role("desk", level=Level.ACCOUNT)[0], implies=frozenset({BOSS}))
    rest = [implied], bind("cy", None, "desk"), user("cy", None), bind("bo", "prod", "boss")
    live = account(role("boss", "see_flows", "odd_one"), *rest)
    policy = replace(DEMANDING, max_losers=None)

    refused = reasons(live, account(role("boss", base="owner"), *rest), policy)

    assert [f.message for f in refused] == [
        "`cy@acme.example` in the account would act as `desk`, and no reason is given",
        "`bo@acme.example` in workspace prod would act as `boss`, and no reason is given",
    ]


def test_a_copy_of_a_role_takes_a_reason_as_the_role_does():
    copy, given = role("boss", base="owner"), bind("bo", "prod", "boss")
    hint = HINT + "; `boss` has all permissions of a role that `[guard]` names"
    expected = "`bo@acme.example` would act in workspace prod as `boss`, and no reason is given"

    for live in (account(copy), account()):
        (finding,) = found(live, account(copy, given))
        assert (finding.message, finding.hint) == (expected, hint)
    (finding,) = found(account(role("boss", "see_flows"), given), account(copy, given))
    assert (finding.message, finding.hint) == (
        "`bo@acme.example` in workspace prod would act as `boss`, and no reason is given",
        hint,
    )
    assert found(account(copy), account(copy, because("INC-1", *given))) == []


def test_a_role_is_not_renamed_to_a_name_that_needs_no_reason():
    (lead,), (boss,) = role("lead", "see_flows"), role("boss", "see_flows")

    def renamed(*names):
        policy = Policy(require_reason_for=frozenset(names))
        return examine(context(Plan(account([lead]), (Change(lead, boss),)), policy=policy))

    (finding,) = renamed(lead.address)
    assert finding.rule is RuleId.REASON
    assert finding.message == ("`role.lead` is in `require_reason_for`, and its new name is not")
    assert finding.hint == "write `boss` there first"
    assert renamed(lead.address, BOSS) == renamed(BOSS) == []


def test_a_place_in_a_team_that_holds_such_a_role_takes_a_reason_of_its_own():
    grant = because("platform", *bind("team:ops", "prod", "owner"))
    live = account(team("ops"), grant)

    (finding,) = found(live, account(team("ops", "bo"), grant))

    assert finding.message == (
        "`bo@acme.example` would act, through `team:ops`, in workspace prod as `owner`,"
        " and no reason is given"
    )
    assert finding.hint == HINT
    assert found(live, account(because("INC-1", *team("ops", "bo")), grant)) == []


def test_a_team_and_its_role_that_come_together_are_judged_by_the_outcome():
    grant = because("platform", *bind("team:ops", "prod", "owner"))

    assert reasons(account(), account(team("ops", "bo"), grant))


def test_who_is_in_a_team_already_has_the_reason_of_what_the_team_is_given():
    live = account(team("ops", "bo"))

    assert found(live, account(team("ops", "bo"), bind("team:ops", "prod", "owner")))
    grant = because("platform", *bind("team:ops", "prod", "owner"))
    assert found(live, account(team("ops", "bo"), grant)) == []


def test_what_was_there_before_and_stays_needs_no_reason():
    old = bind("bo", "prod", "owner")
    more = bind("bo", "test", "viewer")

    assert found(account(old), account(old, more)) == []


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (because("INC-1", *bind("bo", "prod", "owner")), bind("bo", "prod", "owner")),
        (
            bind("bo", "prod", "owner until 2026-12-01T00:00:00Z"),
            bind("bo", "prod", "owner"),
        ),
        (bind("bo", "prod", "viewer"), bind("bo", "prod", "owner")),
    ],
    ids=["a reason is taken out", "a term is longer", "a role is higher"],
)
def test_a_grant_that_changes_takes_a_reason_too(before, after):
    assert reasons(account(before), account(after))


def test_a_default_role_that_takes_a_reason_is_refused_for_it_has_none():
    desired = state(*BASE[:2], workspace("prod", default="owner"), workspace("test"))

    assert reasons(account(), desired)


def test_an_invitation_into_such_a_team_takes_a_reason():
    grant = because("platform", *bind("team:ops", "prod", "owner"))
    eve = user("eve", status="pending", expires="2026-12-01T00:00:00Z")
    joins = (who("team:ops"),)
    change = Change(None, eve[0], brings=(eve[1],), joins=joins)
    asked = context(Plan(account(team("ops"), grant), (change,)), policy=DEMANDING)

    assert RuleId.REASON in {f.rule for f in examine(asked)}


def test_a_server_asks_for_reasons_only_with_a_policy():
    live, desired = account(), account(bind("bo", "prod", "owner"))

    assert reasons(live, desired, entrance=Entrance.SERVER_WITH_POLICY)
    assert not reasons(live, desired, entrance=Entrance.SERVER)


def reworded(applier, before="INC-1", after="INC-2"):
    """Return what the guard finds where the reason of an owner of `prod` is another."""
    base = (bind("lea", "prod", "owner"), user("lea"))
    old, new = (because(text, *bind("bo", "prod", "owner")) for text in (before, after))
    return found(account(*base, old), account(*base, new), Policy(), applier)


def test_another_reason_takes_the_right_to_write_the_grant_and_nothing_else():
    assert reworded("lea") == []
    old, new = (because(text, *bind("bo", "prod", "owner")) for text in ("a", "b"))
    refused = found(state(*BASE, user("zoe"), old), state(*BASE, user("zoe"), new), Policy(), "zoe")
    assert [f.rule for f in refused] == [RuleId.CAPABILITY]


def test_another_reason_of_a_member_gives_the_applier_nothing_to_answer_for():
    grant = bind("team:ops", "prod", "owner")
    old, new = (because(text, *team("ops", "bo")) for text in ("a", "b"))
    manager = user("max", "admin")

    assert found(account(manager, grant, old), account(manager, grant, new), applier="max") == []


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("two\nlines", "must be one line of visible characters"),
        ("a\u202eb", "must be one line of visible characters"),
        (" blank", "must not begin or end with space"),
        ("x" * 501, "is longer than 500 characters"),
    ],
)
def test_a_plan_with_a_reason_that_no_configuration_takes_is_refused(text, wrong):
    (grant,) = because(text, *bind("bo", "prod", "viewer"))
    asked = context(Plan(account(), (Change(None, grant),)))
    (ops,) = because(text, *team("ops", "bo"))

    (finding,) = examine(asked)
    assert finding.rule is RuleId.INVALID
    assert finding.message == f"a reason in `{grant.address}` {wrong}"
    assert finding.hint == "write the reason on one line, shorter"
    assert [f.rule for f in examine(context(Plan(account(), (Change(None, ops),))))] == [
        RuleId.INVALID
    ]


def test_a_plan_does_not_claim_another_reason_than_the_live_one():
    (old,) = because("true", *bind("bo", "prod", "viewer"))
    (claimed,) = because("false", old)
    asked = context(Plan(account([old]), (Change(claimed, None),)))

    (finding,) = examine(asked)
    assert finding.rule is RuleId.INVALID


def test_one_role_or_member_twice_with_two_reasons_is_refused():
    (grant,) = bind("bo", "prod", "viewer")
    (one,), (other,) = (because(text, grant) for text in ("a", "b"))
    twice = replace(grant, roles=one.roles | other.roles)
    places = frozenset({Membership(who("bo"), reason="a"), Membership(who("bo"), reason="b")})
    crowd = replace(team("ops")[0], members=places)

    for made in (twice, crowd):
        (finding,) = examine(context(Plan(account(), (Change(None, made),))))
        assert finding.rule is RuleId.INVALID
        assert "twice" in finding.message
