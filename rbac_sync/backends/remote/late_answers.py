"""Requests that wait for a response: a separate thread reports them, and ends them in time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from threading import Event, Lock, Thread

SILENCE = 5.0
"""Seconds after which a waiting request is reported."""

CHECK_INTERVAL = 0.25
"""Seconds between two checks of the waiting requests."""


class LateAnswers:
    """The requests that wait for a response: each is reported once, and ended at its deadline.

    *Why* one thread, started with the first request: a timer for each costs as much as sending it.
    """

    def __init__(self, say: Callable[[str], object], clock: Callable[[], float]) -> None:
        """Call *say* with the name of each request that waits for ``SILENCE``, as *clock* says."""
        self._say, self._clock = say, clock
        self._silent = dict[int, tuple[float, str]]()
        self._deadlines = dict[int, tuple[float, Callable[[], object]]]()
        self._numbers, self._ended, self._lock = count(), Event(), Lock()
        self._thread: Thread | None = None

    @contextmanager
    def during(self, name: str, deadline: float, end: Callable[[], object]) -> Iterator[None]:
        """Watch the request *name* while this context is open; call *end* from *deadline* on.

        *Why*: the limit of a read begins anew with each byte, and some answers never end.
        """
        number = next(self._numbers)
        with self._lock:
            self._silent[number] = self._clock() + SILENCE, name
            self._deadlines[number] = deadline, end
            self._begin()
        try:
            yield
        finally:
            with self._lock:
                self._silent.pop(number, None)
                del self._deadlines[number]

    def end(self) -> None:
        """Stop watching."""
        self._ended.set()

    def _begin(self) -> None:
        if self._thread is None:
            self._thread = Thread(target=self._watch, daemon=True)
            self._thread.start()

    def _watch(self) -> None:
        while not self._ended.wait(CHECK_INTERVAL):
            now = self._clock()
            with self._lock:
                for deadline, end in self._deadlines.values():
                    if now >= deadline:
                        end()
                late = {n: name for n, (due, name) in self._silent.items() if now >= due}
                for number in late:
                    del self._silent[number]
            for name in late.values():
                self._say(name)
