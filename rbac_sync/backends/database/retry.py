"""A transaction that the database lost is made again from the start, decisions included."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import Engine

from .faults import Fault, errors, explained, fault

T = TypeVar("T")

ATTEMPTS = 5
FIRST_PAUSE = 0.05
"""Seconds. Each pause is twice the one before, and shortened at random, so that rivals part."""


def retried(attempt: Callable[[], T], engine: Engine) -> T:
    """Return what *attempt* returns, making it again where the database says that this may help.

    A server that cannot be reached in the first place is not asked again: the
    address or the password may be wrong. One that was lost on the way is.

    Raises:
        Locked: somebody else holds the lock.
        BackendError: anything else, or the same for the last time.

    """
    helps = {Fault.AGAIN, Fault.LOST}
    for made in range(1, ATTEMPTS + 1):
        try:
            return attempt()
        except errors(engine) as error:
            if fault(error) not in helps or made == ATTEMPTS:
                raise explained(error, engine) from error
        helps.add(Fault.UNREACHABLE)
        time.sleep(FIRST_PAUSE * 2**made * random.uniform(0.5, 1))  # noqa: S311
    raise AssertionError("the last attempt returns or raises")
