"""The rule about access between the first step and the last."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ...model import Role, label, place
from ...planning import Change, make
from ...planning.renames import follow, new_names
from ..access import Access
from ..context import GuardContext
from ..findings import Finding, RuleId
from ..passing_access import PassingAccess, only_adds


def transient(context: GuardContext) -> Iterator[Finding]:
    """At every step each principal holds only permissions that it holds before or after the plan.

    The last step is not checked, since its result is the outcome.
    """
    changes = [step.change for step in context.sound]
    if not only_adds(changes, context.live):
        yield from passing_access(context, changes)


def passing_access(context: GuardContext, changes: Sequence[Change]) -> Iterator[Finding]:
    """Make *changes* one after the other; yield the principals with passing access after each."""
    draft = context.live.draft()
    access = Access(draft, context.catalogue, context.outcome.alphabet)
    called = new_names(changes)
    between = PassingAccess(access, context.before, context.outcome, called)
    for change in changes[:-1]:
        make(draft, change)
        follow(called, change)
        if isinstance(change.resource, Role):
            access.roles.forget()
        for principal, scope, mask in between.given_by(change):
            names = ", ".join(f"`{n}`" for n in context.names(mask))
            who = f"`{label(principal)}` would for a moment hold in {place(scope)}: {names}"
            message = f"after `{change.address}`, {who}"
            hint = "put the change that takes it away first"
            yield context.finding(RuleId.TRANSIENT, change, message, hint, scope, mask)
