"""The lock under which one run at a time writes to an account over the network.

The API of a service has no lock, so the lock is beside the journal: a row in
PostgreSQL, or a file beside a SQLite file. It ends with the process that holds it.
"""

from __future__ import annotations

import getpass
import os
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from ...errors import BackendError
from .state_files import JournalPlace

if TYPE_CHECKING:
    from sqlalchemy import Connection

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


class Held(Exception):
    """Another run holds the lock."""


@contextmanager
def file_lock(path: Path, wait: float) -> Iterator[Callable[[], None]]:
    """Hold a lock on the file *path*; wait *wait* seconds for it at most.

    Raises:
        Held: another run holds it.
    """
    from filelock import FileLock, Timeout

    lock = FileLock(path, timeout=wait, mode=0o600)
    try:
        lock.acquire()
    except Timeout:
        raise Held from None
    try:
        yield lambda: None
    finally:
        lock.release()


@contextmanager
def row_lock(where: JournalPlace, wait: float) -> Iterator[Callable[[], None]]:
    """Hold the row of the journal *where* on a separate connection; wait *wait* seconds at most.

    The function that it gives raises a BackendError if the lock is lost.

    Raises:
        Held: another run holds it.
    """
    from ..database.engine import connected_to_write, engine
    from ..database.faults import errors

    database = engine(where.url, wait)
    connection = connected_to_write(database)
    try:
        _lock(connection, where.name, errors(database))
        yield lambda: _check(connection, errors(database))
    finally:
        with suppress(*errors(database)):  # a broken connection has released its lock
            connection.close()


def _lock(connection: Connection, name: str, faults: tuple[type[Exception], ...]) -> None:
    from sqlalchemy import text

    from ..database.faults import Fault, fault

    for setting in SILENCE:
        connection.exec_driver_sql(setting)
    # The run itself can still write rows that refer to this one.
    row = text("SELECT id FROM journal WHERE id = :name FOR NO KEY UPDATE")
    try:
        connection.execute(row, {"name": name})
    except faults as error:
        if fault(error) is Fault.LOCKED:
            raise Held from None
        raise


def _check(connection: Connection, faults: tuple[type[Exception], ...]) -> None:
    try:
        connection.exec_driver_sql("SELECT 1")
    except faults as error:
        message = "the connection that held the account's lock is gone"
        raise BackendError(message, hint="plan and apply again to go on") from error


def here() -> str:
    """Return a description of this run for other runs: process, user and machine."""
    try:
        user = getpass.getuser()
    except (KeyError, OSError):
        user = str(os.getuid())
    return f"process {os.getpid()} of `{user}` on `{socket.gethostname()}`"
