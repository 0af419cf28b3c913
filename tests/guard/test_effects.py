from __future__ import annotations

from itertools import product
from unittest.mock import patch

import pytest
from hypothesis import given

from rbac_sync.guard.access import Access
from rbac_sync.guard.bitsets import union
from rbac_sync.guard.effect import one_by_one
from rbac_sync.guard.effects import effects
from rbac_sync.model import (
    ACCOUNT,
    ANYWHERE,
    EVERYONE,
    Kind,
    ServiceAccount,
    Status,
    Team,
    User,
    Workspace,
)
from tests.build import bind, context, plan, state, team, user, workspace
from tests.planning.worlds import accounts


def held(access, who, scope):
    """Return what somebody can come to exercise; a suspended user nothing."""
    found = access.state.get(who)
    if isinstance(found, User) and found.status is Status.SUSPENDED:
        return 0
    return union(path.permissions for path in access.paths(who, scope))


def difference(asked, who, scope):
    """Return what somebody gains and loses in one scope."""
    was, will = held(asked.before, who, scope), held(asked.outcome, who, scope)
    return will & ~was, was & ~will


def pair_by_pair(asked):
    """Return who gains and loses what where, each principal in each scope looked at by itself.

    Not all of it is an effect: see ``is_said_of_others``.
    """
    states = asked.start, asked.outcome.state
    kinds = (User, ServiceAccount, Team)
    people = {EVERYONE, *(who for each in states for kind in kinds for who in each.of(kind))}
    spaces = {ACCOUNT, ANYWHERE, *(scope for each in states for scope in each.of(Workspace))}
    found = {}
    for who, scope in product(people, spaces):
        gained, lost = difference(asked, who, scope)
        if scope not in (ACCOUNT, ANYWHERE):
            gained_anywhere, lost_anywhere = difference(asked, who, ANYWHERE)
            gained, lost = gained & ~gained_anywhere, lost & ~lost_anywhere
        if gained or lost:
            found[who, scope] = asked.names(gained), asked.names(lost)
    return found


def is_said_of_others(asked, who, scope, sides):
    """Say whether it is told of the members of a team that goes, or of everyone for who stays."""
    if who.kind is Kind.TEAM:
        return not asked.outcome.state.knows(who)
    of_all = map(asked.names, difference(asked, EVERYONE, scope))
    within = all(set(own) <= set(all_) for own, all_ in zip(sides, of_all, strict=True))
    return who.kind is Kind.USER and asked.comparison.stays(who) and within


@given(accounts(), accounts())
def test_what_is_found_by_class_is_what_each_gains_and_loses(before, after):
    asked = context(plan(before, after))
    found = {
        (each.principal, each.scope): (tuple(sorted(each.gained)), tuple(sorted(each.lost)))
        for each in one_by_one(effects(asked))
        if each.gained or each.lost
    }
    expected = pair_by_pair(asked)
    assert {pair: expected.get(pair) for pair in found} == found
    unsaid = [pair for pair in expected if pair not in found]
    assert [pair for pair in unsaid if not is_said_of_others(asked, *pair, expected[pair])] == []


@given(accounts(), accounts())
def test_what_a_plan_gives_it_takes_backwards(before, after):
    asked = context(plan(before, after))
    there, back = (one_by_one(effects(asked, backwards=way)) for way in (False, True))
    given_there = {(e.principal, e.scope): (e.gained, e.lost) for e in there if e.gained or e.lost}
    given_back = {(e.principal, e.scope): (e.lost, e.gained) for e in back if e.gained or e.lost}
    assert given_there == given_back
    longer_there = {(e.principal, e.scope): e.extended for e in there if e.extended}
    assert longer_there == {(e.principal, e.scope): e.shortened for e in back if e.shortened}


@given(accounts(), accounts())
def test_each_effect_is_told_once_and_its_paths_are_its_own(before, after):
    asked = context(plan(before, after))
    singles = one_by_one(effects(asked))
    pairs = [(each.principal, each.scope, bool(each.kept)) for each in singles]
    assert len(set(pairs)) == len(pairs)
    for each in singles:
        assert set(each.by) | set(each.extended_by) <= set(
            asked.outcome.paths(each.principal, each.scope)
        )
        assert set(each.through) <= set(asked.before.paths(each.principal, each.scope))


def crowd(members, spaces, *, by_team):
    """Return a plan by which new people may read in new workspaces, all in the same way."""
    people = [f"u{n}" for n in range(members)]
    default = "" if by_team else "viewer"
    places = [workspace(f"w{n}", default=default) for n in range(spaces)]
    given = [bind("team:data", f"w{n}", "viewer") for n in range(spaces)] if by_team else []
    new = [*map(user, people), *([team("data", *people)] if by_team else []), *places, *given]
    return plan(state(user("ana", "owner")), state(user("ana", "owner"), *new))


@pytest.mark.parametrize("by_team", [True, False], ids=["by a team", "by default"])
def test_what_many_gain_in_many_workspaces_is_one_effect(by_team):
    found = {
        (each.principal.kind, len(each.principals), len(each.scopes))
        for each in effects(context(crowd(7, 5, by_team=by_team)))
        if each.scope.kind is Kind.WORKSPACE
    }
    assert found == {(Kind.USER, 7, 5), (Kind.TEAM if by_team else Kind.EVERYONE, 1, 5)}


@pytest.mark.parametrize("by_team", [True, False], ids=["by a team", "by default"])
def test_how_often_access_is_looked_at_does_not_depend_on_how_many_are_alike(by_team):
    looks = []
    for members, spaces in ((4, 3), (40, 30)):
        asked = context(crowd(members, spaces, by_team=by_team))
        assert asked.steps
        with patch.object(Access, "paths", autospec=True, side_effect=Access.paths) as paths:
            effects(asked)
        looks.append(paths.call_count)
    assert looks[0] == looks[1]
