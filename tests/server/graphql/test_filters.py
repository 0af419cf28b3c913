"""Which rows a filter finds: as SQL would, and with JSON and links as the system had them."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rbac_sync.server.graphql.filters import Row, holds

SQL = {
    "_eq": "=",
    "_neq": "<>",
    "_gt": ">",
    "_gte": ">=",
    "_lt": "<",
    "_lte": "<=",
    "_in": "IN",
    "_nin": "NOT IN",
}
NUMBERS = st.integers(-2, 2)


def row(columns=None, **links) -> Row:
    return Row(columns or {}, {name: lambda to=to: to for name, to in links.items()})


def comparison():
    one = st.sampled_from(["_eq", "_neq", "_gt", "_gte", "_lt", "_lte"])
    several = st.sampled_from(["_in", "_nin"])
    pairs = st.one_of(
        st.tuples(one, NUMBERS),
        st.tuples(several, st.lists(NUMBERS, min_size=1, max_size=3)),
        st.tuples(st.just("_is_null"), st.booleans()),
    )
    return pairs.map(lambda pair: dict([pair]))


def filters():
    leaf = st.dictionaries(st.sampled_from("ab"), comparison(), max_size=2)

    def grown(below):
        lists = st.lists(below, max_size=3)
        return st.one_of(
            lists.map(lambda parts: {"_and": parts}),
            lists.map(lambda parts: {"_or": parts}),
            below.map(lambda part: {"_not": part}),
        )

    return st.recursive(leaf, grown, max_leaves=8)


def sql(where) -> str:
    """Return a filter as SQL writes it."""
    parts = []
    for name, asked in where.items():
        match name:
            case "_and":
                parts.append(" AND ".join(map(sql, asked)) or "1")
            case "_or":
                parts.append(" OR ".join(map(sql, asked)) or "0")
            case "_not":
                parts.append(f"NOT {sql(asked)}")
            case _:
                parts += [compared(name, operator, wanted) for operator, wanted in asked.items()]
    return "(" + (" AND ".join(f"({part})" for part in parts) or "1") + ")"


def compared(name, operator, wanted) -> str:
    if operator == "_is_null":
        return f"{name} IS {'' if wanted else 'NOT '}NULL"
    told = f"({', '.join(map(str, wanted))})" if isinstance(wanted, list) else str(wanted)
    return f"{name} {SQL[operator]} {told}"


@given(st.tuples(st.none() | NUMBERS, st.none() | NUMBERS), filters())
def test_a_filter_finds_what_sql_finds(values, where):
    with closing(sqlite3.connect(":memory:")) as database:
        statement = f"SELECT 1 FROM (SELECT ? AS a, ? AS b) WHERE {sql(where)}"
        found = database.execute(statement, values).fetchone() is not None
    assert holds(row(dict(zip("ab", values, strict=True))), where) is found


@pytest.mark.parametrize(
    "where",
    [
        None,
        {},
        {"a": None},
        {"a": {}},
        {"a": {"_eq": None}},
        {"a": {"_neq": None}},
        {"a": {"_in": None}},
        {"a": {"_is_null": None}},
        {"_not": None},
        {"_or": None},
        {"_and": [{"a": {"_eq": None}}]},
    ],
)
@pytest.mark.parametrize("value", [None, 1])
def test_a_comparison_with_null_says_nothing(where, value):
    assert holds(row({"a": value}), where)


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"_contains": ["read:flow"]}, True),
        ({"_contains": "read:flow"}, True),
        ({"_contains": ["read:flow", "x"]}, False),
        ({"_contains": []}, True),
        ({"_contained_in": ["read:flow", "read:run", "x"]}, True),
        ({"_contained_in": ["read:flow"]}, False),
        ({"_has_key": "read:run"}, True),
        ({"_has_key": "read"}, False),
        ({"_has_keys_any": ["x", "read:run"]}, True),
        ({"_has_keys_any": []}, False),
        ({"_has_keys_all": ["read:flow", "x"]}, False),
        ({"_eq": ["read:flow", "read:run"]}, True),
    ],
)
def test_json_is_asked_for_what_it_contains(asked, found):
    assert holds(row({"a": ["read:flow", "read:run"]}), {"a": asked}) is found


@pytest.mark.parametrize(
    ("wanted", "found"),
    [({"x": {"y": 1}}, True), ({"x": {"y": 2}}, False), ({"z": None}, True), ({"q": 1}, False)],
)
def test_an_object_contains_its_parts_however_deep(wanted, found):
    value = {"x": {"y": 1, "z": 2}, "z": None}
    assert holds(row({"a": value}), {"a": {"_contains": wanted}}) is found


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"_like": "Read%"}, True),
        ({"_like": "read%"}, False),
        ({"_ilike": "READ %"}, True),
        ({"_nilike": "READ %"}, False),
        ({"_nlike": "x"}, True),
        ({"_similar": "Read (Only|All)"}, True),
        ({"_nsimilar": "Read"}, True),
        ({"_regex": "^Re"}, True),
        ({"_iregex": "only$"}, True),
        ({"_nregex": "only$"}, True),
        ({"_niregex": "only$"}, False),
    ],
)
def test_text_is_asked_for_by_its_pattern(asked, found):
    assert holds(row({"a": "Read Only"}), {"a": asked}) is found
    assert not holds(row({"a": None}), {"a": asked})


def test_a_link_holds_if_one_of_the_rows_it_leads_to_does():
    many = row(members=[row({"a": 1}), row({"a": 2})])
    assert holds(many, {"members": {"a": {"_eq": 2}}})
    assert not holds(many, {"members": {"a": {"_eq": 3}}})
    assert holds(many, {"_not": {"members": {"a": {"_eq": 3}}}})
    assert holds(row(owner=row({"a": 1})), {"owner": {"a": {"_gt": 0}}})


def test_a_link_that_leads_nowhere_holds_for_nothing():
    assert not holds(row(owner=None), {"owner": {}})
    assert not holds(row(members=[]), {"members": {}})
    assert holds(row(owner=None), {"_not": {"owner": {}}})
    assert holds(row(owner=None), {"owner": None})
