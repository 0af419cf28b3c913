"""The filters of table queries, with SQL's third truth value.

Source: the documentation of Hasura, which served these tables. A comparison
with null says nothing and so holds for every row, as the system was set up.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from .patterns import like, matches, similar
from .row import Row

Truth = bool | None
"""None: unknown, as of what is compared with a column that holds nothing."""

Comparison = Callable[[Any, Any], bool]


def holds(row: Row, where: Mapping[str, Any] | None) -> bool:
    """Say whether *row* is asked for."""
    return _all(_criteria(row, where or {})) is True


def _criteria(row: Row, where: Mapping[str, Any]) -> Iterable[Truth]:
    for name, asked in where.items():
        if asked is None:
            continue
        match name:
            case "_and":
                yield _all(_all(_criteria(row, each)) for each in asked)
            case "_or":
                yield _any(_all(_criteria(row, each)) for each in asked)
            case "_not":
                yield _not(_all(_criteria(row, asked)))
            case _ if name in row.links:
                yield _linked(row.value(name), asked)
            case _:
                yield _all(_compared(row.value(name), asked))


def _linked(found: Row | list[Row] | None, asked: Mapping[str, Any]) -> bool:
    rows = found if isinstance(found, list) else [found]
    return any(row is not None and holds(row, asked) for row in rows)


def _compared(value: Any, asked: Mapping[str, Any]) -> Iterable[Truth]:
    for operator, wanted in asked.items():
        if wanted is None:
            continue
        if operator == "_is_null":
            yield (value is None) is wanted
        else:
            yield None if value is None else OPERATORS[operator](value, wanted)


def _all(truths: Iterable[Truth]) -> Truth:
    found: Truth = True
    for truth in truths:
        if truth is False:
            return False
        found = None if truth is None else found
    return found


def _any(truths: Iterable[Truth]) -> Truth:
    return _not(_all(map(_not, truths)))


def _not(truth: Truth) -> Truth:
    return None if truth is None else not truth


def _contains(value: Any, wanted: Any) -> bool:
    """Say whether JSON holds other JSON. Source: PostgreSQL, jsonb containment."""
    if isinstance(value, Mapping) and isinstance(wanted, Mapping):
        return all(key in value and _contains(value[key], wanted[key]) for key in wanted)
    if isinstance(value, list):
        parts = wanted if isinstance(wanted, list) else [wanted]
        return all(any(_contains(own, part) for own in value) for part in parts)
    return bool(value == wanted)


def _has(value: Any, key: str) -> bool:
    return isinstance(value, (Mapping, list)) and key in value


def _negated(comparison: Comparison) -> Comparison:
    return lambda value, wanted: not comparison(value, wanted)


def _without_case(comparison: Comparison) -> Comparison:
    return lambda value, wanted: comparison(value.casefold(), wanted.casefold())


_POSITIVE: Mapping[str, Comparison] = {
    "_eq": lambda value, wanted: value == wanted,
    "_in": lambda value, wanted: value in wanted,
    "_like": like,
    "_ilike": _without_case(like),
    "_similar": similar,
    "_regex": matches,
    "_iregex": _without_case(matches),
}

OPERATORS: Mapping[str, Comparison] = {
    **_POSITIVE,
    **{f"_n{name[1:]}": _negated(comparison) for name, comparison in _POSITIVE.items()},
    "_neq": lambda value, wanted: value != wanted,
    "_gt": lambda value, wanted: value > wanted,
    "_gte": lambda value, wanted: value >= wanted,
    "_lt": lambda value, wanted: value < wanted,
    "_lte": lambda value, wanted: value <= wanted,
    "_contains": _contains,
    "_contained_in": lambda value, wanted: _contains(wanted, value),
    "_has_key": _has,
    "_has_keys_any": lambda value, keys: any(_has(value, key) for key in keys),
    "_has_keys_all": lambda value, keys: all(_has(value, key) for key in keys),
}
