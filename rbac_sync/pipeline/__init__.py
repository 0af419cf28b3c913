"""The stages of a run, in one direction; the only package that imports every stage.

``plan`` is ``review`` on fresh state; ``apply`` judges a saved plan again and
makes its changes; all other stages only read.
"""

from __future__ import annotations

from .apply import ApplyRun, change_by_hand, check_lost
from .cached_plan import CachedPlanner
from .configuration import (
    STORE,
    WAIT,
    Configuration,
    RunOptions,
    load,
    load_root,
    name_of,
    of_sources,
    validate,
)
from .new_keys import new_keys, unmade_keys
from .plan import Drift, Review, drift, outdated, plan
from .policy_tests import run_policy_tests
from .projections import desired_account, past_account, planned_account
from .queries import (
    LiveAccount,
    history,
    last_touch,
    live_account,
    snapshot,
    snapshot_backend,
    verify,
)
from .saved_plan import review_saved
from .undo import undo
from .webhook import tell

__all__ = [
    "STORE",
    "WAIT",
    "ApplyRun",
    "CachedPlanner",
    "Configuration",
    "Drift",
    "LiveAccount",
    "Review",
    "RunOptions",
    "change_by_hand",
    "check_lost",
    "desired_account",
    "drift",
    "history",
    "last_touch",
    "live_account",
    "load",
    "load_root",
    "name_of",
    "new_keys",
    "of_sources",
    "outdated",
    "past_account",
    "plan",
    "planned_account",
    "review_saved",
    "run_policy_tests",
    "snapshot",
    "snapshot_backend",
    "tell",
    "undo",
    "unmade_keys",
    "validate",
    "verify",
]
