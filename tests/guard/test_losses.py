from __future__ import annotations

from dataclasses import replace
from unittest.mock import patch

import pytest
from hypothesis import given

from rbac_sync.guard.access import Access
from rbac_sync.guard.affected import affected_by, passers
from rbac_sync.guard.effects import effects
from rbac_sync.guard.losses import losses
from rbac_sync.model import ACCOUNT, EVERYONE, Policy, User
from rbac_sync.model.policy import Limit
from rbac_sync.planning import Change, Plan
from rbac_sync.planning.renames import under
from tests.build import bind, context, plan, role, state, team, user, workspace
from tests.planning.worlds import accounts

COUNTING = Policy(max_gainers=Limit(number=0))


def pair_by_pair(asked):
    """Return who loses and who gains something where, found for each pair by itself."""
    first, last = asked.start, asked.outcome.state
    passing, pairs = passers(first, last), set()
    for change in asked.sound:
        one, other = change.before, change.after
        pairs.update(affected_by(one, other, first, passing))
        pairs.update(affected_by(other, one, last, passing))
        if isinstance(one, User) and isinstance(other, User) and one.status != other.status:
            pairs.add((other.address, ACCOUNT))
    users = list(last.of(User))
    people = {(p, at) for who, at in pairs for p in (users if who == EVERYONE else [who])}
    stay = {pair for pair in people if asked.comparison.stays(pair[0])}
    sides = (asked.comparison.loses, asked.comparison.gains)
    return [{pair for pair in stay if is_so(*pair)} for is_so in sides]


@given(accounts(), accounts())
def test_who_loses_and_gains_is_found_by_class_as_for_each_by_itself(before, after):
    asked = context(plan(before, after), policy=COUNTING)
    found = losses(asked)
    pairs = [
        {(who, scope) for who, scopes in people.items() for scope in scopes}
        for people in (found.losers, found.gainers)
    ]
    assert pairs == pair_by_pair(asked)


def test_how_often_losses_are_looked_at_does_not_depend_on_how_many_people_lose_by_default():
    looks = []
    for people, spaces in ((4, 3), (40, 30)):
        users = [user("ana", "owner"), *(user(f"u{n}") for n in range(people))]
        one, other = (
            state(*users, *(workspace(f"w{n}", default=default) for n in range(spaces)))
            for default in ("runner", "viewer")
        )
        asked = context(plan(one, other))
        assert asked.steps
        with patch.object(Access, "paths", autospec=True, side_effect=Access.paths) as paths:
            found = losses(asked)
        assert len(found.losers) == people
        looks.append(paths.call_count)
    assert looks[0] == looks[1]


DATA, PROD, BO = team("data", "bo")[0], workspace("prod")[0], user("bo")[0]
READER = role("reader", "see_flows")[0]
TAKEN = {
    "of a person": bind("bo", "prod", "viewer")[0],
    "of a team": bind("team:data", "prod", "viewer")[0],
    "of a custom role": bind("bo", "prod", "reader")[0],
}
RENAMED = {
    "workspace": Change(PROD, replace(PROD, handle="live")),
    "team": Change(DATA, replace(DATA, name="crew")),
    "role": Change(READER, replace(READER, name="looker")),
    "person": Change(BO, replace(BO, email="bo@new.example")),
}


@pytest.mark.parametrize("rename", RENAMED.values(), ids=RENAMED)
@pytest.mark.parametrize("taken", TAKEN.values(), ids=TAKEN)
def test_what_is_taken_after_a_rename_in_the_same_plan_is_lost(taken, rename):
    live = state(user("ana", "owner"), [BO, *bind("bo", None, "member"), DATA, READER, PROD, taken])
    renamed = under(taken, {rename.before.address: rename.address})
    asked = context(Plan(live, (rename, Change(renamed, None))))

    (loser,) = losses(asked).losers

    assert loser == asked.new_address(BO.address)
    lost = {each.principal: each.scope for each in effects(asked) if each.lost}
    assert lost[loser] == asked.new_address(PROD.address)
