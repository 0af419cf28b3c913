"""The database of a journal: one interface to SQLite and PostgreSQL.

A statement is text, and names its values as ``:name``.

*Why* text, and sqlite3 without SQLAlchemy for a file: a plan over an API needs six statements,
and the import of SQLAlchemy takes a fifth of its start.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, closing, contextmanager
from typing import TYPE_CHECKING, Any, Protocol

from ...errors import BackendError
from ..database import sqlite
from ..database.error_text import words
from ..state_folder import FOLDER_VARIABLE
from .state_files import URL_VARIABLE, JournalPlace

if TYPE_CHECKING:
    from sqlalchemy import Connection

READS: Sequence[str] = ("BEGIN",)
WRITES: Sequence[str] = ("PRAGMA journal_mode = WAL", "BEGIN IMMEDIATE")
"""The statements that begin a transaction in SQLite, to read and to write."""

NOTHING: Mapping[str, object] = {}


class JournalDatabase(Protocol):
    """An open connection. ``is_file`` is true for SQLite and false for PostgreSQL."""

    is_file: bool

    def rows(self, statement: str, values: Mapping[str, object] = NOTHING) -> list[tuple[Any, ...]]:
        """Run *statement* and return its rows; a statement without rows returns none."""

    def transaction(self) -> AbstractContextManager[None]:
        """Open a transaction, committed at the end of the outermost; an exception undoes it."""


class FileDatabase:
    """A SQLite database."""

    is_file = True

    def __init__(self, connection: sqlite3.Connection, begin: Sequence[str]) -> None:
        """Use *connection*; the statements *begin* begin a transaction."""
        self._connection, self._begin = connection, begin

    def rows(self, statement: str, values: Mapping[str, object] = NOTHING) -> list[tuple[Any, ...]]:
        return self._connection.execute(statement, values).fetchall()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        if self._connection.in_transaction:
            yield
            return
        for statement in self._begin:
            self._connection.execute(statement)
        try:
            yield
            self._connection.commit()
        except BaseException:
            self._connection.rollback()
            raise

    @contextmanager
    def copy(self) -> Iterator[FileDatabase]:
        """Give a copy of the whole database in memory."""
        with in_memory() as target:
            self._connection.backup(target._connection)  # noqa: SLF001 - of the same class
            yield target


class ServerDatabase:
    """A PostgreSQL database."""

    is_file = False

    def __init__(self, connection: Connection) -> None:
        """Use *connection*."""
        self._connection = connection

    def rows(self, statement: str, values: Mapping[str, object] = NOTHING) -> list[tuple[Any, ...]]:
        from sqlalchemy import text

        with self.transaction():
            result = self._connection.execute(text(statement), values)
            return [tuple(row) for row in result] if result.returns_rows else []

    @contextmanager
    def transaction(self) -> Iterator[None]:
        if self._connection.in_transaction():
            yield
            return
        with self._connection.begin():
            yield


@contextmanager
def in_memory() -> Iterator[FileDatabase]:
    """Give an empty database in memory."""
    with closing(sqlite.connection(sqlite.MEMORY, 0)) as connection:
        yield FileDatabase(connection, READS)


@contextmanager
def connected(where: JournalPlace, wait: float, *, to_write: bool) -> Iterator[JournalDatabase]:
    """Connect to the database of *where*; *to_write* matters for a file only.

    Raises:
        BackendError: the database cannot be used.
    """
    if where.file is None:
        with _connected_to_server(where, wait) as server:
            yield server
        return
    with (
        _translate_errors(where, sqlite3.Error, UnicodeEncodeError),
        closing(sqlite.opened_file(where.file, where.options, wait)) as connection,
    ):
        yield FileDatabase(connection, WRITES if to_write else READS)


@contextmanager
def _connected_to_server(where: JournalPlace, wait: float) -> Iterator[ServerDatabase]:
    from ..database.engine import connected_to_write, engine
    from ..database.faults import errors

    database = engine(where.url, wait)
    with _translate_errors(where, *errors(database)), connected_to_write(database) as connection:
        yield ServerDatabase(connection)


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
