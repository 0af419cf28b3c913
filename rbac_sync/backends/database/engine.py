"""From a URL to an engine whose transactions lock as the store needs it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, NullPool, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError

from ...errors import BackendError
from ..stray import check_url_text
from .connection import demands

POSTGRESQL = ("postgres", "postgresql", "postgresql+psycopg")
EXAMPLES = "write `sqlite:///rbac.db` or `postgresql://user@host/database`"
WAIT = 5.0
"""Seconds that a writer waits for another before it gives up."""

SECRETS = ("password", "sslpassword")


def address(url: str) -> URL:
    """Return *url* with the driver that the store uses.

    Raises:
        BackendError: it names neither a SQLite file nor a PostgreSQL database.
        CredentialError: something slipped in where it was copied.

    """
    check_url_text(url, "the store's url", own=" ")
    try:
        found = make_url(url)
    except ArgumentError:
        raise BackendError("the store's url cannot be read", hint=EXAMPLES) from None
    if found.drivername in POSTGRESQL:
        return found.set(drivername="postgresql+psycopg")
    if found.drivername == "sqlite" and found.database not in (None, "", ":memory:"):
        return found.set(drivername="sqlite+pysqlite")
    raise BackendError(f"`{shown(found)}` is no place for a store", hint=EXAMPLES)


def shown(url: URL) -> str:
    """Return *url* as people may see it: without driver and without password."""
    bare = URL.create(
        url.get_backend_name(),
        url.username,
        None,
        url.host,
        url.port,
        url.database,
        url.query,
    )
    return bare.difference_update_query(SECRETS).render_as_string()


def engine(url: URL, wait: float) -> Engine:
    """Return an engine for *url* whose writers wait *wait* seconds for a lock.

    Connections are not pooled: a run opens one, and a store file is let go
    of as soon as the run is over.

    Raises:
        BackendError: the driver is not installed.

    """
    make = _sqlite if url.get_backend_name() == "sqlite" else _postgresql
    try:
        return make(url, wait)
    except (ImportError, NoSuchModuleError):
        hint = "pip install 'rbac-sync[postgres]'"
        raise BackendError("the PostgreSQL driver is not installed", hint=hint) from None


def _sqlite(url: URL, wait: float) -> Engine:
    made = create_engine(
        url,
        poolclass=NullPool,
        paramstyle="named",
        connect_args={"timeout": wait},
    )

    @event.listens_for(made, "connect")
    def connect(connection: Any, _: object) -> None:
        connection.isolation_level = None  # BEGIN is ours: see below
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA synchronous = FULL")

    @event.listens_for(made, "begin")
    def begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return made


def _postgresql(url: URL, wait: float) -> Engine:
    named = {"application_name": "rbac-sync", **url.query, **demands(url)}
    made = create_engine(url.update_query_dict(named), poolclass=NullPool)

    @event.listens_for(made, "begin")
    def begin(connection: Connection) -> None:
        if connection.get_execution_options().get("writes", False):  # 0 would be without end
            connection.exec_driver_sql(f"SET LOCAL lock_timeout = {max(1, int(wait * 1000))}")

    return made


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """Open a transaction that reads one moment."""
    options: dict[str, Any] = {}
    if engine.dialect.name == "postgresql":
        options = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    with engine.connect().execution_options(**options) as connection, connection.begin():
        yield connection


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """Open a transaction that writes, and commit it unless something is raised.

    *Why* READ COMMITTED: writers of an account queue at its row, so each sees
    all that the one before it did; SERIALIZABLE would have them fail instead.
    """
    with connected_to_write(engine) as connection, connection.begin():
        yield connection


def connected_to_write(engine: Engine) -> Connection:
    """Return a new connection whose transactions write."""
    options: dict[str, Any] = {"writes": True}
    if engine.dialect.name == "postgresql":
        options["isolation_level"] = "READ COMMITTED"
    return engine.connect().execution_options(**options)


def require(url: URL) -> None:
    """Check that the store's file is there, where it is a file: to open it would make it.

    Raises:
        BackendError: it is not.

    """
    file = place(url)
    if file is not None and not file.exists():
        raise BackendError(f"there is no store at `{file}`", hint="rbac-sync store init")


def place(url: URL) -> Path | None:
    """Return the file of a SQLite store; None for a server."""
    return Path(str(url.database)) if url.get_backend_name() == "sqlite" else None
