"""The connections to PostgreSQL of one process: made for a transaction, or kept for the next."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic

import psycopg

from .postgresql import BoundedConnection

KEPT = 5
"""The largest number of connections that stay open; further ones are closed after their use."""

OLDEST = 300.0
"""The seconds after which a connection is replaced."""


class Pool:
    """Connections that *connect* makes; they stay open for the next transaction if *is_kept*.

    A connection that stayed open is tested before its use, because the server may have
    restarted. The connection that was used last is taken first.
    """

    def __init__(self, connect: Callable[[], BoundedConnection], *, is_kept: bool) -> None:
        self._connect, self._most = connect, KEPT if is_kept else 0
        self._idle: deque[tuple[BoundedConnection, float]] = deque()

    @contextmanager
    def connection(self) -> Iterator[BoundedConnection]:
        """Give a connection that nobody else has."""
        connection, made = self._kept() or (self._connect(), monotonic())
        try:
            yield connection
        finally:
            if len(self._idle) < self._most and not connection.in_transaction:
                self._idle.append((connection, made))
            else:
                connection.close()

    def _kept(self) -> tuple[BoundedConnection, float] | None:
        """Return the connection that was used last, and when it was made; None if all are gone."""
        while True:
            try:
                connection, made = self._idle.pop()
            except IndexError:
                return None
            if monotonic() - made < OLDEST and _answers(connection):
                return connection, made
            connection.close()


def _answers(connection: BoundedConnection) -> bool:
    try:
        connection.execute(b"SELECT 1")
    except psycopg.Error:
        return False
    return True
