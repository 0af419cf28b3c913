"""The order, the distinct rows and the page of a list."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from .fault import failed
from .filters import holds
from .row import Row

DESCENDING = frozenset({"desc", "desc_nulls_first", "desc_nulls_last", "descending"})
NULLS_BELOW = frozenset({"asc_nulls_first", "desc_nulls_last"})
"""The orders in which null is less than every value; in the others it is greater."""

Path = tuple[str, ...]


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
        Fault: a number is negative, or there is no such column.
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
