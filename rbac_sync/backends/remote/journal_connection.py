"""The opening of a journal: to read it, or to write it under the lock of the account.

The API of a service has no lock, so the lock is beside the journal: a row in PostgreSQL, or a
file beside a SQLite file. It ends with the process that holds it.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from ...errors import BackendError, Locked, system_reason
from ...model.settings import WAIT
from ..database.engine import engine
from ..database.faults import Fault, fault
from ..database.sql import FileConnection, SqlConnection
from ..database.sqlite import check_writes
from ..state_folder import FOLDER_VARIABLE, make_private
from . import journal_tables as t
from .journal import Journal
from .journal_database import connected, in_memory
from .state_files import URL_VARIABLE, JournalPlace

SILENCE = (
    "SET tcp_keepalives_idle = 10",
    "SET tcp_keepalives_interval = 5",
    "SET tcp_keepalives_count = 3",
    "SET idle_in_transaction_session_timeout = 0",
    "SET statement_timeout = 0",
)
"""Settings by which the server notices within half a minute that a run is gone.

*Why* no timeout of idle transactions: the connection that holds the lock is always idle.
"""


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


def _prepared(database: SqlConnection, where: JournalPlace) -> Journal:
    with database.transaction():
        t.prepare(database, where)
    return Journal(database, where)


@contextmanager
def _readable(database: SqlConnection, where: JournalPlace) -> Iterator[SqlConnection]:
    """Give *database*, or a copy in memory with the current tables if its tables are older."""
    format_number = t.stored_format(database)
    t.check_format(format_number, where)
    if format_number == t.FORMAT:
        yield database
        return
    with in_memory() as copy:
        if format_number and isinstance(database, FileConnection):
            database.driver.backup(copy.driver)
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
    return file_lock(where.file.with_name(f"{where.name}.lock"), wait, where.file)


class Held(Exception):
    """Another run holds the lock."""


@contextmanager
def file_lock(path: Path, wait: float, journal: Path) -> Iterator[Callable[[], None]]:
    """Hold a lock on the file *path*; wait *wait* seconds for it at most.

    The function that it gives raises a BackendError if the file or *journal* was deleted or
    replaced: another run may hold a lock on a new one.

    Raises:
        Held: another run holds it.
    """
    from filelock import FileLock, Timeout

    lock = FileLock(path, timeout=wait, mode=0o600)
    try:
        lock.acquire()
    except Timeout:
        raise Held from None
    places = {file: _inode(file) for file in (path, journal)}
    try:
        yield lambda: _check_places(places)
    finally:
        lock.release()


def _check_places(places: Mapping[Path, tuple[int, int] | None]) -> None:
    for file, inode in places.items():
        if _inode(file) != inode:
            message = f"`{file}` was deleted or replaced while this run used it"
            raise BackendError(message, hint="plan and apply again to go on")


def _inode(file: Path) -> tuple[int, int] | None:
    try:
        status = file.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino


@contextmanager
def row_lock(where: JournalPlace, wait: float) -> Iterator[Callable[[], None]]:
    """Hold the row of the journal *where* on a separate connection; wait *wait* seconds at most.

    The function that it gives raises a BackendError if the lock is lost. The transaction of the
    lock ends with its connection.

    Raises:
        Held: another run holds it.
    """
    database = engine(where.url, wait)
    with database.connected(writes=True) as connection:
        connection.begin()
        _lock(connection, where.name, database.errors)
        yield lambda: _check(connection, database.errors)


def _lock(connection: SqlConnection, name: str, faults: tuple[type[Exception], ...]) -> None:
    for setting in SILENCE:
        connection.rows(setting)
    # The run itself can still write rows that refer to this one.
    row = "SELECT id FROM journal WHERE id = :name FOR NO KEY UPDATE"
    try:
        connection.rows(row, {"name": name})
    except faults as error:
        if fault(error) is Fault.LOCKED:
            raise Held from None
        raise


def _check(connection: SqlConnection, faults: tuple[type[Exception], ...]) -> None:
    try:
        connection.rows("SELECT 1")
    except faults as error:
        message = "the connection that held the account's lock is gone"
        raise BackendError(message, hint="plan and apply again to go on") from error


def check_file(where: JournalPlace) -> None:
    """Check that the file of a journal, if it is one, can be written or made; it is not made.

    Raises:
        BackendError: it cannot.
    """
    if where.file is None:
        return
    try:
        check_writes(where.file, where.url)
    except OSError as error:
        raise _unwritable(where.file, "written", error) from None


def _make_file(file: Path | None) -> None:
    """Create the file and its folder if they are missing; only their owner may read them.

    Raises:
        BackendError: they cannot be created.
    """
    if file is None:
        return
    try:
        make_private(file.parent)
        os.close(os.open(file, os.O_RDWR | os.O_CREAT, 0o600))
    except OSError as error:
        raise _unwritable(file, "made", error) from None


def _unwritable(file: Path, done: str, error: OSError) -> BackendError:
    message = f"the journal `{file}` cannot be {done}: {system_reason(error)}"
    hint = f"set `{FOLDER_VARIABLE}` to a folder that this user may write to, or"
    return BackendError(message, hint=f"{hint} `{URL_VARIABLE}` to a database")
