"""The column types of the store: everything is TEXT or INTEGER, in both databases.

*Why*: STRICT tables of SQLite have no VARCHAR, DATETIME, BOOLEAN or JSON, and
the same form in both databases makes dumps, comparisons and moves the same.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from enum import StrEnum
from functools import lru_cache
from typing import Any

from ...model import Instant
from ...model.instant import parsed, sortable
from ...model.plain import canonical
from ...named_tuples import NamedTuple

stored = lru_cache(maxsize=4096)(sortable)
loaded = lru_cache(maxsize=4096)(parsed)
"""The conversions of instants to text and back, cached because many rows share an instant."""


class ColumnType(NamedTuple):
    """The type of a column: *sql* in the database, and the functions from and to the model.

    *encoded* is never given None. *decoded* raises an exception for a value that is no result of
    *encoded*.
    """

    sql: str
    encoded: Callable[[Any], Any] | None = None
    decoded: Callable[[Any], Any] | None = None


TEXT, NUMBER, SMALL = ColumnType("TEXT"), ColumnType("BIGINT"), ColumnType("INTEGER")
"""Any text, and whole numbers of up to 64 and 32 bits."""

INSTANT = ColumnType("TEXT", stored, loaded)
"""An instant as RFC 3339 in UTC, always with microseconds."""

FLAG = ColumnType("INTEGER", int, (False, True).index)
"""A boolean as 0 or 1."""

PLAIN = ColumnType("TEXT", canonical, json.loads)
"""Plain JSON values in their canonical text."""


def word(of: type[StrEnum]) -> ColumnType:
    """Return the type of a member of the enumeration *of*, as its text."""
    return ColumnType("TEXT", str, of)


def explained(columns: Sequence[str | None]) -> tuple[Instant | None, Instant | None, str]:
    """Return the start and the end of a term, and its reason, from their three columns."""
    since, until, reason = columns
    return loaded(since) if since else None, loaded(until) if until else None, reason or ""
