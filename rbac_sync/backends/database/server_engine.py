"""The engine of a PostgreSQL database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

import psycopg

from ...model.settings import WAIT
from .connection import check_options, demands, parameters, usual_options
from .deadline import NotConnected
from .pool import Pool
from .postgresql import BoundedConnection
from .sql import ServerConnection
from .timeouts import CLIENT, LOCK, SERVER, SessionTimeouts
from .url import DatabaseUrl

READING = "ISOLATION LEVEL REPEATABLE READ READ ONLY"
WRITING = "ISOLATION LEVEL READ COMMITTED READ WRITE"
"""*Why* not SERIALIZABLE: writers of an account wait for the lock of its row, so each sees all
earlier changes, and none fails."""


class ServerEngine:
    """Connects to PostgreSQL. With a *pool*, connections stay open for the next request."""

    def __init__(self, url: DatabaseUrl, wait: float, *, is_pooled: bool) -> None:
        """Name the database; writers wait *wait* seconds for a lock."""
        self.url = url
        self.errors: tuple[type[Exception], ...] = psycopg.Error, NotConnected, UnicodeEncodeError
        written = parameters(url)
        check_options(written)
        lock = {} if wait == WAIT else {LOCK: f"{max(1, int(wait * 1000))}ms"}
        self._limits = SessionTimeouts.of(written | lock)
        unsaid = {name: value for name, value in CLIENT.items() if name not in usual_options()}
        named = {"application_name": "rbac-sync", **unsaid, **written, **demands(url)}
        options = {name: value for name, value in named.items() if name not in SERVER}
        connect = partial(BoundedConnection.reached, options, self._limits.silence(writes=False))
        self._pool = Pool(connect, is_kept=is_pooled)

    @contextmanager
    def connected(self, *, writes: bool) -> Iterator[ServerConnection]:
        """Give a connection whose transactions read, or write."""
        with self._pool.connection() as driver:
            yield ServerConnection(driver, partial(self._begin, driver), writes=writes)

    def _begin(self, driver: BoundedConnection, writes: bool) -> str:  # noqa: FBT001
        """Return the statements that begin a transaction; set how long *driver* waits in it."""
        driver.limit = self._limits.silence(writes=writes)
        return f"BEGIN {WRITING if writes else READING}; {self._limits.settings(writes=writes)}"
