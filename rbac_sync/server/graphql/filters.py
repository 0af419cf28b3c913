"""The filters of table queries, with the third truth value of SQL.

Source: the documentation of Hasura, which served these tables. A comparison
with null is true for every row, as the system was configured.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from .patterns import like, matches, similar
from .row import Row

Truth = bool | None
"""A truth value of SQL. None: unknown, such as a comparison with a column that is null."""

Comparison = Callable[[Any, Any], bool]


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
