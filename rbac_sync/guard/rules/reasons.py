"""The rule about reasons for roles that require one."""

from __future__ import annotations

from collections.abc import Iterator

from ...model import Address, Binding, Holding, Membership, Team, label, place
from ...model.resources import elements
from ...planning import Change
from ..context import GuardContext
from ..findings import Finding, RuleId
from .terms import WRITE_REASON, standing


def reason(context: GuardContext) -> Iterator[Finding]:
    """A grant of a role in `require_reason_for`, or a place in a team with one, has a reason.

    An unchanged grant without a reason is advice and not refused, unless the run is strict.
    Present members of a team need no reason of their own when the team gets such a role: the
    reason of the team's grant is enough.
    """
    required = context.policy.require_reason_for
    for step in context.sound if required else ():
        for what, role in _unexplained(step.change, context):
            message = f"{what} as `{role.key.partition('/')[2]}`, and no reason is given"
            yield context.finding(RuleId.REASON, step.change, message, WRITE_REASON)
    yield from standing(context, RuleId.REASON)


def _unexplained(change: Change, context: GuardContext) -> Iterator[tuple[str, Address]]:
    """Yield the gains of *change* without a reason, with the role that requires one."""
    known = elements(change.before)
    for resource in change.made:
        for element in sorted(elements(resource) - known, key=repr):
            if element.reason:
                continue
            match resource, element:
                case Binding(), Holding() if element.role in context.policy.require_reason_for:
                    who, where = label(resource.principal), place(resource.scope)
                    yield f"`{who}` would act in {where}", element.role
                case Team(), Membership():
                    yield from _by_team(element.principal, resource.address, context)
    for team in change.joins:
        yield from _by_team(change.address, team, context)


def _by_team(who: Address, team: Address, context: GuardContext) -> Iterator[tuple[str, Address]]:
    for binding in context.outcome.state.bindings_of(team):
        for role in sorted({h.role for h in binding.roles} & context.policy.require_reason_for):
            what = f"`{label(who)}` would act, through `{label(team)}`, in"
            yield f"{what} {place(binding.scope)}", role
