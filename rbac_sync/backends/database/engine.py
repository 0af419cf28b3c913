"""Engines for SQLite and PostgreSQL, whose transactions take the locks that the store needs."""

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
"""*Why* not SERIALIZABLE: writers of an account wait for the lock of its row, so each sees all
earlier changes, and none fails."""

PORT = "write `postgresql://user@host:5432/database`; in a password, `:` is `%3A` and `/` is `%2F`"
EXAMPLES = "write `sqlite:///rbac.db` or `postgresql://user@host/database`"
WAIT = 5.0
"""The seconds that a writer waits for another writer."""

POOL: Mapping[str, Any] = {
    "pool_size": 5,
    "max_overflow": -1,
    "pool_pre_ping": True,
    "pool_recycle": 300,
    "pool_use_lifo": True,
}
"""The pool of a server process: each connection is tested before use, and is replaced after
300 seconds, so that a server that restarted gets connections again."""

SECRETS = ("password", "sslpassword")


def address(url: str, what: str = "the database's url") -> URL:
    """Parse *url*, as a person wrote it, and add the name of the driver; nothing is opened.

    *what* names the variable or key of *url* in messages, which never quote *url* itself.

    Raises:
        BackendError: it names neither a SQLite file nor a PostgreSQL database.
        CredentialError: it holds stray characters, or a password that is not escaped.
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
    """Check that the only `@` is the one before the host: another could be part of a password.

    Raises:
        CredentialError: there is another one.
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
    """Return *url* of a SQLite file with a plain path, also if it has the URI form of SQLite."""
    if not str(url.database).startswith("file:"):
        return url
    path = unquote(urlsplit(str(url.database)).path)
    return url.set(database=path).difference_update_query(["uri"])


def display_url(url: URL) -> str:
    """Return *url* for messages: without driver, password and time limits."""
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

    A run opens one connection. If the engine *is_pooled*, connections to PostgreSQL stay open for
    the next request. A SQLite file is closed at once, so that it can be copied and replaced. The
    first connection of an engine costs several round trips: use an engine again.

    Raises:
        BackendError: the driver is not installed, or the URL has an unknown option.
        CredentialError: an option could hide the host that receives a password.
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
        creator=lambda: sqlite.opened_file(Path(str(url.database)), sqlite.options(url), wait),
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
    import psycopg.pq  # noqa: F401 - it knows the options, so it is missed before any is judged

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
    """Open a transaction that reads the state of one moment."""
    with engine.connect().execution_options(reads=True) as connection, connection.begin():
        yield connection


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """Open a transaction that writes; it is committed unless an exception is raised.

    Raises:
        Locked: other writers of this process hold a SQLite file too long.
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
