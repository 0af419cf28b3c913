"""The rule about access between the first step and the last."""

from __future__ import annotations

from collections.abc import Iterator

from ...model import Role, label, place
from ...planning import make
from ..access import Access
from ..context import GuardContext
from ..findings import Finding, RuleId
from ..passing_access import PassingAccess, only_adds


def transient(context: GuardContext) -> Iterator[Finding]:
    """At every step each principal holds only permissions that it holds before or after the plan.

    The last step is not checked, since its result is the outcome.
    """
    if not only_adds(context.after_renames, context.start):
        yield from passing_access(context)


def passing_access(context: GuardContext) -> Iterator[Finding]:
    """Make the changes one after the other; yield who has passing access after each."""
    draft = context.start.draft()
    access = Access(draft, context.catalogue, context.outcome.alphabet)
    between = PassingAccess(access, context.before, context.outcome, context.now)
    for change in context.after_renames[:-1]:
        make(draft, change)
        if isinstance(change.resource, Role):
            access.roles.forget()
        for principal, scope, mask in sorted(between.given_by(change)):
            names = ", ".join(f"`{n}`" for n in context.names(mask))
            who = f"`{label(principal)}` would for a moment hold in {place(scope)}: {names}"
            message = f"after `{change.address}`, {who}"
            hint = "first make the change that takes this away"
            yield context.finding(RuleId.TRANSIENT, change, message, hint, scope, mask)
