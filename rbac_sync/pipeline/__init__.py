"""The stages of a run, in one direction; the only package that imports every stage.

``plan`` is ``review`` on fresh state; ``apply`` judges a saved plan again and
makes its changes; all other stages only read. The names here are those that a plan needs, each
imported when it is first used; any other stage is imported from its module.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..deferred import deferred

if TYPE_CHECKING:
    from .cached_plan import CachedPlanner
    from .configuration import (
        STORE,
        Configuration,
        load,
        load_root,
        name_of,
        of_sources,
        validate,
    )
    from .drift_plan import Drift, drift
    from .fresh_plan import outdated, plan
    from .review import Review
    from .run_options import RunOptions
else:
    __getattr__ = deferred(
        __name__,
        {
            ".cached_plan": "CachedPlanner",
            ".configuration": "STORE Configuration load load_root name_of of_sources validate",
            ".drift_plan": "Drift drift",
            ".fresh_plan": "outdated plan",
            ".review": "Review",
            ".run_options": "RunOptions",
        },
    )

__all__ = [
    "STORE",
    "CachedPlanner",
    "Configuration",
    "Drift",
    "Review",
    "RunOptions",
    "drift",
    "load",
    "load_root",
    "name_of",
    "of_sources",
    "outdated",
    "plan",
    "validate",
]
