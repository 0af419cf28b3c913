"""The database of a journal: a SQLite file, or PostgreSQL."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager

from ...errors import BackendError
from ..database import sqlite
from ..database.faults import words
from ..database.sql import READS, WRITES, FileConnection, SqlConnection
from ..state_folder import FOLDER_VARIABLE
from .state_files import URL_VARIABLE, JournalPlace


@contextmanager
def in_memory() -> Iterator[FileConnection]:
    """Give an empty database in memory."""
    with closing(sqlite.connection(sqlite.MEMORY, 0)) as connection:
        yield FileConnection(connection, READS)


@contextmanager
def connected(where: JournalPlace, wait: float, *, to_write: bool) -> Iterator[SqlConnection]:
    """Connect to the database of *where*; *to_write* matters for a file only.

    Raises:
        BackendError: the database cannot be used.
    """
    if where.file is None:
        from ..database.engine import engine

        database = engine(where.url, wait)
        with (
            _translate_errors(where, *database.errors),
            database.connected(writes=True) as connection,
        ):
            yield connection
        return
    with (
        _translate_errors(where, sqlite3.Error, UnicodeEncodeError),
        closing(sqlite.opened_file(where.file, where.options, wait)) as connection,
    ):
        yield FileConnection(connection, WRITES if to_write else READS)


@contextmanager
def _translate_errors(where: JournalPlace, *kinds: type[Exception]) -> Iterator[None]:
    """Raise a BackendError that names the journal, in place of an error of *kinds*."""
    try:
        yield
    except kinds as error:
        message = f"the journal `{where}` cannot be used: {words(error)}"
        raise BackendError(message, hint=_advice(where)) from error


def _advice(where: JournalPlace) -> str:
    if where.file is None:
        return f"see `{URL_VARIABLE}`, and whether the database is running"
    return f"see `{URL_VARIABLE}` or `{FOLDER_VARIABLE}`, and whether the disk is full"
