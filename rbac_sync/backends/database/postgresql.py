"""A connection to PostgreSQL whose waits all have a limit."""

from __future__ import annotations

import logging
from time import monotonic
from typing import Any, TypeVar

import psycopg
from psycopg.abc import PQGen
from psycopg.pq import TransactionStatus

from .deadline import SHORTEST, NotConnected, Silence, WaitStage, bounded, waited

T = TypeVar("T")
logging.getLogger("psycopg").addHandler(logging.NullHandler())
# Otherwise its warnings about a lost connection are on standard error, before our own message.

INTERVAL = 0.1
"""The seconds between two checks of the time. Source: psycopg, ``Connection.wait``."""


class NoAnswerInTime(psycopg.OperationalError):
    """The server gave no answer in time; the connection is closed."""

    def __init__(self, silence: Silence) -> None:
        super().__init__(str(silence))
        self.silence = silence


class BoundedConnection(psycopg.Connection[Any]):
    """A connection that is closed when the server gives no answer for ``limit`` seconds.

    *Why* on this side: the limits of the server do not help when it is gone or a proxy keeps the
    connection open, and those of TCP work only when nothing is acknowledged.
    """

    limit: float | None = None
    _stage = WaitStage.STATEMENT

    @classmethod
    def reached(cls, options: dict[str, Any], limit: float | None) -> BoundedConnection:
        """Connect with *options* of libpq; *limit* holds for later statements.

        No statement is prepared: a connection pool before the server may give each
        transaction another session.

        Raises:
            NotConnected: there is no answer in time, or the connection fails.
        """
        begin = monotonic()
        try:
            made = cls.connect(autocommit=True, prepare_threshold=None, **_in_time(options))
        except psycopg.Error as error:
            waited(monotonic() - begin)
            is_silent = isinstance(error, psycopg.errors.ConnectionTimeout)
            silence = Silence(WaitStage.CONNECT, monotonic() - begin) if is_silent else None
            raise NotConnected(str(error), silence) from error
        made.limit = limit
        return made

    def __del__(self, _warn: object = None, /) -> None:
        """Close the connection: a pool that is deleted does not close its connections."""
        if hasattr(self, "pgconn"):
            self.pgconn.finish()

    @property
    def in_transaction(self) -> bool:
        """Say whether a transaction is open, or the connection broken."""
        return self.info.transaction_status is not TransactionStatus.IDLE

    def commit(self) -> None:
        self._stage = WaitStage.COMMIT
        try:
            super().commit()
        finally:
            self._stage = WaitStage.STATEMENT

    def wait(self, gen: PQGen[T], interval: float = INTERVAL, timeout: float | None = None) -> T:
        """Run the generator *gen* to its end; see ``psycopg``.

        Raises:
            NoAnswerInTime: the server sent nothing for ``limit`` seconds.
        """
        del timeout  # an argument of newer versions of psycopg, which pass none here
        return super().wait(self._in_time(gen), interval)

    def _in_time(self, gen: PQGen[T]) -> PQGen[T]:
        """Run *gen*, and check the time whenever nothing is ready."""
        limit, last = bounded(self.limit), monotonic()
        try:
            state = next(gen)
            while True:
                if ready := (yield state):
                    last = monotonic()
                elif limit is not None and monotonic() - last >= limit:
                    self._give_up(monotonic() - last)
                state = gen.send(ready)
        except StopIteration as end:
            result: T = end.value
            return result

    def _give_up(self, seconds: float) -> None:
        self.pgconn.finish()
        waited(seconds)
        raise NoAnswerInTime(Silence(self._stage, seconds))


def _in_time(options: dict[str, Any]) -> dict[str, Any]:
    """Return *options* with a time to connect that fits the time left for all hosts."""
    left = bounded(None)
    if left is None:
        return options
    hosts = str(options.get("host", "")).count(",") + 1
    most = max(SHORTEST, left / hosts)
    requested = float(options.get("connect_timeout") or most)
    return {**options, "connect_timeout": int(min(most, requested or most))}
