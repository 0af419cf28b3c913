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
