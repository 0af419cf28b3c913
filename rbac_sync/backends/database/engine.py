"""The databases of a store: SQLite files and PostgreSQL, whose transactions take its locks."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias
from urllib.parse import unquote, urlsplit

from ...errors import BackendError, CredentialError
from ..copied_text import check_url_text
from . import sqlite
from .sql import FileConnection, SqlConnection
from .url import NO_PORT, DatabaseUrl
from .writer_queue import turn

if TYPE_CHECKING:
    from .server_engine import ServerEngine

POSTGRESQL = ("postgres", "postgresql", "postgresql+psycopg")
PORT = "write `postgresql://user@host:5432/database`; in a password, `:` is `%3A` and `/` is `%2F`"
EXAMPLES = "write `sqlite:///rbac.db` or `postgresql://user@host/database`"
SERVICE = f'write `type = "prefect-cloud"` in `[backend]`; for a store {EXAMPLES}'
SECRETS = ("password", "sslpassword")


def address(url: str, what: str = "the database's url") -> DatabaseUrl:
    """Parse *url*, as a person wrote it; nothing is opened.

    *what* names the variable or key of *url* in messages, which never quote *url* itself.

    Raises:
        BackendError: it names neither a SQLite file nor a PostgreSQL database.
        CredentialError: it holds stray characters, or a password that is not escaped.
    """
    check_url_text(url, what, own=" ")
    made = _parsed(url, what)
    _check_signs(url, made, what)
    if made.scheme in POSTGRESQL:
        return replace(made, scheme="postgresql")
    if made.scheme == "sqlite" and (made.username or made.host or made.port):
        raise BackendError(f"{what} names a SQLite file, which is on no host", hint=EXAMPLES)
    if made.scheme == "sqlite" and made.database not in (None, "", ":memory:"):
        return _file(made)
    if made.scheme in ("http", "https"):
        raise BackendError(f"{what} is that of a service, not of a store", hint=SERVICE)
    raise BackendError(f"{what} is no place for a store", hint=EXAMPLES)


def _parsed(url: str, what: str) -> DatabaseUrl:
    try:
        made = DatabaseUrl.parsed(url)
    except ValueError:
        raise BackendError(f"{what} has a port that is {NO_PORT}", hint=PORT) from None
    if made is None:
        raise BackendError(f"{what} cannot be read", hint=EXAMPLES)
    if made.port == 0:
        raise BackendError(f"{what} has a port that is {NO_PORT}", hint=PORT)
    return made


def _check_signs(url: str, made: DatabaseUrl, what: str) -> None:
    """Check that the only `@` is the one before the host: another could be part of a password.

    Raises:
        CredentialError: there is another one.
    """
    if made.scheme not in POSTGRESQL:
        return
    from .connection import known_options

    has_user = made.username is not None or made.password is not None
    rest = url.partition("@")[2] if has_user else url
    before, _, query = rest.partition("?")
    names = {part.partition("=")[0] for part in query.split("&")}
    is_open = "@" in query and not names <= known_options()
    if "@" in before or is_open:
        message = f"{what} has an `@` too many: the name or the password holds one"
        raise CredentialError(message, hint="write `%40` for each `@` in them, and `%2F` for `/`")


def _file(url: DatabaseUrl) -> DatabaseUrl:
    """Return *url* of a SQLite file with a plain path, also if it has the URI form of SQLite."""
    if not str(url.database).startswith("file:"):
        return url
    path = unquote(urlsplit(str(url.database)).path)
    query = {name: value for name, value in url.query.items() if name != "uri"}
    return replace(url, database=path, query=query)


def display_url(url: DatabaseUrl) -> str:
    """Return *url* for messages: without password and time limits; of a file, the place alone."""
    if place(url):
        return url.text(url.query)
    from .timeouts import CLIENT, SERVER

    return url.text((*SECRETS, *CLIENT, *SERVER))


class FileEngine:
    """Opens a SQLite file for each transaction, so that it can be copied and replaced."""

    errors: tuple[type[Exception], ...] = (sqlite3.Error, UnicodeEncodeError)

    def __init__(self, url: DatabaseUrl, wait: float) -> None:
        """Name the file; writers wait *wait* seconds for a lock."""
        sqlite.check_options(url)
        self.url, self._wait = url, wait
        self._file, self._options = Path(str(url.database)), sqlite.options(url)

    @contextmanager
    def connected(self, *, writes: bool) -> Iterator[FileConnection]:
        """Give a connection whose transactions read, or write."""
        opened = closing(sqlite.opened_file(self._file, self._options, self._wait))
        with opened as driver, ExitStack() as held:
            take_turn = partial(held.enter_context, turn(str(self._file)))
            yield FileConnection(driver, writes=writes, turn=take_turn)


Engine: TypeAlias = "FileEngine | ServerEngine"


def engine(url: DatabaseUrl, wait: float, *, is_pooled: bool = False) -> Engine:
    """Return the engine for *url*, from ``address``, whose writers wait *wait* seconds for a lock.

    A run opens one connection. If the engine *is_pooled*, connections to PostgreSQL stay open for
    the next request.

    Raises:
        BackendError: the driver is not installed, or the URL has an unknown option.
        CredentialError: an option could hide the host that receives a password.
    """
    if place(url):
        return FileEngine(url, wait)
    try:
        from .server_engine import ServerEngine
    except ImportError:
        from ...installation import install_command

        hint = install_command("postgres")
        raise BackendError("the PostgreSQL driver is not installed", hint=hint) from None
    return ServerEngine(url, wait, is_pooled=is_pooled)


@contextmanager
def translate_errors(engine: Engine) -> Iterator[None]:
    """Raise a BackendError for the user in place of an error of the database."""
    try:
        yield
    except engine.errors as error:
        from .faults import explained

        raise explained(error, engine) from error


@contextmanager
def reading(engine: Engine) -> Iterator[SqlConnection]:
    """Open a transaction that reads the state of one moment."""
    with engine.connected(writes=False) as connection, connection.transaction():
        yield connection


@contextmanager
def writing(engine: Engine) -> Iterator[SqlConnection]:
    """Open a transaction that writes; it is committed unless an exception is raised.

    Raises:
        Locked: other writers of this process hold a SQLite file too long.
    """
    with engine.connected(writes=True) as connection:
        connection.take_turn()
        with connection.transaction():
            yield connection


def place(url: DatabaseUrl) -> Path | None:
    """Return the file of a SQLite store; None for a server."""
    return Path(str(url.database)) if url.scheme == "sqlite" else None
