"""Requests that wait long for an answer: a thread of its own notices them."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from threading import Event, Lock, Thread

SILENCE = 5.0
"""Seconds: whoever waits longer is told so."""

CHECK_INTERVAL = 0.25
"""Seconds between two checks of what is waited for."""


class LateAnswers:
    """Notes requests that wait for an answer, and says once of each that waits too long.

    *Why* one thread, begun with the first request: a timer for each costs as much as sending it.
    """

    def __init__(self, say: Callable[[str], object]) -> None:
        """Give *say* the name of each request that is not answered in time."""
        self._say, self._waiting = say, dict[int, tuple[float, str]]()
        self._numbers, self._ended, self._lock = count(), Event(), Lock()
        self._thread: Thread | None = None

    @contextmanager
    def during(self, name: str) -> Iterator[None]:
        """Watch the request *name* as long as this is open."""
        number = next(self._numbers)
        self._waiting[number] = time.monotonic() + SILENCE, name
        self._begin()
        try:
            yield
        finally:
            self._waiting.pop(number, None)

    def end(self) -> None:
        """Watch nothing any more."""
        self._ended.set()

    def _begin(self) -> None:
        with self._lock:
            if self._thread is None:
                self._thread = Thread(target=self._watch, daemon=True)
                self._thread.start()

    def _watch(self) -> None:
        while not self._ended.wait(CHECK_INTERVAL):
            now = time.monotonic()
            for number, (due, name) in tuple(self._waiting.items()):
                if now >= due:
                    self._waiting.pop(number, None)
                    self._say(name)
