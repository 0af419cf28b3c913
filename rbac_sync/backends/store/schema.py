"""The version of the schema: brought up to date by ``migrate``, checked at every opening."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...errors import BackendError, system_reason
from ...model.settings import WAIT
from ..database.engine import Engine, address, engine, place, translate_errors
from ..database.sql import FileConnection, Row, ServerConnection, SqlConnection
from ..database.sqlite import MAKE_STORE

if TYPE_CHECKING:
    import sqlalchemy

HEAD = "0010"
"""The revision of the schema of this version. A test compares it with the migrations."""

TABLE = "alembic_version"
VERSION = f"SELECT version_num FROM {TABLE}"  # noqa: S608
HANDLES = "SELECT handle FROM account"
ACCOUNTS = "SELECT number FROM account ORDER BY number FOR UPDATE"
"""Waits for the writers of all accounts, who have checked the schema with their locks."""

MISSING_TABLE = "42P01"
AGAIN = ("42P07", "42710", "23505", "40P01")
"""The SQLSTATEs of a table that another process has created meanwhile, and of a deadlock.

A deadlock is possible with a server that creates an account like another one, which it has locked
before. Source: PostgreSQL, appendix A.
"""


def migrate(url: str, wait: float = WAIT, *, makes: bool = False) -> str:
    """Bring the schema of the store at *url* up to date, and return its revision.

    If it *makes* one, an empty database gets the whole schema, and a missing SQLite file is
    created. *Why* not always: the URL may be mistyped.

    Raises:
        BackendError: the store is missing, cannot be reached, or has the schema of a later version.
    """
    store = engine(address(url), wait)
    if makes:
        _make_file(place(store.url))
    with translate_errors(store):
        try:
            _migrate(store, makes=makes)
        except store.errors as error:
            if getattr(error, "sqlstate", None) not in AGAIN:
                raise
            _migrate(store, makes=makes)
    return HEAD


def _migrate(store: Engine, *, makes: bool) -> None:
    """Lock the store and upgrade its schema, in one transaction."""
    with store.connected(writes=True) as connection, _lent(connection) as lent:
        connection.take_turn()
        with connection.transaction():
            if connection.has_table(TABLE):
                alone(connection)
            elif not makes:
                confirm(())
            _upgrade(connection, lent)


@contextmanager
def _lent(connection: FileConnection | ServerConnection) -> Iterator[sqlalchemy.Connection]:
    """Give *connection* as one of SQLAlchemy; the caller begins and ends transactions.

    Errors of SQLAlchemy become those of the driver.
    """
    from sqlalchemy import StaticPool, create_engine
    from sqlalchemy.exc import DBAPIError

    url, options = "sqlite://", dict[str, Any]()
    if not connection.is_file:
        url, options = "postgresql+psycopg://", {"use_native_hstore": False}
    options |= {"poolclass": StaticPool, "pool_reset_on_return": None}
    made = create_engine(url, creator=lambda: connection.driver, **options)
    try:
        with made.connect() as lent:
            yield lent
    except DBAPIError as error:
        raise error.orig or error from error


def _make_file(file: Path | None) -> None:
    """Create the file of a new store, readable to its owner alone: it has names and access."""
    if file is None or file.exists():
        return
    try:
        file.touch(mode=0o600)
    except OSError as error:
        message = f"`{file}` cannot be made: {system_reason(error)}"
        hint = "name a file in a folder that exists and that this user may write to"
        raise BackendError(message, hint=hint) from None


def alone(connection: SqlConnection) -> None:
    """Lock the store against other changes of the schema and new accounts.

    *Why* a row and no advisory lock: not every engine with PostgreSQL's protocol has those.
    """
    if not connection.is_file:
        connection.rows(f"{VERSION} FOR UPDATE")


def check(connection: SqlConnection) -> None:
    """Check that the store has the schema of this version.

    Raises:
        BackendError: the store has no schema, an older or a later one.
    """
    confirm(_revisions(connection))


def confirm(revisions: Sequence[Row]) -> None:
    """Check that *revisions*, the rows of ``VERSION``, are those of this version.

    Raises:
        BackendError: the store has no schema, an older or a later one.
    """
    if not revisions:
        raise BackendError("there is no store yet", hint=MAKE_STORE)
    revision = str(revisions[0][0])
    if revision < HEAD:
        message = f"the store has schema {revision}, and this version works with {HEAD}"
        raise BackendError(message, hint="run `rbac-sync store migrate`")
    if revision > HEAD:
        message = f"the store has schema {revision}; this version knows schemas up to {HEAD}"
        raise BackendError(message, hint="use the version of rbac-sync that migrated it")


def _revisions(connection: SqlConnection) -> Sequence[Row]:
    """Return the row with the revision of the store; none if it has no schema.

    *Why* without a query whether the table exists: every transaction would pay for it.
    """
    try:
        return connection.rows(VERSION)
    except connection.error as error:
        if not _is_missing(error):
            raise
        return ()


def _is_missing(error: Exception) -> bool:
    """Say whether *error* says that there is no such table."""
    state = getattr(error, "sqlstate", None)
    return state == MISSING_TABLE or (state is None and "no such table" in str(error))


def _upgrade(connection: SqlConnection, lent: sqlalchemy.Connection) -> None:
    """Bring the schema up to date through *connection*; *lent* is the same one for SQLAlchemy."""
    from alembic import command
    from alembic.config import Config

    from . import account, adoption, appearances, trail

    there = _revisions(connection) if connection.has_table(TABLE) else ()
    revision = str(there[0][0]) if there else ""
    if revision >= HEAD:
        confirm(there)
    else:
        if revision and not connection.is_file:
            connection.rows(ACCOUNTS)
        settings = Config()
        settings.set_main_option("script_location", "rbac_sync.backends.store:migrations")
        settings.attributes["connection"] = lent
        command.upgrade(settings, "head")
    with _legible(connection):
        if revision < trail.INDEXED_SINCE:
            for (handle,) in connection.rows(HANDLES):
                trail.StoreTrail(account.Account.locked(connection, handle)).renew_events()
        if revision < adoption.FIRST:
            adoption.adopt(connection)
        appearances.renew(connection)


@contextmanager
def _legible(connection: SqlConnection) -> Iterator[None]:
    """Report a damaged row as the cause of an exception inside, if there is one.

    The schema is that of this version.
    """
    from .damage import damage
    from .legible import OURS, damaged

    try:
        yield
    except OURS as error:
        handles = connection.rows(HANDLES)
        wrong = next((each for (handle,) in handles for each in damage(connection, handle)), None)
        if wrong is None:
            raise
        raise damaged(wrong) from error
