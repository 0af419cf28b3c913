"""May this plan be applied? Pure: a plan and an applier in, findings out."""

from __future__ import annotations

from .access import Access, Path
from .findings import Finding, RuleId
from .inquiry import Inquiry
from .rules import CODES, RULES, Entrance, examine
from .rules.outcome import unlike_judged

__all__ = [
    "CODES",
    "RULES",
    "Access",
    "Entrance",
    "Finding",
    "Inquiry",
    "Path",
    "RuleId",
    "examine",
    "unlike_judged",
]
