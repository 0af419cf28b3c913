"""Engines for SQLite and PostgreSQL, whose transactions lock as the store needs it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from sqlalchemy import Connection, Engine, NullPool, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError

from ...errors import BackendError, CredentialError
from ..copied_text import check_url_text
from . import sqlite
from .connection import LAST_PORT, check_options, demands, known_options, parameters, usual_options
from .timeouts import CLIENT, LOCK, SERVER, SessionTimeouts
from .writer_queue import turn

POSTGRESQL = ("postgres", "postgresql", "postgresql+psycopg")
READING = "ISOLATION LEVEL REPEATABLE READ READ ONLY"
WRITING = "ISOLATION LEVEL READ COMMITTED READ WRITE"
"""*Why* not SERIALIZABLE: writers of an account queue at its row, so each sees all that the one
before it did, and none has to fail."""

PORT = "write `postgresql://user@host:5432/database`; in a password, `:` is `%3A` and `/` is `%2F`"
EXAMPLES = "write `sqlite:///rbac.db` or `postgresql://user@host/database`"
WAIT = 5.0
"""Seconds that a writer waits for another before it gives up."""

POOL: Mapping[str, Any] = {
    "pool_size": 5,
    "max_overflow": -1,
    "pool_pre_ping": True,
    "pool_recycle": 300,
    "pool_use_lifo": True,
}
"""Connections that are kept: each is asked whether it still answers before it is used, and is
given up after some minutes, so that a server that came back has its part."""

SECRETS = ("password", "sslpassword")


def address(url: str, what: str = "the database's url") -> URL:
    """Return *url*, as a person wrote it, with the driver that is used; nothing is opened.

    *what* names the variable or key that it stands in, for messages: no part of *url* is in them.

    Raises:
        BackendError: it names neither a SQLite file nor a PostgreSQL database.
        CredentialError: something slipped in where it was copied, or a password is not escaped.

    """
    check_url_text(url, what, own=" ")
    made = _parsed(url, what)
    _check_signs(url, made, what)
    if made.drivername in POSTGRESQL:
        return made.set(drivername="postgresql+psycopg")
    if made.drivername == "sqlite" and (made.username or made.host or made.port):
        raise BackendError(f"{what} names a SQLite file, which is on no host", hint=EXAMPLES)
    if made.drivername == "sqlite" and made.database not in (None, "", ":memory:"):
        return _file(made).set(drivername="sqlite+pysqlite")
    raise BackendError(f"{what} is no place for a store", hint=EXAMPLES)


def _parsed(url: str, what: str) -> URL:
    try:
        made = make_url(url)
    except ArgumentError:
        raise BackendError(f"{what} cannot be read", hint=EXAMPLES) from None
    except ValueError:
        raise BackendError(f"{what} has a port that is not a number", hint=PORT) from None
    if made.port is not None and not 0 < made.port <= LAST_PORT:
        raise BackendError(f"{what} has a port that is none", hint=PORT)
    return made


def _check_signs(url: str, made: URL, what: str) -> None:
    """Refuse an `@` that is not the one before the host: what is around it may be a password.

    Raises:
        CredentialError: there is one.

    """
    has_user = made.username is not None or made.password is not None
    rest = url.partition("@")[2] if has_user else url
    before, _, query = rest.partition("?")
    names = {part.partition("=")[0] for part in query.split("&")}
    is_open = "@" in query and not names <= known_options()
    if made.drivername in POSTGRESQL and ("@" in before or is_open):
        message = f"{what} has an `@` too many: the name or the password holds one"
        raise CredentialError(message, hint="write `%40` for each `@` in them, and `%2F` for `/`")


def _file(url: URL) -> URL:
    """Return *url* of a SQLite file, also if it is written as SQLite writes URIs itself."""
    if not str(url.database).startswith("file:"):
        return url
    path = unquote(urlsplit(str(url.database)).path)
    return url.set(database=path).difference_update_query(["uri"])


def display_url(url: URL) -> str:
    """Return *url* as people may see it: without driver, password and limits of time."""
    bare = URL.create(
        url.get_backend_name(),
        url.username,
        None,
        url.host,
        url.port,
        url.database,
        {} if place(url) else url.query,
    )
    return bare.difference_update_query([*SECRETS, *CLIENT, *SERVER]).render_as_string()


def engine(url: URL, wait: float, *, is_pooled: bool = False) -> Engine:
    """Return an engine for *url*, from ``address``, whose writers wait *wait* seconds for a lock.

    A run opens one connection. Those to a PostgreSQL server are kept for the next request if it
    *is_pooled*; a store file is let go of at once, so that it can be copied and put in place.
    What an engine learns of a server on its first connection costs several round trips: keep it.

    Raises:
        BackendError: the driver is not installed, or the URL has an option that is not known.
        CredentialError: what it asks for could hide where a password goes.

    """
    try:
        if url.get_backend_name() == "sqlite":
            return _sqlite(url, wait)
        return _postgresql(url, wait, POOL if is_pooled else {"poolclass": NullPool})
    except (ImportError, NoSuchModuleError):
        from ...installation import install_command

        hint = install_command("postgres")
        raise BackendError("the PostgreSQL driver is not installed", hint=hint) from None


def _sqlite(url: URL, wait: float) -> Engine:
    sqlite.check_options(url)
    made = create_engine(
        url.set(query={}),
        poolclass=NullPool,
        paramstyle="named",
        creator=lambda: sqlite.opened(url, wait),
    )

    @event.listens_for(made, "begin")
    def begin(connection: Connection) -> None:
        if not connection.get_execution_options().get("writes", False):
            connection.exec_driver_sql("BEGIN")
            return
        connection.exec_driver_sql("PRAGMA journal_mode = WAL")
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return made


def _postgresql(url: URL, wait: float, pool: Mapping[str, Any]) -> Engine:
    options_of_url = parameters(url)
    check_options(options_of_url)
    limits = SessionTimeouts.of(
        options_of_url
        if wait == WAIT
        else {**options_of_url, LOCK: f"{max(1, int(wait * 1000))}ms"}
    )
    unsaid = {name: value for name, value in CLIENT.items() if name not in usual_options()}
    named = {"application_name": "rbac-sync", **unsaid, **options_of_url, **demands(url)}
    made = create_engine(url, use_native_hstore=False, **pool)

    from .postgresql import BoundedConnection

    @event.listens_for(made, "do_connect")
    def connect(*arguments: Any) -> BoundedConnection:
        every = {**arguments[3], **named}
        options = {name: value for name, value in every.items() if name not in SERVER}
        return BoundedConnection.reached(options, limits.silence(writes=False))

    @event.listens_for(made, "begin")
    def begin(connection: Connection) -> None:
        reads = connection.get_execution_options().get("reads", False)
        driver: Any = connection.connection.driver_connection
        driver.limit = limits.silence(writes=not reads)
        mode = READING if reads else WRITING
        connection.exec_driver_sql(f"BEGIN {mode}; {limits.settings(writes=not reads)}")

    return made


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """Open a transaction that reads one moment."""
    with engine.connect().execution_options(reads=True) as connection, connection.begin():
        yield connection


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """Open a transaction that writes, and commit it unless something is raised.

    Raises:
        Locked: other writers of this process keep a SQLite file too long.

    """
    file = place(engine.url)
    with (
        connected_to_write(engine) as connection,
        turn(str(file)) if file else nullcontext(),
        connection.begin(),
    ):
        yield connection


def connected_to_write(engine: Engine) -> Connection:
    """Return a new connection whose transactions write."""
    return engine.connect().execution_options(writes=True)


def place(url: URL) -> Path | None:
    """Return the file of a SQLite store; None for a server."""
    return Path(str(url.database)) if url.get_backend_name() == "sqlite" else None
