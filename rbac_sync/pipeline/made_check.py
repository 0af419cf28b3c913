"""The check, before the commit, that the account is as the guard judged it."""

from __future__ import annotations

from collections.abc import Sequence

from ..backends.interface import Writer
from ..errors import PlanRefused
from ..guard import GuardContext, unlike_judged, unlike_judged_alone
from ..model import Kind
from ..planning import Change
from ..planning.target_form import normal
from .queries import live_state

ALONE = frozenset({Kind.BINDING, Kind.KEY})
"""The kinds of rows on which no other row depends."""

FEW = 100
"""The most rows that are looked up one by one; for more, all that was judged is read again."""


def check_made(context: GuardContext, writer: Writer) -> None:
    """Check, before the commit, that the account is as the guard judged it.

    Raises:
        PlanRefused: it is not. Nothing is committed.
    """
    if are_single_rows(context.plan.changes):
        findings = list(unlike_judged_alone(context, live_state(writer)))
    else:
        findings = list(unlike_judged(context, normal(writer.read(), writer.catalogue)))
    if findings:
        raise PlanRefused(findings)


def are_single_rows(changes: Sequence[Change]) -> bool:
    """Say whether *changes* are of few rows, and no other row depends on these."""
    return len(changes) <= FEW and all(change.address.kind in ALONE for change in changes)
