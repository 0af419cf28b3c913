"""A connection to PostgreSQL that never waits without end."""

from __future__ import annotations

from time import monotonic
from typing import Any, TypeVar

import psycopg
from psycopg.abc import PQGen

from .deadline import SHORTEST, Silence, WaitStage, bounded, waited

T = TypeVar("T")
INTERVAL = 0.1
"""Seconds after which a wait looks at the clock. Source: psycopg, ``Connection.wait``."""


class NoAnswerInTime(psycopg.OperationalError):
    """The server was silent for too long; the connection is closed."""

    def __init__(self, silence: Silence) -> None:
        super().__init__(str(silence))
        self.silence = silence


class BoundedConnection(psycopg.Connection[Any]):
    """A connection that is closed when the server is silent for longer than ``limit`` seconds.

    *Why* on this side: a server that is gone, or a proxy that keeps the line open, obeys none of
    the server's own limits, and TCP's hold only where nobody acknowledges.
    """

    limit: float | None = None
    _stage = WaitStage.STATEMENT

    @classmethod
    def reached(cls, options: dict[str, Any], limit: float | None) -> BoundedConnection:
        """Connect by *options* of libpq; *limit* holds for what is asked afterwards.

        Nothing is prepared: a pool of connections may stand between, which gives each
        transaction another session.

        Raises:
            psycopg.Error: there is no answer in time, or another reason.

        """
        begin = monotonic()
        try:
            made = cls.connect(autocommit=True, prepare_threshold=None, **_in_time(options))
        except psycopg.Error as error:
            waited(monotonic() - begin)
            if isinstance(error, psycopg.errors.ConnectionTimeout):
                silence = Silence(WaitStage.CONNECT, monotonic() - begin)
                raise NoAnswerInTime(silence) from error
            raise
        made.limit = limit
        return made

    def __del__(self, _warn: object = None, /) -> None:
        """Close it: a pool that is gone leaves its connections to be collected."""
        if hasattr(self, "pgconn"):
            self.pgconn.finish()

    def commit(self) -> None:
        """Commit; see ``psycopg``."""
        self._stage = WaitStage.COMMIT
        try:
            super().commit()
        finally:
            self._stage = WaitStage.STATEMENT

    def wait(self, gen: PQGen[T], interval: float = INTERVAL, timeout: float | None = None) -> T:
        """Wait for what *gen* waits for; see ``psycopg``.

        Raises:
            NoAnswerInTime: nothing came for as long as the limit says.

        """
        del timeout  # of newer versions of psycopg, which give none where we are called
        return super().wait(self._in_time(gen), interval)

    def _in_time(self, gen: PQGen[T]) -> PQGen[T]:
        """Run *gen* as it is, and look at the clock whenever nothing is ready."""
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
    """Return *options* with no longer a time to connect than is left for all hosts together."""
    left = bounded(None)
    if left is None:
        return options
    hosts = str(options.get("host", "")).count(",") + 1
    most = max(SHORTEST, left / hosts)
    requested = float(options.get("connect_timeout") or most)
    return {**options, "connect_timeout": int(min(most, requested or most))}
