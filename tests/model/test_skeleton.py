"""Names that look alike have one skeleton."""

from __future__ import annotations

import pytest

from rbac_sync.model.skeleton import skeleton


@pytest.mark.parametrize(
    "name",
    [
        "Owner",
        "OWNER",
        "\N{CYRILLIC SMALL LETTER O}wner",
        "0wner",
        "\N{FULLWIDTH LATIN SMALL LETTER O}wner",
    ],
)
def test_a_look_alike_of_owner_has_the_skeleton_of_owner(name):
    assert skeleton(name) == skeleton("owner")


@pytest.mark.parametrize("name", ["owners", "own", "prüfer", "viewer"])
def test_another_name_has_another_skeleton(name):
    assert skeleton(name) != skeleton("owner")
