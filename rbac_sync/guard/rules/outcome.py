"""The second check that no step gives access beyond the applier's authority; see ``gains``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ...model import Address, Resource, State, label, place
from ...planning.target_form import normal
from ..context import GuardContext
from ..findings import Finding, RuleId
from ..gains import Gains

REPORT = "this is a mistake in rbac-sync, and nothing was written: please report it"


def outcome(context: GuardContext) -> Iterator[Finding]:
    """No step gives anybody what lies beyond the applier, measured on effective access alone."""
    for step, _ in context.judged(lambda facts: facts.fault):
        message = f"`{step.change.address}` makes no sense, and no rule reports it"
        yield context.finding(RuleId.OUTCOME, step.change, message, REPORT)
    wall = Gains(context.live, context.catalogue, context.principals, context.now)
    for change in context.plan.changes:
        for who, scope, permission in sorted(wall.gains_beyond(change)):
            what = f"`{label(who)}` would hold `{permission}` in {place(scope)}"
            message = f"after `{change.address}`, {what}, beyond the applier; no rule reports it"
            yield context.finding(RuleId.OUTCOME, change, message, REPORT, scope)


def unlike_judged(context: GuardContext, made: State) -> Iterator[Finding]:
    """Yield a finding for each row of *made*, in normal form, that differs from the judged outcome.

    *made* is the live state after the changes of the plan.
    """
    judged = normal(context.outcome.state, context.catalogue)
    if judged == made:
        return
    one, other = (
        {r.address: r for r in (*state.resources(), *state.bindings())} for state in (judged, made)
    )
    yield from _unlike(one, other)


def unlike_judged_rows(context: GuardContext, made: State) -> Iterator[Finding]:
    """Yield as ``unlike_judged``, but only of the rows that the plan changes.

    It is for a plan of rows on which no other row depends. *made* may read its parts.
    """
    sides = (side for change in context.plan.changes for side in (change.before, change.after))
    rows = [side for side in sides if side is not None]
    one, other = (
        {r.address: state.find(r) for r in rows} for state in (context.outcome.state, made)
    )
    yield from _unlike(one, other)


def _unlike(
    judged: Mapping[Address, Resource | None], made: Mapping[Address, Resource | None]
) -> Iterator[Finding]:
    for address in sorted(judged.keys() | made.keys()):
        if judged.get(address) != made.get(address):
            message = f"`{address}` would not be as the guard has judged it"
            yield Finding(RuleId.OUTCOME, address, message, REPORT)
