"""The rows that a search of a trail selects."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rbac_sync.audit.record import Authorship
from rbac_sync.audit.search import ALL, Search, concerns
from rbac_sync.model import ObjectAccess, Team
from rbac_sync.model.address import user, workspace
from rbac_sync.planning import Change
from tests.build import NOW

ANA, BO, CY = map(user, ("ana@acme.example", "bo@acme.example", "cy@acme.example"))


def test_who_comes_to_or_leaves_a_level_of_an_access_list_is_concerned():
    before = ObjectAccess(workspace("prod"), "block:a/b", frozenset({ANA, BO}))
    after = replace(before, view=frozenset({BO}), manage=frozenset({BO, CY}))
    row = Authorship(ANA, "run").record(Change(before, after), NOW)
    assert [concerns(row, who) for who in (ANA, BO, CY, user("dee@acme.example"))] == [
        *(True, True, True),
        False,
    ]


@pytest.mark.parametrize(
    ("search", "is_selected"),
    [
        (ALL, True),
        (Search(who="ana@acme.example"), True),
        (Search(who="bo@acme.example"), True),
        (Search(who="cy@acme.example"), False),
        (Search(about=Team("new").address), True),
        (Search(address="team.new"), True),
        (Search(address="team.old"), True),
        (Search(address="team.o"), False),
        (Search(address="team.o*", run="ru", who="bo@acme.example"), True),
        (Search(address="team.o*", run="un"), False),
    ],
)
def test_a_row_is_selected_by_each_criterion_and_by_its_former_name(search, is_selected):
    change = Change(Team("old"), Team("new"))
    row = Authorship(ANA, "run", on_behalf_of=BO).record(change, NOW)
    assert search.selects(row) == is_selected


def test_each_criterion_is_a_search_of_its_own():
    assert list(ALL.criteria()) == []
    assert list(Search(NOW, "ana", ANA, "team.*", "x").criteria()) == [
        ("since", Search(NOW)),
        ("who", Search(who="ana")),
        ("about", Search(about=ANA)),
        ("address", Search(address="team.*")),
        ("run", Search(run="x")),
    ]
