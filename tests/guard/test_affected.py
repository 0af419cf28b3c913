"""Whom a change of a role concerns: its holders, and those of a role that implies it."""

from __future__ import annotations

import pytest

from rbac_sync.guard import RuleId, examine
from rbac_sync.guard.effects import effects
from rbac_sync.guard.losses import losses
from rbac_sync.model import (
    ACCOUNT,
    ANYWHERE,
    Binding,
    Level,
    Limit,
    Policy,
    Role,
)
from rbac_sync.model import held as holdings
from rbac_sync.model.resources import role as role_address
from rbac_sync.planning import Change, Plan

from ..build import bind, context, role, service_account, state, user, who, workspace

READER = role("reader", "see_flows")[0]
WIDER = role("reader", "see_flows", "see_secret_blocks")[0]
CLERK = Role(Level.ACCOUNT, "clerk", implies=frozenset({READER.address}))
BO = who("bo")
COUNTED = Policy(max_losers=Limit(number=0), max_gainers=Limit(number=0))


def company(reader, *more, applier="owner"):
    """Return an account in which bo holds *reader* in every workspace by an account role."""
    return state(
        user("cy", "owner"),
        user("ana", applier),
        user("bo", "clerk"),
        [reader, CLERK],
        workspace("prod"),
        *more,
    )


def judged(one, other, **asked):
    return context(Plan(company(one), (Change(one, other),)), **asked)


@pytest.mark.parametrize("widens", [True, False], ids=["wider", "narrower"])
def test_who_holds_a_role_by_an_account_role_gains_and_loses_with_it(widens):
    asked = judged(READER, WIDER) if widens else judged(WIDER, READER)

    (effect,) = effects(asked)

    assert (effect.principals, effect.scopes) == ((BO,), (ANYWHERE,))
    assert (effect.gained if widens else effect.lost) == ("see_secret_blocks",)


@pytest.mark.parametrize("widens", [True, False], ids=["wider", "narrower"])
def test_who_holds_a_role_by_an_account_role_counts_where_it_changes(widens):
    asked = judged(*((READER, WIDER) if widens else (WIDER, READER)), policy=COUNTED)

    people = losses(asked)

    assert (people.gainers if widens else people.losers) == {BO: {ANYWHERE}}
    (finding,) = examine(asked)
    assert finding.rule is RuleId.THRESHOLD


def test_what_a_role_gives_by_an_account_role_for_a_moment_is_seen():
    held = Binding(BO, ACCOUNT, holdings(CLERK.address))
    taken = Change(held, bind("bo", None, "member")[0])

    (finding,) = examine(context(Plan(company(READER), (Change(READER, WIDER), taken))))

    assert finding.rule is RuleId.TRANSIENT
    assert "`bo@acme.example` would for a moment hold in every workspace" in finding.message


def test_a_wider_role_is_not_held_for_longer_by_an_account_role_than_by_the_applier():
    live = company(READER, applier="owner until 2026-12-01T00:00:00Z")

    findings = examine(context(Plan(live, (Change(READER, WIDER),))))

    assert [f.message for f in findings if f.rule is RuleId.DURATION] == [
        (
            "`bo@acme.example` would hold in every workspace for good"
            " what `ana@acme.example` holds for less long: `see_secret_blocks`"
        )
    ]


def test_the_account_role_of_a_service_account_is_as_wide_as_what_it_implies():
    live = company(READER, service_account("ci", "clerk"))
    policy = Policy(bots_account_role=role_address(Level.ACCOUNT, "member"))

    (finding,) = examine(context(Plan(live, (Change(READER, WIDER),)), policy=policy))

    assert finding.rule is RuleId.BOT
    assert finding.message == "`sa:ci` would hold `role.clerk`, more than `role.member`"
