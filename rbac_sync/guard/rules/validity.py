"""Rules about changes that are invalid in the state before them."""

from __future__ import annotations

from collections.abc import Iterator

from ...model import Action, label
from ...planning import Change, Writes
from ...planning.unseen import is_unseen
from ..context import GuardContext
from ..findings import Finding, RuleId


def invalid(context: GuardContext) -> Iterator[Finding]:
    """A change is one that rbac-sync makes; it begins from what is live and refers to it."""
    return _faults(context, RuleId.INVALID)


def builtin(context: GuardContext) -> Iterator[Finding]:
    """Built-in roles are neither changed, deleted nor imitated by name."""
    return _faults(context, RuleId.BUILTIN)


def in_use(context: GuardContext) -> Iterator[Finding]:
    """A role that somebody holds, invited people included, or another is based on, stays."""
    return _faults(context, RuleId.IN_USE)


def external(context: GuardContext) -> Iterator[Finding]:
    """The users of a team that a directory manages are not written, nor are they untied."""
    return _faults(context, RuleId.EXTERNAL)


def unsupported(context: GuardContext) -> Iterator[Finding]:
    """The backend can make every change."""
    yield from _faults(context, RuleId.UNSUPPORTED)
    if context.capabilities is None:
        return
    faults = context.judged(lambda facts: facts.fault)
    reported = {id(step.change) for step, fault in faults if fault.rule is RuleId.UNSUPPORTED}
    for change in context.plan.changes:
        for reason in () if id(change) in reported else context.capabilities.obstacles(change):
            yield context.finding(RuleId.UNSUPPORTED, change, reason, _instead(change))
    leaves = Writes.LEAVERS in context.capabilities.writes
    for step, leaver in context.judged(lambda facts: facts.leaver) if leaves else ():
        who = label(leaver.address)
        message = f"the service removes `{who}` from the account with its last workspace access"
        hint = "remove the member, or give it another account role"
        yield context.finding(RuleId.UNSUPPORTED, step.change, message, hint)


def unseen(context: GuardContext) -> Iterator[Finding]:
    """No change touches what the read of the account could not see."""
    live, start = (context.horizon, context.live), (context.start_horizon, context.start)
    for change in context.plan.changes if not context.horizon.is_whole else ():
        if is_unseen(change, *(live if change.action is Action.RENAME else start)):
            message = f"`{change.address}` touches what this key is not shown"
            hint = "use a key that sees all of the account; `rbac-sync whoami` says what it lacks"
            yield context.finding(RuleId.UNSEEN, change, message, hint)


def _instead(change: Change) -> str:
    if change.action is Action.RENAME:
        new = "take `renamed_from` out: the plan then creates the new one with what it holds"
        return f"{new}, and removes the old one where `[manage]` says so"
    return "leave this to the system itself, or take it out of the configuration"


def _faults(context: GuardContext, rule: RuleId) -> Iterator[Finding]:
    for step, fault in context.judged(lambda facts: facts.fault):
        if fault.rule == rule:
            yield context.finding(rule, step.change, fault.message, fault.hint)
