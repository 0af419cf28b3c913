"""The meaning of database errors: whether a retry can help, and the message for the user."""

from __future__ import annotations

import sqlite3
from enum import Enum, auto

from ...errors import BackendError, Locked
from .deadline import NotConnected, WaitStage
from .engine import Engine, display_url


class Fault(Enum):
    """The kinds of database errors, by their remedy."""

    AGAIN = auto()
    LOST = auto()
    UNREACHABLE = auto()
    LOCKED = auto()
    READ_ONLY = auto()
    FINAL = auto()


STATES = {
    "40001": Fault.AGAIN,
    "40P01": Fault.AGAIN,
    "55P03": Fault.LOCKED,
    "25006": Fault.READ_ONLY,
    "25P03": Fault.FINAL,
    "57014": Fault.FINAL,
}
"""The fault that each state of PostgreSQL means.

The states are: serialization failure, deadlock, lock not available, read only, idle too long,
too slow. Source: PostgreSQL, appendix A.
"""

LONGER = {
    "25P03": "`?idle_in_transaction_session_timeout=10min` in the URL allows more",
    "57014": "`?statement_timeout=10min` in the URL allows more",
}
"""The hint for each time limit of the server."""

FILES = {
    sqlite3.SQLITE_NOTADB: "name the file of a store, or move this one away",
    sqlite3.SQLITE_CORRUPT: "move it away with its `-wal` and `-shm`; put a backup in its place",
    sqlite3.SQLITE_CANTOPEN: "name a file that can be opened and written",
    sqlite3.SQLITE_FULL: "make room on the disk, and run the command again; nothing was changed",
    sqlite3.SQLITE_IOERR: "check that the disk has room and no faults, and run the command again",
}
"""The hint for a file that cannot be used as a store, by code of SQLite."""

BARRED = ("22", "23")
"""The classes of states of values that PostgreSQL refuses: too large, or barred by a constraint."""

AGAIN = "nothing was changed; plan again"
VERIFY = f"{AGAIN}, and if that is refused, too, run `rbac-sync audit verify`"
"""The hint for values that do not fit the rows: of a plan that is out of date, or forged rows."""

GONE = ("08", "57P")
"""The classes of states of a lost connection, and of a server that is shutting down."""

LIMITS = {
    WaitStage.CONNECT: "`?connect_timeout=30` in the URL waits longer",
    WaitStage.STATEMENT: "`?statement_timeout=10min` in the URL waits longer",
    WaitStage.COMMIT: "`?statement_timeout=10min` in the URL waits longer",
}
"""The hint for a server that gives no answer, by step."""

LOCKS = {sqlite3.SQLITE_BUSY: Fault.LOCKED, sqlite3.SQLITE_READONLY: Fault.READ_ONLY}
"""The fault that each code of SQLite means; other codes are final."""


def words(error: Exception) -> str:
    """Return the first line of the message of the database in *error*."""
    if isinstance(error, UnicodeEncodeError):
        return "a text holds half a character"
    return str(error).strip().partition("\n")[0]


def fault(error: Exception) -> Fault:
    """Return the kind of *error*, which decides on the remedy and the hint."""
    state = getattr(error, "sqlstate", None)
    if state in STATES:
        return STATES[state]
    if isinstance(error, NotConnected):
        return Fault.UNREACHABLE
    if isinstance(error, sqlite3.Error):
        return LOCKS.get(_sqlite_code(error), Fault.FINAL)
    if state is None:
        return Fault.LOST if _is_operational(error) else Fault.FINAL
    return Fault.LOST if state.startswith(GONE) else Fault.FINAL


def _sqlite_code(error: Exception) -> int:
    """Return the primary result code of SQLite; 0 for an error of something else."""
    return int(getattr(error, "sqlite_errorcode", 0)) & 0xFF


def _is_operational(error: Exception) -> bool:
    """Say whether *error* is of the class of the driver for a broken connection."""
    return any(kind.__name__ == "OperationalError" for kind in type(error).__mro__)


def explained(error: Exception, engine: Engine) -> BackendError:
    """Return the error for the user in place of *error*."""
    match fault(error):
        case Fault.LOCKED:
            from .holder import holder

            return Locked(f"the store is locked by {holder(engine)}", hint="wait until it is done")
        case Fault.LOST | Fault.UNREACHABLE:
            return _unreached(error, engine)
        case Fault.READ_ONLY:
            message = f"the store is read-only: `{display_url(engine.url)}`"
            return BackendError(
                message, hint="the store can be read here; apply on a machine that may write to it"
            )
        case Fault.AGAIN | Fault.FINAL:
            state = getattr(error, "sqlstate", "")
            code = _sqlite_code(error)
            if code in FILES:
                message = f"`{display_url(engine.url)}` cannot be used: {words(error)}"
                return BackendError(message, hint=FILES[code])
            is_barred = code == sqlite3.SQLITE_CONSTRAINT or (state or "").startswith(BARRED)
            hint = LONGER.get(state, VERIFY if is_barred else AGAIN)
            return BackendError(f"the store refused: {words(error)}", hint=hint)


def _unreached(error: Exception, engine: Engine) -> BackendError:
    place, silence = display_url(engine.url), getattr(error, "silence", None)
    if silence is None:
        message = f"`{place}` cannot be reached: {words(error)}"
        return BackendError(message, hint="see that it is running")
    hint = (
        f"check that the database runs and nothing on the way holds it up; {LIMITS[silence.stage]}"
    )
    return BackendError(f"`{place}` does not answer: {silence}", hint=hint)
