"""The report of a damaged row as the cause of an error, which is looked for after an error."""

from __future__ import annotations

from collections.abc import Callable, Iterator
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
    from .account import Account

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

SHARE = 10
"""A store is not examined again until this many times the duration of its last examination.

*Why*: it reads all rows, and a client may send what fails as often as it likes. Until then, what
was found last counts.
"""

Examine = Callable[["Account"], Iterator["Mismatch"]]
"""Yields the damaged rows of an account that only a program above the store can recognize."""

_MORE: WeakKeyDictionary[Engine, Examine] = WeakKeyDictionary()
"""The further examinations of stores."""

_EXAMINED: WeakKeyDictionary[Engine, dict[str | None, tuple[float, Mismatch | None]]] = (
    WeakKeyDictionary()
)
"""By the handle of the account: the time from which a store is examined again, and the result."""

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


def examine_also(store: Engine, examine: Examine) -> None:
    """Make examinations of *store* include *examine*, for accounts without other damage."""
    _MORE[store] = examine


def _wrong(store: Engine, handle: str | None) -> Mismatch | None:
    """Return the first damaged row, or the one found last; None if none was found."""
    results = _EXAMINED.setdefault(store, {})
    again_from, wrong = results.get(handle, (0.0, None))
    began = monotonic()
    if began < again_from or not _EXAMINING.acquire(blocking=False):
        return wrong
    try:
        with reading(store) as connection:
            wrong = next(_damage(store, connection, handle), None)
        ended = monotonic()
        results[handle] = ended + SHARE * (ended - began), wrong
    finally:
        _EXAMINING.release()
    return wrong


def damaged(wrong: Mismatch) -> BackendError:
    """Return the error of somebody who needs the damaged row that is *wrong*."""
    hint = f"{wrong.hint}; `rbac-sync audit verify` lists all such rows"
    return BackendError(f"the store is damaged: {wrong}", hint=hint)


def _damage(store: Engine, connection: SqlConnection, handle: str | None) -> Iterator[Mismatch]:
    """Yield the damaged rows of the account, or of all accounts."""
    from .account import Account
    from .damage import damage

    handles = [(handle,)] if handle else connection.rows("SELECT handle FROM account")
    for (each,) in handles:
        yield from damage(connection, each)
        account = Account.unlocked(connection, each)
        yield from _differing(account)
        if store in _MORE:
            yield from _MORE[store](account)


def _differing(account: Account) -> Iterator[Mismatch]:
    """Yield each row of the trail that was changed, and each that differs from the trail."""
    from ...audit.chain import flaws
    from ...audit.row_facts import Mismatch
    from .batch import Batch
    from .documents import Documents
    from .trail import StoreTrail
    from .unrecorded import unrecorded

    trail = StoreTrail(account)
    for flaw in flaws(trail.links()):
        yield Mismatch(f"`audit` row {flaw.seq}", flaw.message, RESTORE)
    yield from unrecorded(account, trail, Documents(account, Batch(account)).opening())
