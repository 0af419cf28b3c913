"""The clock of the database, which decides what has ended."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC

from ...model import Instant
from ...model.instant import parsed
from ..database.sql import Row, SqlConnection

FILE_QUERY = "SELECT strftime('%Y-%m-%dT%H:%M:%fZ', 'now')"
SERVER_QUERY = "SELECT clock_timestamp()"


def clock(connection: SqlConnection) -> Instant:
    """Return the database's own time."""
    return time_of(connection.rows(query(connection)))


def query(connection: SqlConnection) -> str:
    """Return the query for the database's own time; see ``time_of``."""
    return FILE_QUERY if connection.is_file else SERVER_QUERY


def time_of(rows: Sequence[Row]) -> Instant:
    """Return the time in the *rows* of ``query``."""
    ((now,),) = rows
    if isinstance(now, str):
        return parsed(now)
    here: Instant = now
    return here.astimezone(UTC)
