"""What a database's own errors mean: for a retry, and for the user."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum, auto

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from ...errors import BackendError, Locked
from .engine import shown
from .holder import holder


class Fault(Enum):
    """What can be done about a database error."""

    AGAIN = auto()
    LOST = auto()
    UNREACHABLE = auto()
    LOCKED = auto()
    FINAL = auto()


STATES = {"40001": Fault.AGAIN, "40P01": Fault.AGAIN, "55P03": Fault.LOCKED}
"""Serialization failure, deadlock, lock not available. Source: PostgreSQL, appendix A."""

GONE = ("08", "57P")
"""Classes of a lost connection and of a server that is shutting down."""


def errors(engine: Engine) -> tuple[type[Exception], ...]:
    """Return what *engine* may raise.

    SQLAlchemy's errors, the driver's from a bare cursor, and what becomes of
    half a character, as a plan file can hold one.
    """
    driver = engine.dialect.dbapi
    assert driver is not None, "an engine has a driver"
    return DBAPIError, driver.Error, UnicodeEncodeError


def fault(error: Exception) -> Fault:
    """Return what can be done about *error*."""
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return Fault.LOST
    cause = _cause(error)
    if isinstance(cause, sqlite3.Error):
        busy = getattr(cause, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_BUSY
        return Fault.LOCKED if busy else Fault.FINAL
    state = getattr(cause, "sqlstate", None)
    if state is None:
        return _without_state(error, cause)
    return STATES.get(state, Fault.LOST if state.startswith(GONE) else Fault.FINAL)


def _without_state(error: Exception, cause: BaseException) -> Fault:
    """Tell a connection that broke from one that was never made: SQLAlchemy wraps the latter."""
    if type(cause).__name__ != "OperationalError":
        return Fault.FINAL
    return Fault.UNREACHABLE if isinstance(error, DBAPIError) else Fault.LOST


def explained(error: Exception, engine: Engine) -> BackendError:
    """Return *error* as the user is told of it."""
    said, what = words(error), fault(error)
    if what is Fault.LOCKED:
        return Locked(f"the store is locked by {holder(engine)}", hint="wait until it is done")
    if what in (Fault.LOST, Fault.UNREACHABLE):
        place = shown(engine.url)
        return BackendError(f"`{place}` cannot be reached: {said}", hint="see that it is running")
    return BackendError(f"the store refused: {said}", hint="nothing was changed; plan again")


def words(error: Exception) -> str:
    """Return the first line of what the database itself says of *error*."""
    if isinstance(error, UnicodeEncodeError):
        return "a text holds half a character"
    return str(_cause(error)).strip().partition("\n")[0]


@contextmanager
def told(engine: Engine) -> Iterator[None]:
    """Turn the database's errors into ours."""
    try:
        yield
    except errors(engine) as error:
        raise explained(error, engine) from error


def _cause(error: Exception) -> BaseException:
    return (error.orig or error) if isinstance(error, DBAPIError) else error
