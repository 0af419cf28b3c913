"""The report of a damaged row as the cause of an error, which is looked for after an error."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from ...errors import BackendError
from ..database.engine import Engine, reading

OURS = (ValueError, TypeError, LookupError, AttributeError, ArithmeticError, RecursionError)
"""Errors that reading a damaged row may raise."""


@contextmanager
def legible(store: Engine, handle: str) -> Iterator[None]:
    """Report a damaged row of the account as the cause of an exception inside, if there is one.

    The rows are read in a new transaction, after that of the exception has ended: uncommitted
    rows are no damage.

    Raises:
        BackendError: there is a damaged row; the message names it.
    """
    try:
        yield
    except UnicodeEncodeError:
        raise  # of a text that was to be written
    except (*OURS, AssertionError) as error:
        from .damage import damage

        with reading(store) as connection:
            wrong = next(damage(connection, handle), None)
        if wrong is None:
            raise
        hint = f"{wrong.hint}; `rbac-sync audit verify` lists all such rows"
        raise BackendError(f"the store is damaged: {wrong}", hint=hint) from error
