"""How the cost of a work grows with the number of things, in calls of functions.

Calls are the same on every machine.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping

FEW, TIMES = 16, 4
MOST = 1.5 * TIMES
"""The largest growth of the calls, where there are ``TIMES`` as many things. A cost for each pair
of things would grow by the square of ``TIMES``."""


def calls(work: Callable[[], object]) -> int:
    """Return how many functions *work* calls."""
    number = 0

    def count(_frame: object, event: str, _argument: object) -> None:
        nonlocal number
        number += event == "call"

    sys.setprofile(count)
    try:
        work()
    finally:
        sys.setprofile(None)
    return number


def too_large(few: Mapping[str, int], many: Mapping[str, int]) -> dict[str, float]:
    """Return the growth of each part from *few* calls to *many* that is larger than ``MOST``."""
    growth = {part: round(many[part] / few[part], 1) for part in few}
    return {part: times for part, times in growth.items() if times > MOST}
