"""The guard: judges whether a plan may be applied. Pure functions, without input or output."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..deferred import deferred

if TYPE_CHECKING:
    from .access import Access, Path
    from .context import GuardContext
    from .findings import Finding, RuleId
    from .policy_tests.findings import finding_of, warnings
    from .rules import Entrance, examine
    from .rules.authority import could_apply
    from .rules.outcome import unlike_judged, unlike_judged_rows
    from .rules.registry import CODES, RULES
else:
    __getattr__ = deferred(
        __name__,
        {
            ".access": "Access Path",
            ".context": "GuardContext",
            ".findings": "Finding RuleId",
            ".rules": "Entrance examine",
            ".rules.authority": "could_apply",
            ".rules.outcome": "unlike_judged unlike_judged_rows",
            ".policy_tests.findings": "finding_of warnings",
            ".rules.registry": "CODES RULES",
        },
    )

__all__ = [
    "CODES",
    "RULES",
    "Access",
    "Entrance",
    "Finding",
    "GuardContext",
    "Path",
    "RuleId",
    "could_apply",
    "examine",
    "finding_of",
    "unlike_judged",
    "unlike_judged_rows",
    "warnings",
]
