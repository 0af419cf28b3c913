"""Requests that wait long for a response: a separate thread reports them."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from threading import Event, Lock, Thread

SILENCE = 5.0
"""Seconds after which a waiting request is reported."""

CHECK_INTERVAL = 0.25
"""Seconds between two checks of the waiting requests."""


class LateAnswers:
    """The requests that wait for a response; each that waits too long is reported once.

    *Why* one thread, started with the first request: a timer for each costs as much as sending it.
    """

    def __init__(self, say: Callable[[str], object]) -> None:
        """Call *say* with the name of each request that waits too long."""
        self._say, self._waiting = say, dict[int, tuple[float, str]]()
        self._numbers, self._ended, self._lock = count(), Event(), Lock()
        self._thread: Thread | None = None

    @contextmanager
    def during(self, name: str) -> Iterator[None]:
        """Watch the request *name* while this context is open."""
        number = next(self._numbers)
        self._waiting[number] = time.monotonic() + SILENCE, name
        self._begin()
        try:
            yield
        finally:
            self._waiting.pop(number, None)

    def end(self) -> None:
        """Stop watching."""
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
