"""The whole path, in one direction; the only package that sees every stage.

``plan`` is ``review`` on fresh state; ``apply`` judges a saved plan again and
makes it; everything else only looks.
"""

from __future__ import annotations

from .apply import apply, change_by_hand, check_lost
from .configuration import STORE, Configuration, RunOptions, load, validate
from .new_keys import new_keys, unmade_keys
from .plan import Drift, Review, drift, outdated, plan, review
from .policy_tests import Tested, tested
from .queries import LiveAccount, TrailReport, history, live_account, remembered, snapshot, verify
from .saved_plan import revisit
from .undo import undo
from .webhook import tell

__all__ = [
    "STORE",
    "Configuration",
    "Drift",
    "LiveAccount",
    "Review",
    "RunOptions",
    "Tested",
    "TrailReport",
    "apply",
    "change_by_hand",
    "check_lost",
    "drift",
    "history",
    "live_account",
    "load",
    "new_keys",
    "outdated",
    "plan",
    "remembered",
    "review",
    "revisit",
    "snapshot",
    "tell",
    "tested",
    "undo",
    "unmade_keys",
    "validate",
    "verify",
]
