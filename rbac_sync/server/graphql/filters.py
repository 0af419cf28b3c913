"""Rows of tables: their filters, with the third truth value of SQL, their order and their page.

Source: the documentation of Hasura, which served these tables. A comparison
with null is true for every row, as the system was configured.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from ...dataclasses import dataclass
from .fault import failed
from .patterns import like, matches, similar

Link = Callable[[], Any]
"""Returns a row, several rows, None, or a value that is too large to be read with the others."""

Truth = bool | None
"""A truth value of SQL. None: unknown, such as a comparison with a column that is null."""

Comparison = Callable[[Any, Any], bool]

DESCENDING = frozenset({"desc", "desc_nulls_first", "desc_nulls_last", "descending"})
NULLS_BELOW = frozenset({"asc_nulls_first", "desc_nulls_last"})
"""The orders in which null is less than every value; in the others it is greater."""

Path = tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Row:
    """One row. ``links`` are followed only when they are selected."""

    columns: Mapping[str, Any]
    links: Mapping[str, Link]

    def value(self, name: str) -> Any:
        """Return the value of a column or of a link."""
        link = self.links.get(name)
        return self.columns[name] if link is None else link()


def selected(
    rows: Iterable[Row],
    where: Mapping[str, Any] | None = None,
    order_by: Iterable[Mapping[str, Any]] | None = None,
    distinct_on: Iterable[str] | None = None,
    limit: int | None = None,
    offset: int | None = None,
) -> list[Row]:
    """Return the distinct rows of the page, in order.

    Raises:
        GraphQLFault: a number is negative, or there is no such column.
    """
    if (limit or 0) < 0 or (offset or 0) < 0:
        raise failed("unexpected negative value")
    chosen = ordered([row for row in rows if holds(row, where)], order_by or ())
    if distinct_on:
        chosen = _distinct(chosen, tuple(distinct_on))
    start = offset or 0
    return chosen[start : None if limit is None else start + limit]


def ordered(rows: list[Row], order_by: Iterable[Mapping[str, Any]]) -> list[Row]:
    """Return *rows* in the given order, which is stable."""
    result = list(rows)
    for path, direction in reversed([each for part in order_by for each in _paths(part)]):
        nothing = (-1 if direction in NULLS_BELOW else 1, 0)
        values = {id(row): _at(row, path) for row in result}
        result.sort(
            key=lambda row: nothing if values[id(row)] is None else (0, values[id(row)]),
            reverse=direction in DESCENDING,
        )
    return result


def _paths(order: Mapping[str, Any], above: Path = ()) -> Iterator[tuple[Path, str]]:
    for name, direction in order.items():
        if isinstance(direction, Mapping):
            yield from _paths(direction, (*above, name))
        elif direction is not None:
            yield (*above, name), direction


def _at(row: Row, path: Path) -> Any:
    value: Any = row
    for name in path:
        value = value.value(name) if isinstance(value, Row) else None
    return value


def _distinct(rows: list[Row], names: Path) -> list[Row]:
    if any(name not in row.columns for row in rows[:1] for name in names):
        raise failed("unexpected value for distinct_on")
    first: dict[str, Row] = {}
    for row in rows:
        first.setdefault(repr([row.columns[name] for name in names]), row)
    return list(first.values())


def holds(row: Row, where: Mapping[str, Any] | None) -> bool:
    """Say whether *row* meets a filter; None takes every row."""
    return _all(_criteria(row, where or {})) is True


def _criteria(row: Row, where: Mapping[str, Any]) -> Iterable[Truth]:
    for name, operand in where.items():
        if operand is None:
            continue
        match name:
            case "_and":
                yield _all(_all(_criteria(row, each)) for each in operand)
            case "_or":
                yield _not(_all(_not(_all(_criteria(row, each))) for each in operand))
            case "_not":
                yield _not(_all(_criteria(row, operand)))
            case _ if name in row.links:
                yield _linked(row.value(name), operand)
            case _:
                yield _all(_compared(row.value(name), operand))


def _linked(linked: Row | list[Row] | None, where: Mapping[str, Any]) -> bool:
    rows = linked if isinstance(linked, list) else [linked]
    return any(row is not None and holds(row, where) for row in rows)


def _compared(value: Any, comparisons: Mapping[str, Any]) -> Iterable[Truth]:
    for operator, expected in comparisons.items():
        if expected is None:
            continue
        if operator == "_is_null":
            yield (value is None) is expected
        else:
            yield None if value is None else OPERATORS[operator](value, expected)


def _all(truths: Iterable[Truth]) -> Truth:
    result: Truth = True
    for truth in truths:
        if truth is False:
            return False
        result = None if truth is None else result
    return result


def _not(truth: Truth) -> Truth:
    return None if truth is None else not truth


def _contains(value: Any, expected: Any) -> bool:
    """Say whether JSON contains other JSON. Source: PostgreSQL, jsonb containment."""
    if isinstance(value, Mapping) and isinstance(expected, Mapping):
        return all(key in value and _contains(value[key], expected[key]) for key in expected)
    if isinstance(value, list):
        parts = expected if isinstance(expected, list) else [expected]
        return all(any(_contains(own, part) for own in value) for part in parts)
    return bool(value == expected)


def _has(value: Any, key: str) -> bool:
    return isinstance(value, (Mapping, list)) and key in value


def _negated(comparison: Comparison) -> Comparison:
    return lambda value, expected: not comparison(value, expected)


def _without_case(comparison: Comparison) -> Comparison:
    return lambda value, expected: comparison(value.casefold(), expected.casefold())


_POSITIVE: Mapping[str, Comparison] = {
    "_eq": lambda value, expected: value == expected,
    "_in": lambda value, expected: value in expected,
    "_like": like,
    "_ilike": _without_case(like),
    "_similar": similar,
    "_regex": matches,
    "_iregex": _without_case(matches),
}

OPERATORS: Mapping[str, Comparison] = {
    **_POSITIVE,
    **{f"_n{name[1:]}": _negated(comparison) for name, comparison in _POSITIVE.items()},
    "_neq": lambda value, expected: value != expected,
    "_gt": lambda value, expected: value > expected,
    "_gte": lambda value, expected: value >= expected,
    "_lt": lambda value, expected: value < expected,
    "_lte": lambda value, expected: value <= expected,
    "_contains": _contains,
    "_contained_in": lambda value, expected: _contains(expected, value),
    "_has_key": _has,
    "_has_keys_any": lambda value, keys: any(_has(value, key) for key in keys),
    "_has_keys_all": lambda value, keys: all(_has(value, key) for key in keys),
}
