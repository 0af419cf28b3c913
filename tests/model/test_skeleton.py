"""Names that look alike have one skeleton."""

from __future__ import annotations

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rbac_sync.model.skeleton import apart, are_alike, looks, skeleton


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


LATIN = "".join(map(chr, range(0x20, 0x250)))


def test_what_a_store_keeps_of_names_changes_with_the_number_of_the_rule_alone():
    """If this fails without another table, give ``skeleton.RULE`` its next number."""
    text = "\n".join(f"{c} {sorted(looks(c))}" for c in (*LATIN, "I  m", " a\u0301\u200b"))
    assert sha256(text.encode()).hexdigest()[:16] == "1ef6e37b05ffe7c9"


@pytest.mark.parametrize(
    ("name", "other", "said"),
    [
        ("ops", "Ops", ""),
        ("0ps", "ops", "it has U+0030 DIGIT ZERO where `ops` has U+006F LATIN SMALL LETTER O"),
        ("ops", "ops ", "the spaces differ"),
        ("ops  ", "ops", "the spaces differ"),
        ("a b", "a  b", "the spaces differ"),
        (" Data", "data", "the spaces differ"),
        ("Ken", "\N{KELVIN SIGN}en", "`Ken` is not `\\u212aen`"),
    ],
)
def test_how_two_names_differ_is_said(name, other, said):
    assert apart(name, other) == said


@given(st.text("oO0 \N{KELVIN SIGN}k"), st.text("oO0 \N{KELVIN SIGN}k"))
def test_for_every_two_names_that_are_alike_it_can_be_said_how_they_differ(name, other):
    differ_by_case = name.isascii() and other.isascii() and name.casefold() == other.casefold()
    if are_alike(name, other):
        assert bool(apart(name, other)) is not differ_by_case
