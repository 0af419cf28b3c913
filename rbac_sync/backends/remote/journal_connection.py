"""The opening of a journal: to read it as it is, or to write under the account's lock."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine
from sqlalchemy.engine import URL

from ...errors import BackendError, Locked
from ..database.engine import connected_to_write, engine
from ..database.faults import errors, words
from ..state_folder import FOLDER_VARIABLE
from . import journal_tables as t
from .journal import Journal
from .journal_lock import Held, file_lock, row_lock
from .state_files import URL_VARIABLE, JournalPlace

WAIT = 5.0
"""How long a run waits for another one, in seconds."""


@contextmanager
def opened(where: JournalPlace, *, to_write: bool, wait: float = WAIT) -> Iterator[Journal]:
    """Open the journal at *where*; one that is not there yet is empty.

    Raises:
        BackendError: it cannot be opened, or is of a later version.

    """
    database = engine(where.url, wait)
    with _translate_errors(database, where):
        if to_write:
            _make_file(where.file)
            with connected_to_write(database) as connection:
                with connection.begin():
                    t.prepare(connection, where)
                yield Journal(connection, where)
        elif where.file is not None and not where.file.exists():
            with _copy(where, None) as connection:
                yield Journal(connection, where)
        else:
            with database.connect() as connection, _readable(connection, where) as readable:
                yield Journal(readable, where)


@contextmanager
def _readable(connection: Connection, where: JournalPlace) -> Iterator[Connection]:
    """Give *connection*, or one to a copy in memory where its tables are not those of today."""
    with connection.begin():
        format_number = t.stored_format(connection)
    t.check_format(format_number, where)
    if format_number == t.FORMAT:
        yield connection
        return
    with _copy(where, connection if format_number else None) as copy:
        yield copy


@contextmanager
def _copy(where: JournalPlace, source: Connection | None) -> Iterator[Connection]:
    """Give a journal in memory: that of *source* in the tables of today, else an empty one."""
    memory = engine(URL.create("sqlite+pysqlite", database=":memory:"), WAIT)
    with memory.connect() as connection:
        if source is not None:
            target: Any = connection.connection.driver_connection
            old: Any = source.connection.driver_connection
            old.backup(target)
            connection.rollback()
        with connection.begin():
            t.prepare(connection, where)
        yield connection


@contextmanager
def exclusive(where: JournalPlace, wait: float) -> Iterator[Journal]:
    """Open the journal at *where* to write, under the account's lock.

    Raises:
        Locked: another run holds it for longer than *wait* seconds.
        BackendError: it cannot be opened, or is of a later version.

    """
    with opened(where, to_write=True, wait=wait) as journal:
        database = engine(where.url, wait)
        try:
            with _locked(where, database, wait) as check:
                journal.hold(check)
                yield journal
                journal.release()
        except Held:
            held = journal.holder() or "another run"
            message = f"the account `{where.account}` is held by {held}"
            raise Locked(message, hint="wait until it is done") from None


def _locked(
    where: JournalPlace, database: Engine, wait: float
) -> AbstractContextManager[Callable[[], None]]:
    if where.file is None:
        return row_lock(database, where.name)
    return file_lock(where.file.with_name(f"{where.name}.lock"), wait)


def _make_file(file: Path | None) -> None:
    """Make a new journal's file and folder readable to their owner alone."""
    if file is not None:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(file, os.O_RDWR | os.O_CREAT, 0o600))


@contextmanager
def _translate_errors(database: Engine, where: JournalPlace) -> Iterator[None]:
    """Turn the errors of *database* into ours; those of what is done meanwhile are not its own."""
    try:
        yield
    except errors(database) as error:
        message = f"the journal `{where}` cannot be used: {words(error)}"
        raise BackendError(message, hint=_advice(where)) from error


def _advice(where: JournalPlace) -> str:
    if where.file is None:
        return f"see `{URL_VARIABLE}`, and whether the database is running"
    return f"see `{URL_VARIABLE}` or `{FOLDER_VARIABLE}`, and whether the disk is full"
