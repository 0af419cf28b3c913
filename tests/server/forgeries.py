"""Forged values for each column of the store, from its tables, and a store to put them in."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rbac_sync.backends.database.columns import PLAIN
from rbac_sync.backends.store.table import Column, StoreTable

TEXTS = (
    "",
    "{}",
    "[]",
    "null",
    "7",
    "NaN",
    "a\0b",
    "\u202e\U0001f600",
    "2026-13-45T00:00:00.000000Z",
)
TIMES = ("0001-01-01T00:00:00.000000Z", "9999-12-31T23:59:59.999999Z")
VALUES = (*TEXTS, *TIMES, "x" * 70_000, None, 0, -1, 2**31, 2**63 - 1, b"\xff\xfe")
"""Values that a column may not have, or not there; the database itself refuses some."""

PARTS = (None, "x", 7, -1, 2**70, 1e300, [], {}, ["x"], [{}], {"x": 1}, True, "\ud800")
"""Values in place of a part of JSON."""

NO_TEXT = "CAST(X'FFFE' AS TEXT)"
"""A text that is no UTF-8, as SQLite writes it."""

Row = dict[str, Any]


@dataclass(frozen=True)
class Forgery:
    """One value in place of another in a row of a table."""

    table: StoreTable
    row: Row
    column: str
    value: Any

    def __str__(self) -> str:
        of = self.row.get("kind", "")
        return f"{self.table.name} {of} {self.column} = {self.value!r:.80}"


def forged(column: Column, row: Row, others: list[Row]) -> Iterator[Any]:
    """Yield values for *column* of *row*: those that are never valid, and those of other rows."""
    name = column.name
    yield from (value for value in VALUES if value != row[name])
    yield from dict.fromkeys(other[name] for other in others if other[name] != row[name])
    if column.type is PLAIN:
        yield from map(json.dumps, other_shapes(json.loads(row[name])))


def other_shapes(value: Any) -> Iterator[Any]:
    """Yield JSON like *value* with one part, or a part of a part, left out or replaced."""
    if isinstance(value, list) and value:
        yield from ([shape, *value[1:]] for shape in (*PARTS, *other_shapes(value[0])))
    if isinstance(value, dict):
        for name, part in value.items():
            rest = {key: other for key, other in value.items() if key != name}
            yield rest
            yield from ({**rest, name: shape} for shape in (*PARTS, *other_shapes(part)))


class Forger:
    """Somebody who writes to a SQLite store past everything, and puts its rows back."""

    def __init__(self, file: Path) -> None:
        self.whole, self._store = sqlite3.connect(":memory:"), sqlite3.connect(file)
        self._store.execute("PRAGMA foreign_keys = OFF")
        triggers = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        for (name,) in self._store.execute(triggers).fetchall():
            self._store.execute(f"DROP TRIGGER {name}")
        self._store.commit()
        self._store.backup(self.whole)
        self.whole.row_factory = sqlite3.Row

    def close(self) -> None:
        self.whole.close()
        self._store.close()

    def rows(self, table: StoreTable) -> list[Row]:
        """Return the true rows of *table*, in order of their key."""
        order = ", ".join(f'"{name}"' for name in table.key)
        text = f'SELECT * FROM "{table.name}" ORDER BY {order}'
        return [dict(row) for row in self.whole.execute(text)]

    def put(self, forgery: Forgery) -> bool:
        """Put *forgery* in the store, which is true besides; False if the database refuses it."""
        self.whole.backup(self._store)
        where = " AND ".join(f'"{name}" = ?' for name in forgery.table.key)
        key = [forgery.row[name] for name in forgery.table.key]
        mark, values = "?", [forgery.value, *key]
        if isinstance(forgery.value, bytes):
            mark, values = NO_TEXT, key
        name, column = forgery.table.name, forgery.column
        try:
            self._store.execute(f'UPDATE "{name}" SET "{column}" = {mark} WHERE {where}', values)
        except (sqlite3.IntegrityError, OverflowError):
            self._store.rollback()
            return False
        self._store.commit()
        return True


def kinds_of(file: Path) -> set[str]:
    """Return the kinds of the documents in the store in *file*."""
    with closing(sqlite3.connect(file)) as store:
        return {kind for (kind,) in store.execute("SELECT DISTINCT kind FROM document")}
