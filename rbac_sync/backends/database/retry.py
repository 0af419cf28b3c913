"""The repetition of a lost transaction: all of it is done again, decisions included."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from enum import Enum, auto
from typing import TypeVar

from ...dataclasses import dataclass
from ...errors import BackendError, OutcomeUnknown
from .deadline import Patience, patience
from .engine import Engine
from .faults import Fault, explained, fault

T = TypeVar("T")

ATTEMPTS = 5
FIRST_PAUSE = 0.05
"""Seconds. Each pause is twice the one before; a random part keeps other writers apart."""

LONGEST_PAUSE = 2.0
LOOKUP = 30.0
"""The seconds in which the database is asked again whether it has committed a transaction."""

LOSSES = (Fault.LOST, Fault.UNREACHABLE)


class TransactionStep(Enum):
    """The steps of an attempt: it checks whether the run is made, makes it, commits it."""

    CHECK = auto()
    WORK = auto()
    COMMIT = auto()


@dataclass(slots=True)
class Attempt:
    """The progress of one attempt, which decides what a lost connection means."""

    step: TransactionStep = TransactionStep.CHECK


@dataclass(slots=True)
class _Attempts:
    """The attempts at one transaction. ``since`` is the time of a COMMIT without an answer."""

    engine: Engine
    patience: Patience
    made: int = 0
    since: float | None = None
    was_lost: bool = False

    def note(self, what: Fault, step: TransactionStep) -> None:
        """Record that an attempt ended in *step* with the fault *what*."""
        self.was_lost = self.was_lost or what is Fault.LOST
        if step is TransactionStep.COMMIT and what is Fault.LOST:
            self.since = time.monotonic()
        elif step is not TransactionStep.CHECK:
            self.since = None

    def may_help(self, what: Fault) -> bool:
        """Say whether another attempt may help.

        A first connection that fails is not tried again: the address or the password may be
        wrong. A lost connection is tried again. After it, so is a lock: the lost connection may
        still hold it.
        """
        if self.patience.is_over:
            return False
        again = what is Fault.AGAIN or (self.was_lost and what in (*LOSSES, Fault.LOCKED))
        if self.since is None:
            return again and self.made < ATTEMPTS
        return again and time.monotonic() - self.since < LOOKUP

    def pause(self) -> None:
        """Wait a while before the next attempt."""
        longest = min(FIRST_PAUSE * 2**self.made, LONGEST_PAUSE)
        time.sleep(longest * random.uniform(0.5, 1))  # noqa: S311


def retried(attempt: Callable[[Attempt], T], engine: Engine, run: str) -> T:
    """Return the result of *attempt*, which is repeated after errors where that may help.

    *attempt* records its progress in its argument; *run* is the id of the run in the store.

    Raises:
        Locked: another writer holds the lock.
        OutcomeUnknown: a COMMIT got no answer, and the database cannot be asked about it.
        BackendError: another error, or the last of the repeated ones.
    """
    with patience() as left:
        tried = _Attempts(engine, left)
        while True:
            tried.made += 1
            noted = Attempt()
            try:
                return attempt(noted)
            except engine.errors as error:
                what = fault(error)
                tried.note(what, noted.step)
                if not tried.may_help(what):
                    raise _last(explained(error, engine), tried, run) from error
            except BackendError as error:
                if noted.step is not TransactionStep.CHECK or tried.since is None:
                    raise
                raise _last(error, tried, run) from error
            tried.pause()


def _last(error: BackendError, tried: _Attempts, run: str) -> BackendError:
    """Return the error for the user after the last attempt, which ended in *error*."""
    if tried.since is None:
        return error
    message = f"it is not known whether run `{run}` was made: {error}"
    hint = "later, look for the run in `rbac-sync audit log`; keep the secrets of new keys"
    return OutcomeUnknown(message, hint=hint)
