"""The report of a damaged row as the cause of an error, which is looked for after an error."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from time import monotonic
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from ...errors import BackendError
from ..database.engine import Engine, reading
from ..database.sql import SqlConnection
from .row_facts import RESTORE

if TYPE_CHECKING:
    from ...audit.row_facts import Mismatch

OURS = (
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    ArithmeticError,
    AssertionError,
    RecursionError,
)
"""Errors that reading a damaged row may raise."""

PAUSE = 60.0
"""The seconds after which a store is examined again in which no damaged row was found.

*Why*: it reads all rows, and a client may send what fails as often as it likes.
"""

_EXAMINED: WeakKeyDictionary[Engine, dict[str | None, float]] = WeakKeyDictionary()
"""The times from which stores are examined again, by the handle of the account."""

_EXAMINING = Lock()


@contextmanager
def legible(store: Engine, handle: str | None = None) -> Iterator[None]:
    """Report a damaged row of the account as the cause of an exception inside, if there is one.

    Without a *handle*, it may be of any account. The rows are read in a new transaction, after
    that of the exception has ended: uncommitted rows are no damage. One thread at a time reads
    them.

    Raises:
        BackendError: there is a damaged row; the message names it.
    """
    try:
        yield
    except UnicodeEncodeError:
        raise  # of a text that was to be written
    except OURS as error:
        wrong = _wrong(store, handle)
        if wrong is None:
            raise
        raise damaged(wrong) from error


def _wrong(store: Engine, handle: str | None) -> Mismatch | None:
    """Return the first damaged row; None if there is none, or none is looked for now."""
    again_from = _EXAMINED.setdefault(store, {})
    if monotonic() < again_from.get(handle, 0.0) or not _EXAMINING.acquire(blocking=False):
        return None
    try:
        with reading(store) as connection:
            wrong = next(_damage(connection, handle), None)
    finally:
        _EXAMINING.release()
    if wrong is None:
        again_from[handle] = monotonic() + PAUSE
    return wrong


def damaged(wrong: Mismatch) -> BackendError:
    """Return the error of somebody who needs the damaged row that is *wrong*."""
    hint = f"{wrong.hint}; `rbac-sync audit verify` lists all such rows"
    return BackendError(f"the store is damaged: {wrong}", hint=hint)


def _damage(connection: SqlConnection, handle: str | None) -> Iterator[Mismatch]:
    """Yield the damaged rows of the account, or of all accounts."""
    from .damage import damage

    handles = [(handle,)] if handle else connection.rows("SELECT handle FROM account")
    for (each,) in handles:
        yield from damage(connection, each)
        yield from _differing(connection, each)


def _differing(connection: SqlConnection, handle: str) -> Iterator[Mismatch]:
    """Yield each row of the trail that was changed, and each that differs from the trail."""
    from ...audit.chain import flaws
    from ...audit.row_facts import Mismatch
    from .account import Account
    from .batch import Batch
    from .documents import Documents
    from .trail import StoreTrail
    from .unrecorded import unrecorded

    account = Account.unlocked(connection, handle)
    trail = StoreTrail(account)
    for flaw in flaws(trail.links()):
        yield Mismatch(f"`audit` row {flaw.seq}", flaw.message, RESTORE)
    yield from unrecorded(account, trail, Documents(account, Batch(account)).opening())
