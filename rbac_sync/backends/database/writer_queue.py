"""The queue of the writers of one process to a SQLite file, in the order of their arrival.

*Why* not the lock of SQLite alone: it is only tried again from time to time, and some waiting
writers never get it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Lock

from ...errors import Locked

LONGEST = 30.0
"""The seconds that a writer waits for earlier writers of the same process."""


class Turns:
    """A lock that threads get in the order of their arrival."""

    def __init__(self) -> None:
        self._guard, self._is_held = Lock(), False
        self._waiting: deque[Event] = deque()

    def take(self, seconds: float) -> bool:
        """Wait for the lock for at most *seconds*; say whether this thread has it."""
        with self._guard:
            if not self._is_held:
                self._is_held = True
                return True
            mine = Event()
            self._waiting.append(mine)
        return mine.wait(seconds) or self._leave(mine)

    def give(self) -> None:
        """Give the lock to the next thread."""
        with self._guard:
            if self._waiting:
                self._waiting.popleft().set()
            else:
                self._is_held = False

    def _leave(self, mine: Event) -> bool:
        """Leave the queue; say whether this thread got the lock at the last moment."""
        with self._guard:
            if mine.is_set():
                return True
            self._waiting.remove(mine)
            return False


_turns: dict[str, Turns] = {}


@contextmanager
def turn(file: str) -> Iterator[None]:
    """Hold *file* as the only writer of this process, after all earlier writers.

    Raises:
        Locked: the earlier writers take too long.
    """
    turns = _turns.setdefault(file, Turns())
    if not turns.take(LONGEST):
        message = f"other writers have kept the store busy for {LONGEST:.0f} s"
        raise Locked(message, hint="ask again later")
    try:
        yield
    finally:
        turns.give()
