"""The interval at which long work says how far it is."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

LOG = logging.getLogger("rbac_sync")
"""Its warnings go to standard error, where nobody says otherwise."""

INTERVAL = 10.0
"""Seconds: CI systems end jobs that say nothing for minutes."""


class Pace:
    """Says when the next line is due; the first one after the interval."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock, self._next = clock, clock() + INTERVAL

    def is_due(self) -> bool:
        """Say whether a line is due, and begin the next interval if it is."""
        if (now := self._clock()) < self._next:
            return False
        self._next = now + INTERVAL
        return True
