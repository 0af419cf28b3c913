"""The check, before the commit, that the account is as the guard judged it."""

from __future__ import annotations

from collections.abc import Sequence

from ..backends.interface import Writer
from ..errors import PlanRefused
from ..guard import GuardContext, unlike_judged, unlike_judged_rows
from ..model import Binding, Key, State
from ..planning import Change
from ..planning.target_form import normal
from .queries import live_state

ALONE = (Binding, Key)
"""The classes of rows on which no other row depends."""

FEW = 100
"""The most rows that are looked up one by one; for more, all that was judged is read again."""


def live_before(writer: Writer, changes: Sequence[Change]) -> State:
    """Return the live state, in normal form, on which *changes* are judged.

    For single rows it reads its parts when they are needed. *Why* only for these: ``check_made``
    compares all rows for others, and a part that is read after the writes shows what was written.
    """
    live = live_state(writer) if are_single_rows(changes) else writer.read()
    return normal(live, writer.catalogue)


def check_made(context: GuardContext, writer: Writer) -> None:
    """Check, before the commit, that the account is as the guard judged it.

    Raises:
        PlanRefused: it is not. Nothing is committed.
    """
    if are_single_rows(context.plan.changes):
        findings = list(unlike_judged_rows(context, live_state(writer)))
    else:
        findings = list(unlike_judged(context, normal(writer.read(), writer.catalogue)))
    if findings:
        raise PlanRefused(findings)


def are_single_rows(changes: Sequence[Change]) -> bool:
    """Say whether *changes* are of few rows, and no other row depends on these.

    Each side of a change counts, since a plan from a file may have sides of two kinds.
    """
    return len(changes) <= FEW and all(map(_is_single_row, changes))


def _is_single_row(change: Change) -> bool:
    sides = (side for side in (change.before, change.after) if side is not None)
    return not (change.brings or change.joins) and all(isinstance(each, ALONE) for each in sides)
