"""A request to end a run."""

from __future__ import annotations

from .dataclasses import dataclass


@dataclass
class StopRequest:
    """A request to end a run after the current step, such as a signal makes.

    ``cause`` names its source, such as ``SIGTERM``; empty if there is no request.
    ``is_heeded``: the run makes changes, and checks for a request between two steps.
    """

    cause: str = ""
    is_heeded: bool = False
