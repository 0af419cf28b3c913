"""The queue of the writers of one process to a SQLite file: first come, first served.

*Why* before SQLite's own lock: its waiters try again now and then, and some never meet it free.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Lock

from ...errors import Locked

LONGEST = 30.0
"""Seconds that a writer waits for those of its own process that came before it."""


class Turns:
    """A lock that its waiters get in the order in which they came."""

    def __init__(self) -> None:
        self._guard, self._is_held = Lock(), False
        self._waiting: deque[Event] = deque()

    def take(self, seconds: float) -> bool:
        """Wait for the lock for so many *seconds* at most; say whether it is ours now."""
        with self._guard:
            if not self._is_held:
                self._is_held = True
                return True
            mine = Event()
            self._waiting.append(mine)
        return mine.wait(seconds) or self._leave(mine)

    def give(self) -> None:
        """Let the next one have the lock."""
        with self._guard:
            if self._waiting:
                self._waiting.popleft().set()
            else:
                self._is_held = False

    def _leave(self, mine: Event) -> bool:
        """Leave the queue; say whether the lock came just then."""
        with self._guard:
            if mine.is_set():
                return True
            self._waiting.remove(mine)
            return False


_turns: dict[str, Turns] = {}


@contextmanager
def turn(file: str) -> Iterator[None]:
    """Wait until no other writer of this process has *file*, and keep the others waiting.

    Raises:
        Locked: it takes too long.

    """
    turns = _turns.setdefault(file, Turns())
    if not turns.take(LONGEST):
        message = f"other writers have kept the store busy for {LONGEST:.0f} s"
        raise Locked(message, hint="ask again later")
    try:
        yield
    finally:
        turns.give()
