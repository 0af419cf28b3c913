"""The deadline of a command for a database that does not answer, all attempts together."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from enum import Enum

from ...dataclasses import dataclass
from ...named_tuples import NamedTuple

TOTAL = 60.0
"""Seconds."""

SHORTEST = 2.0
"""Seconds below which no connection is tried. Source: libpq, ``connect_timeout``."""


class WaitStage(Enum):
    """The step for which a database gave no answer, in the words of a message."""

    CONNECT = "to connect"
    STATEMENT = "for the answer to a statement"
    COMMIT = "for the answer to COMMIT"


class Silence(NamedTuple):
    """A wait without an answer: its step, and its length in seconds."""

    stage: WaitStage
    seconds: float

    def __str__(self) -> str:
        return f"waited {self.seconds:.0f} s {self.stage.value}"


class NotConnected(Exception):
    """No connection to the server was made; *silence* is the wait, if it did not answer."""

    def __init__(self, text: str, silence: Silence | None) -> None:
        super().__init__(text)
        self.silence = silence


@dataclass(slots=True)
class Patience:
    """The seconds left for waits without an answer; answered waits do not count."""

    left: float

    @property
    def is_over(self) -> bool:
        """Say whether too little time is left for another connection."""
        return self.left < SHORTEST


_current: ContextVar[Patience | None] = ContextVar("patience", default=None)


@contextmanager
def patience() -> Iterator[Patience]:
    """Limit all waits in this context to ``TOTAL`` seconds together."""
    made = Patience(TOTAL)
    token = _current.set(made)
    try:
        yield made
    finally:
        _current.reset(token)


def bounded(limit: float | None) -> float | None:
    """Return *limit*, or the seconds that are left if that is less; None means no limit."""
    current = _current.get()
    if current is None:
        return limit
    return current.left if limit is None else min(limit, current.left)


def waited(seconds: float) -> None:
    """Count *seconds* of a wait without an answer."""
    if current := _current.get():
        current.left -= seconds
