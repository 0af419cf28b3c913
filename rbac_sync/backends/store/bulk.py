"""Bulk writes of rows, by the fastest way of each driver."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from operator import itemgetter
from typing import Any

from ...dataclasses import dataclass
from ..database.sql import SqlConnection, quoted
from .table import StoreTable

Row = dict[str, Any]
Values = tuple[Any, ...]
"""The values of all columns of a table, in their order, as the driver takes them."""

Encoder = Callable[[Any], Any]


@dataclass(frozen=True, slots=True, eq=False)
class Write:
    """An update or a deletion: its statement, and how the values that it names are encoded."""

    table: StoreTable
    text: str
    encoders: Mapping[str, Encoder]


def load(connection: SqlConnection, table: StoreTable, rows: Iterable[Values]) -> None:
    """Insert *rows* into *table* in bulk."""
    connection.load(table.name, tuple(table.columns), rows)


def encoded_rows(table: StoreTable, rows: Sequence[Row]) -> Iterator[Values]:
    """Return *rows*, which name every column of *table*, as ``load`` takes them.

    Their values are encoded in place.
    """
    _encode(rows, _encoders(table))
    return map(itemgetter(*table.columns), rows)


def execute(connection: SqlConnection, write: Write, rows: Sequence[Row]) -> int:
    """Execute *write* once for each of *rows*, its values; return how many rows it touched."""
    _encode(rows, write.encoders)
    return connection.each(write.text, rows)


@cache
def updating(table: StoreTable, *columns: str, key: tuple[str, ...] = ("number",)) -> Write:
    """Return the update of *columns* and stamps in the row whose *key* is in ``at_``*key*."""
    names = (*columns, *(name for name in ("updated", "version") if name in table.columns))
    values = ", ".join(f"{quoted(name)} = :{name}" for name in names)
    text = f"UPDATE {quoted(table.name)} SET {values} WHERE {_at(key)}"  # noqa: S608
    return Write(table, text, {n: e for n, e in _encoders(table).items() if n in names})


@cache
def deleting(table: StoreTable, *key: str) -> Write:
    """Return the deletion of the row whose *key* is in the values ``at_``*key*."""
    text = f"DELETE FROM {quoted(table.name)} WHERE {_at(key)}"  # noqa: S608
    return Write(table, text, {})


def _at(key: Iterable[str]) -> str:
    return " AND ".join(f"{quoted(name)} = :at_{name}" for name in ("account", *key))


@cache
def _encoders(table: StoreTable) -> Mapping[str, Encoder]:
    types = ((column.name, column.type.encoded) for column in table.columns.values())
    return {name: encoder for name, encoder in types if encoder}


def _encode(rows: Sequence[Row], encoders: Mapping[str, Encoder]) -> None:
    for name, encoder in encoders.items():
        encoded: dict[Any, Any] = {None: None}
        for row in rows:
            value = row[name]
            if value not in encoded:
                encoded[value] = encoder(value)
            row[name] = encoded[value]
