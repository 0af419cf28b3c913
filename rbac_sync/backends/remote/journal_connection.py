"""The opening of a journal: to read it, or to write it under the lock of the account."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from ...errors import BackendError, Locked
from ..state_folder import FOLDER_VARIABLE
from . import journal_tables as t
from .journal import Journal
from .journal_database import FileDatabase, JournalDatabase, connected, in_memory
from .journal_lock import Held, file_lock, row_lock
from .state_files import URL_VARIABLE, JournalPlace

WAIT = 5.0
"""The seconds that a run waits for another run."""


@contextmanager
def opened(where: JournalPlace, *, to_write: bool, wait: float = WAIT) -> Iterator[Journal]:
    """Open the journal at *where*; to a reader, a missing journal is empty.

    Raises:
        BackendError: it cannot be opened, or is of a later version.
    """
    if to_write:
        _make_file(where.file)
    elif where.file is not None and not where.file.exists():
        with in_memory() as database:
            yield _prepared(database, where)
        return
    with connected(where, wait, to_write=to_write) as database:
        if to_write:
            yield _prepared(database, where)
        else:
            with _readable(database, where) as readable:
                yield Journal(readable, where)


def _prepared(database: JournalDatabase, where: JournalPlace) -> Journal:
    with database.transaction():
        t.prepare(database, where)
    return Journal(database, where)


@contextmanager
def _readable(database: JournalDatabase, where: JournalPlace) -> Iterator[JournalDatabase]:
    """Give *database*, or a copy in memory with the current tables if its tables are older."""
    format_number = t.stored_format(database)
    t.check_format(format_number, where)
    if format_number == t.FORMAT:
        yield database
        return
    old = database if format_number and isinstance(database, FileDatabase) else None
    with old.copy() if old else in_memory() as copy:
        with copy.transaction():
            t.prepare(copy, where)
        yield copy


@contextmanager
def exclusive(where: JournalPlace, wait: float) -> Iterator[Journal]:
    """Open the journal at *where* to write, under the lock of the account.

    Raises:
        Locked: another run holds the lock for longer than *wait* seconds.
        BackendError: it cannot be opened, or is of a later version.
    """
    with opened(where, to_write=True, wait=wait) as journal:
        try:
            with _locked(where, wait) as check:
                journal.hold(check)
                yield journal
                journal.release()
        except Held:
            held = journal.holder() or "another run"
            message = f"the account `{where.account}` is held by {held}"
            raise Locked(message, hint="wait until it is done") from None


def _locked(where: JournalPlace, wait: float) -> AbstractContextManager[Callable[[], None]]:
    if where.file is None:
        return row_lock(where, wait)
    return file_lock(where.file.with_name(f"{where.name}.lock"), wait)


def _make_file(file: Path | None) -> None:
    """Create the file and its folder if they are missing; only their owner may read them.

    Raises:
        BackendError: they cannot be created.
    """
    if file is None:
        return
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(file, os.O_RDWR | os.O_CREAT, 0o600))
    except OSError as error:
        message = f"the journal `{file}` cannot be made: {(error.strerror or '').lower()}"
        hint = f"set `{FOLDER_VARIABLE}` to a folder that this user may write to, or"
        raise BackendError(message, hint=f"{hint} `{URL_VARIABLE}` to a database") from None
