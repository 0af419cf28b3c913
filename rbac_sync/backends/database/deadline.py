"""The deadline of a command for a database that does not answer, all attempts together."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from enum import Enum

TOTAL = 60.0
"""Seconds."""

SHORTEST = 2.0
"""Seconds below which no connection is tried. Source: libpq, ``connect_timeout``."""


class WaitStage(Enum):
    """The step that a database was to answer, in the words of a message."""

    CONNECT = "to connect"
    STATEMENT = "for the answer to a statement"
    COMMIT = "for the answer to COMMIT"


@dataclass(frozen=True, slots=True)
class Silence:
    """A wait that was given up: for what, and after how many seconds."""

    stage: WaitStage
    seconds: float

    def __str__(self) -> str:
        return f"waited {self.seconds:.0f} s {self.stage.value}"


@dataclass(slots=True)
class Patience:
    """The time left for waits in vain; waits that were answered take none of it."""

    left: float

    @property
    def is_over(self) -> bool:
        """Say whether there is no time for another connection."""
        return self.left < SHORTEST


_current: ContextVar[Patience | None] = ContextVar("patience", default=None)


@contextmanager
def patience() -> Iterator[Patience]:
    """Let all waits inside share ``TOTAL`` seconds."""
    made = Patience(TOTAL)
    token = _current.set(made)
    try:
        yield made
    finally:
        _current.reset(token)


def bounded(limit: float | None) -> float | None:
    """Return *limit*, or what is left if that is less; None is without end."""
    current = _current.get()
    if current is None:
        return limit
    return current.left if limit is None else min(limit, current.left)


def waited(seconds: float) -> None:
    """Note that so many *seconds* were waited in vain."""
    if current := _current.get():
        current.left -= seconds
