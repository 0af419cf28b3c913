"""A request to end a run."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class StopRequest:
    """A request to end a run after the step in hand, as a signal makes it.

    ``cause`` says what asked for it, such as ``SIGTERM``; it is empty until something does.
    ``is_heeded``: the run changes something, and looks between two steps whether it is to end.
    """

    cause: str = ""
    is_heeded: bool = False
