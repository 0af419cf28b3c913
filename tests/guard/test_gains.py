"""The second wall after many principals: it passes over what the bound covers, and nothing else."""

from __future__ import annotations

import pytest

from rbac_sync.guard import examine
from rbac_sync.guard.findings import RuleId
from rbac_sync.guard.gains import FEW, Gains
from rbac_sync.model import Key, Level
from rbac_sync.planning import Change, Plan

from ..build import (
    CATALOGUE,
    NOW,
    bind,
    context,
    key,
    role,
    service_account,
    state,
    user,
    who,
    workspace,
)

NAMES = [f"p{number}" for number in range(FEW + 1)]
OTHERS = (user("adi", "admin"), user("bo"), workspace("prod"), *map(user, NAMES))
LIVE = state(user("ana", "owner"), *OTHERS)

PROMOTION = Change(*bind("bo", None, "member"), *bind("bo", None, "owner"))
LOWERED = Change(*bind("ana", None, "owner"), *bind("ana", None, "admin"))


def after_many(applier):
    """Return the gains of a plan that has given many people a role, none beyond *applier*."""
    gains = Gains(LIVE, CATALOGUE, (who(applier),), NOW)
    for name in NAMES:
        assert gains.gains_beyond(Change(None, *bind(name, "prod", "viewer"))) == set()
    return gains


@pytest.mark.parametrize(("applier", "is_beyond"), [("ana", False), ("adi", True)])
def test_what_the_bound_does_not_cover_is_a_gain_after_many_principals(applier, is_beyond):
    assert bool(after_many(applier).gains_beyond(PROMOTION)) is is_beyond


def test_an_applier_who_holds_less_by_then_covers_less():
    gains = after_many("ana")

    assert gains.gains_beyond(LOWERED) == set()
    assert gains.gains_beyond(PROMOTION)


def test_a_new_role_beyond_the_bound_is_not_covered():
    gains = after_many("ana")

    assert gains.gains_beyond(Change(None, *role("odd", "bend_time"))) == set()
    assert gains.gains_beyond(Change(None, *bind("bo", "prod", "odd"))) == {
        (who("bo"), workspace("prod")[0].address, "bend_time")
    }


def test_what_was_passed_over_is_there_for_a_later_step():
    gains = after_many("ana")
    bot, account = service_account("ci", "owner")

    assert gains.gains_beyond(Change(None, bot, (account,))) == set()
    assert gains.gains_beyond(LOWERED) == set()
    assert gains.gains_beyond(Change(None, Key(bot.address, "main")))


DECEMBER_1, DECEMBER_5, MAY_1, MAY_2 = (
    f"{day}T00:00:00Z" for day in ("2026-12-01", "2026-12-05", "2027-05-01", "2027-05-02")
)


@pytest.mark.parametrize(("end", "rules"), [(MAY_1, set()), (MAY_2, {RuleId.DURATION})])
def test_a_key_opens_to_its_maker_nothing_that_the_maker_comes_to_hold_otherwise(end, rules):
    held = (f"runner until {DECEMBER_5}", f"developer from {DECEMBER_1} until {MAY_1}")
    live = state(
        *OTHERS,
        service_account("ci"),
        bind("sa:ci", "prod", "runner"),
        user("hugo", "helper"),
        role("helper", "see_account", "manage_members", level=Level.ACCOUNT),
        bind("hugo", "prod", *held),
    )
    made = Change(None, *key("sa:ci", "new", end))

    assert {f.rule for f in examine(context(Plan(live, (made,)), "hugo"))} == rules
