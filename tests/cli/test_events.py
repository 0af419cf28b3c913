"""The numbers of changes, as progress and events give them."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from rbac_sync.cli.events import numbering
from rbac_sync.model import Team
from rbac_sync.planning import Change

FIRST, SECOND, THIRD = (Change(None, Team(name)) for name in "abc")


@pytest.mark.parametrize(
    ("made", "numbers"),
    [
        ((FIRST, SECOND, THIRD), [1, 2, 3]),
        ((SECOND, THIRD), [2, 3]),
        ((Change(None, Team("b", description="as it begins now")),), [2]),
        ((FIRST, Change(None, Team("elsewhere"))), [1, 2]),
    ],
)
def test_a_change_has_the_number_of_its_place_in_the_plan(made, numbers):
    number = numbering([SimpleNamespace(changes=(FIRST, SECOND, THIRD))])
    assert [number(change) for change in made] == numbers


def test_a_plan_that_takes_the_place_of_another_gives_the_numbers():
    plans = [SimpleNamespace(changes=(FIRST, SECOND))]
    number = numbering(plans)
    plans.append(SimpleNamespace(changes=(THIRD, SECOND)))
    assert number(SECOND) == 2


class CountedReads(list[Change]):
    """Changes that count how often they are read, a copy as all of them."""

    reads = 0

    def __getitem__(self, which):
        part = super().__getitem__(which)
        CountedReads.reads += len(part) if isinstance(which, slice) else 1
        return part


@pytest.mark.parametrize("size", [10, 100])
def test_the_number_of_a_change_costs_the_same_in_a_long_plan(size, monkeypatch):
    monkeypatch.setattr(CountedReads, "reads", 0)
    changes = CountedReads(Change(None, Team(f"team-{n}")) for n in range(size))
    number = numbering([SimpleNamespace(changes=changes)])
    assert [number(change) for change in list(changes)] == list(range(1, size + 1))
    assert CountedReads.reads == size
