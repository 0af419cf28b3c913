"""In which order rows are answered, and which page of them."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rbac_sync.server.graphql.fault import GraphQLFault
from rbac_sync.server.graphql.filters import Row, selected


def rows(*values):
    return [Row({"a": value, "place": place}, {}) for place, value in enumerate(values)]


def values(found, name="a"):
    return [row.columns[name] for row in found]


@pytest.mark.parametrize(
    ("direction", "order"),
    [
        ("asc", [1, 2, None]),
        ("ascending", [1, 2, None]),
        ("asc_nulls_last", [1, 2, None]),
        ("asc_nulls_first", [None, 1, 2]),
        ("desc", [None, 2, 1]),
        ("descending", [None, 2, 1]),
        ("desc_nulls_first", [None, 2, 1]),
        ("desc_nulls_last", [2, 1, None]),
    ],
)
def test_nothing_stands_where_the_order_says(direction, order):
    assert values(selected(rows(2, None, 1), order_by=[{"a": direction}])) == order


@given(st.lists(st.none() | st.integers(0, 3)), st.sampled_from(["asc", "desc"]))
def test_what_is_equal_in_an_order_keeps_its_own(found, direction):
    ordered = selected(rows(*found), order_by=[{"a": direction}])
    for one, other in pairwise(ordered):
        if one.columns["a"] == other.columns["a"]:
            assert one.columns["place"] < other.columns["place"]


def test_the_first_order_counts_before_the_second():
    found = [Row({"a": a, "b": b}, {}) for a, b in [(1, 1), (0, 2), (1, 0)]]
    ordered = selected(found, order_by=[{"a": "desc"}, {"b": "asc"}])
    assert [(row.columns["a"], row.columns["b"]) for row in ordered] == [(1, 0), (1, 1), (0, 2)]
    assert selected(found, order_by=[{"a": "desc", "b": "asc"}]) == ordered
    assert selected(found, order_by=[{"a": None}]) == found


def test_an_order_may_follow_a_link():
    roles = [Row({"a": value}, {}) for value in (2, 1)]
    found = [Row({}, {"role": lambda role=role: role}) for role in [*roles, None]]
    ordered = selected(found, order_by=[{"role": {"a": "asc"}}])
    assert ordered == [found[1], found[0], found[2]]


@given(st.lists(st.integers(0, 9)), st.none() | st.integers(0, 12), st.none() | st.integers(0, 12))
def test_pages_cut_what_is_found(found, limit, offset):
    start, end = offset or 0, None if limit is None else (offset or 0) + limit
    assert values(selected(rows(*found), limit=limit, offset=offset)) == found[start:end]


def test_pages_of_an_order_make_up_the_whole():
    found = rows(3, 1, 2, 5, 4)
    pages = [selected(found, order_by=[{"a": "asc"}], limit=2, offset=start) for start in (0, 2, 4)]
    assert [value for page in pages for value in values(page)] == [1, 2, 3, 4, 5]


def test_of_what_is_the_same_in_a_column_the_first_is_answered():
    found = selected(rows(1, 2, 1, None, None), distinct_on=["a"], order_by=[{"place": "desc"}])
    assert values(found, "place") == [4, 2, 1]
    assert values(selected(rows(1, 1), distinct_on=[])) == [1, 1]


@pytest.mark.parametrize(
    "asked", [{"limit": -1}, {"offset": -1}, {"distinct_on": ["nothing"]}], ids=str
)
def test_what_makes_no_sense_is_refused(asked):
    with pytest.raises(GraphQLFault):
        selected(rows(1), **asked)
