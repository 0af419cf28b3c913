"""Patterns of addresses, one by one and through an index."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rbac_sync.model import Level
from rbac_sync.model import address as named
from rbac_sync.model.address_pattern import AddressIndex, selects
from rbac_sync.model.resources import role

BO, PROD = named.user("bo@x.org"), named.workspace("prod")
GRANT = named.binding(BO, PROD)

NAMES = st.text("ab[.", min_size=1, max_size=4)
ADDRESSES = st.one_of(
    st.builds(named.user, NAMES),
    st.builds(named.team, NAMES),
    st.builds(named.workspace, NAMES),
    st.builds(role, st.sampled_from(Level), NAMES),
    st.builds(named.binding, st.builds(named.user, NAMES), st.builds(named.workspace, NAMES)),
)
PATTERNS = st.builds(
    str.__add__,
    st.sampled_from(["", "team.", "member.", "workspace.", "role."]),
    st.text("ab[.*?/", max_size=5),
) | ADDRESSES.map(str)


@pytest.mark.parametrize(
    ("pattern", "selected"),
    [
        ("member.bo@*", [BO]),
        ("workspace.prod", [PROD, GRANT]),
        ("workspace.*/access/bo@x.org", [GRANT]),
        ("*@x.org", [BO, GRANT]),
        ("workspace.pro", []),
        ("member.b", []),
        ("workspace.[p]rod", []),
    ],
)
def test_a_pattern_selects_an_address_itself_and_what_is_below_it(pattern, selected):
    addresses = [BO, PROD, GRANT]

    assert [a for a in addresses if selects(pattern, str(a))] == selected
    assert set(AddressIndex(addresses).selected(pattern)) == set(selected)


@given(st.lists(ADDRESSES, max_size=8), PATTERNS)
def test_an_index_selects_what_the_pattern_selects_one_by_one(addresses, pattern):
    expected = {a for a in addresses if selects(pattern, str(a))}

    assert set(AddressIndex(addresses).selected(pattern)) == expected
