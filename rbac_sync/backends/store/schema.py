"""The version of the schema: brought up to date by ``migrate``, checked at every opening."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text
from sqlalchemy.exc import DBAPIError

from ...errors import BackendError
from ..database.engine import WAIT, address, engine, place, writing
from ..database.faults import translate_errors
from ..database.sqlite import MAKE_STORE

HEAD = "0007"
"""The revision of the schema of this version. A test compares it with the migrations."""

VERSION = text("SELECT version_num FROM alembic_version")
MISSING_TABLE = "42P01"
THERE_ALREADY = ("42P07", "42710", "23505")
"""The SQLSTATEs of a table that another process has created meanwhile. Source: as above."""


def migrate(url: str, wait: float = WAIT) -> str:
    """Bring the schema of the store at *url* up to date, and return its revision.

    An empty database gets the whole schema; a missing SQLite file is created.

    Raises:
        BackendError: the store cannot be reached, or has the schema of a later version.
    """
    store = engine(address(url), wait)
    _make_file(place(store.url))
    with translate_errors(store):
        try:
            _migrate(store)
        except DBAPIError as error:
            if getattr(error.orig, "sqlstate", None) not in THERE_ALREADY:
                raise
            _migrate(store)
    return HEAD


def _migrate(store: Engine) -> None:
    with writing(store) as connection:
        if inspect(connection).has_table("alembic_version"):
            alone(connection)
        _upgrade(connection)


def _make_file(file: Path | None) -> None:
    """Create the file of a new store, readable to its owner alone: it has names and access."""
    if file is None or file.exists():
        return
    try:
        file.touch(mode=0o600)
    except OSError as error:
        message = f"`{file}` cannot be made: {(error.strerror or '').lower()}"
        hint = "name a file in a folder that exists and that this user may write to"
        raise BackendError(message, hint=hint) from None


def alone(connection: Connection) -> None:
    """Lock the store against other changes of the schema and new accounts.

    *Why* a row and no advisory lock: not every engine with PostgreSQL's protocol has those.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT version_num FROM alembic_version FOR UPDATE"))


def check(connection: Connection) -> None:
    """Check that the store has the schema of this version.

    Raises:
        BackendError: the store has no schema, an older or a later one.
    """
    revision = _revision(connection)
    if revision is None:
        raise BackendError("there is no store yet", hint=MAKE_STORE)
    if revision < HEAD:
        message = f"the store has schema {revision}, and this version works with {HEAD}"
        raise BackendError(message, hint="rbac-sync store migrate")
    if revision > HEAD:
        message = f"the store has schema {revision}; this version knows schemas up to {HEAD}"
        raise BackendError(message, hint="use the version of rbac-sync that migrated it")


def _revision(connection: Connection) -> str | None:
    """Return the revision of the store, None if it has none.

    *Why* without a query whether the table exists: every transaction would pay for it.
    """
    try:
        number = connection.execute(VERSION).scalar()
    except DBAPIError as error:
        if not _is_missing(error):
            raise
        return None
    return None if number is None else str(number)


def _is_missing(error: DBAPIError) -> bool:
    """Say whether *error* says that there is no such table."""
    state = getattr(error.orig, "sqlstate", None)
    return state == MISSING_TABLE or (state is None and "no such table" in str(error.orig))


def _upgrade(connection: Connection) -> None:
    from alembic import command
    from alembic.config import Config

    from . import adoption

    has_table = inspect(connection).has_table("alembic_version")
    revision = _revision(connection) if has_table else None
    if revision is not None and revision >= HEAD:
        check(connection)
        return
    settings = Config()
    settings.set_main_option("script_location", "rbac_sync.backends.store:migrations")
    settings.attributes["connection"] = connection
    command.upgrade(settings, "head")
    if revision is not None and revision < adoption.FIRST:
        adoption.adopt(connection)
