"""The whole path, in one direction; the only package that sees every stage.

``plan`` is ``review`` on fresh state; ``apply`` judges a saved plan again and
makes it; everything else only looks.
"""

from __future__ import annotations

from .configuration import STORE, Configuration, Wish, load, validate
from .looking import Look, Verdict, history, look, remembered, snapshot, verify
from .making import apply, change_by_hand, check_lost, settle
from .review import Drift, Review, drift, outdated, plan, review
from .revisit import revisit
from .telling import tell
from .testing import Tested, tested
from .undoing import undo

__all__ = [
    "STORE",
    "Configuration",
    "Drift",
    "Look",
    "Review",
    "Tested",
    "Verdict",
    "Wish",
    "apply",
    "change_by_hand",
    "check_lost",
    "drift",
    "history",
    "load",
    "look",
    "outdated",
    "plan",
    "remembered",
    "review",
    "revisit",
    "settle",
    "snapshot",
    "tell",
    "tested",
    "undo",
    "validate",
    "verify",
]
