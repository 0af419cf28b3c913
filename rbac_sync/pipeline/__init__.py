"""The stages of a run, in one direction; the only package that imports every stage.

``plan`` is ``review`` on fresh state; ``apply`` judges a saved plan again and
makes its changes; all other stages only read. The names here are those that a plan needs; any
other stage is imported from its module, since most runs do without.
"""

from __future__ import annotations

from .cached_plan import CachedPlanner
from .configuration import (
    STORE,
    Configuration,
    RunOptions,
    load,
    load_root,
    name_of,
    of_sources,
    validate,
)
from .plan import Drift, Review, drift, outdated, plan

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
