"""The database of a journal: a SQLite file, or PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager

from ...errors import BackendError
from ..database import sqlite
from ..database.engine import engine
from ..database.faults import words
from ..database.sql import FileConnection, SqlConnection
from ..state_folder import FOLDER_VARIABLE
from .state_files import URL_VARIABLE, JournalPlace


@contextmanager
def in_memory() -> Iterator[FileConnection]:
    """Give an empty database in memory."""
    with closing(sqlite.connection(sqlite.MEMORY, 0)) as connection:
        yield FileConnection(connection)


@contextmanager
def connected(where: JournalPlace, wait: float, *, to_write: bool) -> Iterator[SqlConnection]:
    """Connect to the database of *where*, whose transactions read, or write.

    Raises:
        BackendError: the database cannot be used.
    """
    database = engine(where.url, wait)
    try:
        with database.connected(writes=to_write) as connection:
            yield connection
    except database.errors as error:
        message = f"the journal `{where}` cannot be used: {words(error)}"
        raise BackendError(message, hint=_advice(where)) from error


def _advice(where: JournalPlace) -> str:
    if where.file is None:
        return f"see `{URL_VARIABLE}`, and whether the database is running"
    return f"see `{URL_VARIABLE}` or `{FOLDER_VARIABLE}`, and whether the disk is full"
