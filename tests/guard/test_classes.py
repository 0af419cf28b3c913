"""Classes of principals: who is of one case has equal access in both states."""

from __future__ import annotations

from collections import Counter
from itertools import product

from hypothesis import given

from rbac_sync.guard.classes import Classes
from rbac_sync.model import ACCOUNT, ANYWHERE, EVERYONE, ServiceAccount, Team, User, Workspace

from ..planning.worlds import accounts


def named_in(states, *kinds):
    return {address for state in states for kind in kinds for address in state.of(kind)}


@given(accounts(), accounts())
def test_every_pair_is_in_one_piece_whose_case_is_its_own(before, after):
    states = (before, after)
    people = (*sorted(named_in(states, User, ServiceAccount, Team)), EVERYONE)
    scopes = (ACCOUNT, ANYWHERE, *sorted(named_in(states, Workspace)))
    classes, pairs = Classes(before, after), Counter()

    for case, group, scope in classes.pieces(people, scopes):
        for who in group:
            apart = who if classes.apart((who,), scope) else None
            assert classes.case(classes.of(who), scope, apart) == case
        pairs.update(product(group, (scope,)))

    assert pairs == Counter(product(people, scopes))
