"""The HTTP status of each finding of the guard."""

from __future__ import annotations

from ..guard import Finding
from ..planning import Change
from .read_view import ReadView
from .refusals import Conflict, InvalidRequest, Missing, NotAllowed, Refusal

FIRST = frozenset({"NO_AUTHORITY", "CAPABILITY"})
"""The rules on the caller. If one refuses, no other finding is in the response.
*Why*: findings of other rules reveal resources and holdings.
"""


def refusal(findings: list[Finding], changes: tuple[Change, ...], view: ReadView) -> Refusal:
    """Return the refusal for *findings*: those of permissions before those of other rules."""
    barred = [finding for finding in findings if finding.rule in FIRST]
    message = "; ".join(dict.fromkeys(finding.message for finding in barred or findings))
    rules = {finding.rule for finding in findings}
    if rules - {"INVALID", "IN_USE"}:
        return NotAllowed(message)
    if "IN_USE" in rules or any(_exists(change, view) for change in changes):
        return Conflict(message)
    if any(change.before and view.state.find(change.before) is None for change in changes):
        return Missing(message)
    return InvalidRequest(message)


def _exists(change: Change, view: ReadView) -> bool:
    before, after = change.before, change.after
    if after is None or (before and before.address == after.address):
        return False
    return view.state.find(after) is not None
