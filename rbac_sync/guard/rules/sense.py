"""Rules about changes that make no sense where they stand."""

from __future__ import annotations

from collections.abc import Iterator

from ...model import Action, label
from ...planning import Change
from ...planning.unseen import is_unseen
from ..findings import Finding, RuleId
from ..inquiry import Inquiry


def invalid(inquiry: Inquiry) -> Iterator[Finding]:
    """A change is one that rbac-sync makes; it begins from what is live and refers to it."""
    return _faults(inquiry, RuleId.INVALID)


def builtin(inquiry: Inquiry) -> Iterator[Finding]:
    """Built-in roles are neither changed, deleted nor imitated by name."""
    return _faults(inquiry, RuleId.BUILTIN)


def in_use(inquiry: Inquiry) -> Iterator[Finding]:
    """A role that somebody holds, invited people included, or another is based on, stays."""
    return _faults(inquiry, RuleId.IN_USE)


def external(inquiry: Inquiry) -> Iterator[Finding]:
    """The users of a team that a directory manages are not written, nor are they untied."""
    return _faults(inquiry, RuleId.EXTERNAL)


def unsupported(inquiry: Inquiry) -> Iterator[Finding]:
    """The backend can make every change."""
    if inquiry.capabilities is None:
        return
    for change in inquiry.plan.changes:
        for reason in inquiry.capabilities.obstacles(change):
            yield inquiry.finding(RuleId.UNSUPPORTED, change, reason, _instead(change))
    if inquiry.capabilities.leavers:
        yield from _leavers(inquiry)


def unseen(inquiry: Inquiry) -> Iterator[Finding]:
    """No change touches what the read of the account could not see."""
    for change in inquiry.plan.changes if not inquiry.horizon.is_whole else ():
        is_rename = change.action is Action.RENAME
        if is_unseen(change, inquiry.horizon, inquiry.live if is_rename else inquiry.start):
            message = f"`{change.address}` touches what this key is not shown"
            hint = "use a key that sees all of the account; `rbac-sync whoami` says what it lacks"
            yield inquiry.finding(RuleId.UNSEEN, change, message, hint)


def _instead(change: Change) -> str:
    if change.action is Action.RENAME:
        new = "take `renamed_from` out: the plan then creates the new one with what it holds"
        return f"{new}, and removes the old one where `[manage]` says so"
    return "leave this to the system itself, or take it out of the configuration"


def _leavers(inquiry: Inquiry) -> Iterator[Finding]:
    for step in inquiry.sound:
        if step.leaver:
            who = label(step.leaver.address)
            message = f"the service removes `{who}` from the account with its last workspace access"
            hint = "remove the member, or give it another account role"
            yield inquiry.finding(RuleId.UNSUPPORTED, step.change, message, hint)


def _faults(inquiry: Inquiry, rule: RuleId) -> Iterator[Finding]:
    for step in inquiry.steps:
        if step.fault and step.fault.rule == rule:
            yield inquiry.finding(rule, step.change, step.fault.message, step.fault.hint)
