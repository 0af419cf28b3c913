"""Patterns of addresses, one by one and through an index."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rbac_sync.model import Level
from rbac_sync.model import address as named
from rbac_sync.model.address_pattern import AddressIndex, normal, selects
from rbac_sync.model.resources import role

BO, PROD = named.user("bo@x.org"), named.workspace("prod")
GRANT = named.binding(BO, PROD)
DAILY = named.workspace_object(PROD, "deployment:etl/Daily run")

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


@pytest.mark.parametrize(
    ("pattern", "address"),
    [
        ("member.Bo@X.org", BO),
        ("member.B*@X.org/account_role", named.binding(BO, named.ACCOUNT)),
        ("workspace.*/access/BO@x.org", GRANT),
        ("workspace.p?od/access/sa:CI", named.binding(named.service_account("CI"), PROD)),
        ("workspace.prod/object/deployment:etl/Daily run", DAILY),
        ("workspace.prod/object/deployment:etl/*", DAILY),
        ("team.Data Eng", named.team("Data Eng")),
        ("team.50%", named.team("50%")),
        ("team.50%25", named.team("50%")),
        ("team.Café", named.team("Café")),
        ("team.caf%c3%a9", named.team("café")),
        ("team.[x]", named.team("[x]")),
    ],
)
def test_a_pattern_is_read_in_the_letters_in_which_people_write_names(pattern, address):
    assert selects(pattern, str(address))
    assert set(AddressIndex([address]).selected(pattern)) == {address}
    assert selects(normal(pattern), str(address))


@given(ADDRESSES.map(str))
def test_the_text_of_an_address_is_normal(text):
    assert normal(text) == text


@given(st.lists(ADDRESSES, max_size=8), PATTERNS)
def test_an_index_selects_what_the_pattern_selects_one_by_one(addresses, pattern):
    expected = {a for a in addresses if selects(pattern, str(a))}

    assert set(AddressIndex(addresses).selected(pattern)) == expected
