"""The lock under which one run at a time writes to an account over the network.

A service's API knows no lock, so it is where the journal is: a row in
PostgreSQL, a file beside a SQLite file. Both end with the process that holds them.
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
"""How the server notices within half a minute that a runner is gone, and no sooner.

*Why* no end to idling: the connection that holds the lock has nothing else to do.
"""


class Held(Exception):
    """Somebody else holds the lock."""


@contextmanager
def file_lock(path: Path, wait: float) -> Iterator[Callable[[], None]]:
    """Hold the file *path*, waiting *wait* seconds for it.

    Raises:
        Held: somebody else holds it.

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
    """Hold the row of the journal *where* on a connection of its own, waiting *wait* seconds.

    Gives what checks that it is still held, and raises a BackendError if not.

    Raises:
        Held: somebody else holds it.

    """
    from ..database.engine import connected_to_write, engine
    from ..database.faults import errors

    database = engine(where.url, wait)
    connection = connected_to_write(database)
    try:
        _lock(connection, where.name, errors(database))
        yield lambda: _check(connection, errors(database))
    finally:
        with suppress(*errors(database)):  # a connection that is gone has let go of its lock
            connection.close()


def _lock(connection: Connection, name: str, faults: tuple[type[Exception], ...]) -> None:
    from sqlalchemy import text

    from ..database.faults import Fault, fault

    for setting in SILENCE:
        connection.exec_driver_sql(setting)
    # Rows that refer to this one can be written meanwhile: those of the run itself.
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
    """Return a description of this run for others that wait: process, user and machine."""
    try:
        user = getpass.getuser()
    except (KeyError, OSError):
        user = str(os.getuid())
    return f"process {os.getpid()} of `{user}` on `{socket.gethostname()}`"
