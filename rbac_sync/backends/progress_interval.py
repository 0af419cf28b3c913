"""The interval at which long work reports its progress."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

LOG = logging.getLogger("rbac_sync")
"""Its warnings go to standard error by default."""

INTERVAL = 10.0
"""Seconds between lines: CI systems end jobs without output for minutes."""


class Pace:
    """Decides when the next line is due; the first one is due after the interval."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock, self._next = clock, clock() + INTERVAL

    def is_due(self) -> bool:
        """Say whether a line is due, and begin the next interval if it is."""
        if (now := self._clock()) < self._next:
            return False
        self._next = now + INTERVAL
        return True
