"""The common part of two versions of a resource."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rbac_sync.model import (
    EVERYONE,
    Binding,
    Holding,
    Key,
    Level,
    Membership,
    ObjectAccess,
    Role,
    Status,
    Team,
    User,
    Workspace,
    meet,
)
from rbac_sync.model import address as named
from rbac_sync.model.meet import ATTRIBUTES
from rbac_sync.model.resources import CLASSES, role

GRANTS_NOTHING = {
    "email", "name", "description", "owner", "managed_by", "handle", "level", "builtin",
    "principal", "scope", "workspace",
}  # fmt: skip
"""Attributes that name or describe; whoever adds one decides here or in ``ATTRIBUTES``."""

PROD, ANN, BEA = named.workspace("prod"), named.user("ann@x.org"), named.user("bea@x.org")
VIEWER, OWNER = (role(Level.WORKSPACE, name) for name in ("viewer", "owner"))
EARLY = datetime(2027, 1, 1, tzinfo=UTC)
LATE = EARLY + timedelta(days=30)


@pytest.mark.parametrize("cls", CLASSES.values(), ids=lambda c: c.__name__)
def test_every_attribute_that_may_grant_has_a_meet(cls):
    assert {f.name for f in fields(cls)} <= ATTRIBUTES.keys() | GRANTS_NOTHING
    assert not ATTRIBUTES.keys() & GRANTS_NOTHING


def test_sets_meet_in_what_both_have():
    before = Role(Level.WORKSPACE, "x", frozenset({"a", "b"}), frozenset({VIEWER}))
    after = Role(Level.WORKSPACE, "x", frozenset({"b", "c"}), frozenset({OWNER}))

    assert meet(before, after) == Role(Level.WORKSPACE, "x", frozenset({"b"}))


def test_terms_meet_in_the_shorter_one():
    before = Binding(ANN, PROD, frozenset({Holding(VIEWER, until=EARLY)}))
    after = Binding(ANN, PROD, frozenset({Holding(VIEWER, since=EARLY - timedelta(1), until=LATE)}))

    found = meet(before, after)

    assert found.roles == {Holding(VIEWER, EARLY - timedelta(1), EARLY)}


def test_terms_that_do_not_overlap_leave_nothing():
    before = Binding(ANN, PROD, frozenset({Holding(VIEWER, until=EARLY)}))
    after = Binding(ANN, PROD, frozenset({Holding(VIEWER, since=LATE)}))

    assert meet(before, after) is None


def test_a_binding_of_another_role_has_no_common_part():
    one, other = (Binding(ANN, PROD, frozenset({Holding(r)})) for r in (VIEWER, OWNER))

    assert meet(one, other) is None


def test_the_lesser_status_the_earlier_end_and_what_both_allow():
    assert meet(User("a@x.org"), User("a@x.org", Status.SUSPENDED)).status is Status.SUSPENDED
    assert meet(Key(ANN, "k", LATE), Key(ANN, "k")).until == LATE
    assert not meet(Workspace("w", public=True), Workspace("w")).public


def test_an_access_list_meets_in_who_is_on_both_and_everyone_is_whoever_the_other_names():
    before = ObjectAccess(PROD, "block:a/b", frozenset({ANN, BEA}), manage=frozenset({EVERYONE}))
    after = ObjectAccess(PROD, "block:a/b", frozenset({BEA}), manage=frozenset({ANN}))

    assert meet(before, after) == meet(after, before) == after


people = st.sampled_from([ANN, BEA])
ends = st.sampled_from([None, EARLY, LATE])
members = st.frozensets(st.builds(Membership, people, st.none(), ends), max_size=2).filter(
    lambda found: len({m.principal for m in found}) == len(found)
)
teams = st.builds(Team, st.just("t"), members)


@given(teams, teams)
def test_the_meet_lies_inside_both_sides_and_is_its_own_meet(one, other):
    found = meet(one, other)

    for side in (one, other):
        assert meet(side, found) == replace(found, description=found.description)
    assert found.members == meet(other, one).members


def test_a_reason_grants_nothing_and_the_later_one_is_kept():
    before, after = (
        Binding(ANN, PROD, frozenset({Holding(VIEWER, until=end, reason=why)}))
        for end, why in ((EARLY, "old"), (LATE, "new"))
    )

    assert meet(before, after).roles == {Holding(VIEWER, until=EARLY, reason="new")}
