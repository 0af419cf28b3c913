"""The API keys that rise with their owners."""

from __future__ import annotations

import pytest

from rbac_sync.guard.effects import effects
from rbac_sync.guard.rising_keys import rising
from rbac_sync.guard.risk import Risk
from rbac_sync.model import label
from tests.build import (
    bind,
    context,
    key,
    plan,
    service_account,
    state,
    team,
    user,
    workspace,
)

PLAIN = (
    user("ana", "owner"),
    user("bo"),
    user("cy"),
    service_account("ci"),
    service_account("idle"),
    team("data", "cy"),
    workspace("prod"),
    key("bo", "laptop", "2027-01-01T00:00:00Z"),
    key("cy", "phone"),
    key("sa:ci", "build"),
    key("sa:idle", "old"),
)


def found(*more, before=PLAIN, after=PLAIN, **declared):
    asked = context(plan(state(*before), state(*after, *more), **declared))
    return [(label(k.owner), k.key.name, k.risk) for k in rising(asked, effects(asked))]


def test_nobody_gains_and_no_key_rises():
    assert found() == []


def test_the_keys_of_whoever_gains_rise_and_no_others():
    assert found(bind("bo", "prod", "viewer")) == [("bo@acme.example", "laptop", Risk.PLAIN)]


@pytest.mark.parametrize(("until", "rises"), [("12:00:00", False), ("12:00:01", True)])
def test_a_key_rises_until_it_ends(until, rises):
    people = (user("ana", "owner"), user("bo"), workspace("prod"))
    laptop = key("bo", "laptop", f"2026-11-21T{until}Z")
    given = bind("bo", "prod", "viewer")
    asked = context(plan(state(*people, laptop), state(*people, laptop, given)))
    assert bool(rising(asked, effects(asked))) is rises


def test_the_gravest_gain_counts_and_comes_first():
    more = bind("bo", "prod", "viewer"), bind("sa:ci", "prod", "owner")
    assert found(*more) == [
        ("sa:ci", "build", Risk.ACCESS),
        ("bo@acme.example", "laptop", Risk.PLAIN),
    ]


def test_a_gain_by_a_team_raises_the_keys_of_its_members():
    assert found(bind("team:data", "prod", "developer")) == [
        ("cy@acme.example", "phone", Risk.SECRETS)
    ]


def test_a_default_role_raises_the_keys_of_all_people():
    after = (*PLAIN[:6], workspace("prod", default="viewer"), *PLAIN[7:])
    assert found(after=after) == [
        ("bo@acme.example", "laptop", Risk.REACH),
        ("cy@acme.example", "phone", Risk.REACH),
    ]


def test_a_default_role_does_not_raise_the_key_of_whoever_holds_as_much_already():
    before = (*PLAIN, bind("bo", "prod", "developer"), key("ana", "laptop"))
    after = (*before[:6], workspace("prod", default="viewer"), *before[7:])
    assert found(before=before, after=after) == [("cy@acme.example", "phone", Risk.REACH)]


def test_who_only_loses_has_no_rising_key():
    assert found(before=(*PLAIN, bind("bo", "prod", "viewer"))) == []


def test_a_key_that_goes_or_comes_with_the_plan_does_not_rise():
    after = (*PLAIN[:9], *PLAIN[10:], key("sa:ci", "new"), bind("sa:ci", "prod", "owner"))
    assert found(after=after) == []


def test_a_key_follows_the_new_name_of_its_owner():
    after = (*PLAIN[:3], service_account("robot"), *PLAIN[4:9], key("sa:robot", "build"))
    more = bind("sa:robot", "prod", "owner")
    one, two = (service_account(name)[0].address for name in ("robot", "ci"))
    assert found(more, after=(*after, PLAIN[10]), former={one: (two,)}) == [
        ("sa:robot", "build", Risk.ACCESS)
    ]
