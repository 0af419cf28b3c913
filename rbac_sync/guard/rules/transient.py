"""The rule about what happens between the first step and the last."""

from __future__ import annotations

from collections.abc import Iterator

from ...model import Role, label, place
from ...planning import make
from ...planning.renames import follow, new_names
from ..access import Access
from ..context import GuardContext
from ..findings import Finding, RuleId
from ..passing_access import PassingAccess


def transient(context: GuardContext) -> Iterator[Finding]:
    """At every step each principal holds only permissions that it holds before or after the plan.

    After the last step nothing is between any more.
    """
    changes = [step.change for step in context.sound]
    if len(changes) < 2:  # noqa: PLR2004 - one step has nothing between
        return
    draft = context.live.draft()
    access = Access(draft, context.catalogue, context.outcome.alphabet)
    called = new_names(changes)
    between = PassingAccess(access, context.before, context.outcome, called)
    for change in changes[:-1]:
        make(draft, change)
        follow(called, change)
        if isinstance(change.resource, Role):
            access.roles.forget()
        for principal, scope, flare in between.flares(change):
            names = ", ".join(f"`{n}`" for n in context.names(flare))
            who = f"`{label(principal)}` would for a moment hold in {place(scope)}: {names}"
            message = f"after `{change.address}`, {who}"
            hint = "put the change that takes it away first"
            yield context.finding(RuleId.TRANSIENT, change, message, hint, scope, flare)
