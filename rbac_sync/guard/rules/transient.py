"""The rule about what happens between the first step and the last."""

from __future__ import annotations

from collections.abc import Iterator

from ...model import Role, label, place
from ...planning import make
from ...planning.renaming import follow, new_names
from ..access import Access
from ..between import Between
from ..findings import Finding, RuleId
from ..inquiry import Inquiry


def transient(inquiry: Inquiry) -> Iterator[Finding]:
    """At every step each principal holds only permissions that it holds before or after the plan.

    After the last step nothing is between any more.
    """
    changes = [step.change for step in inquiry.sound]
    if len(changes) < 2:  # noqa: PLR2004 - one step has nothing between
        return
    draft = inquiry.live.draft()
    access = Access(draft, inquiry.catalogue, inquiry.outcome.alphabet)
    called = new_names(changes)
    between = Between(access, inquiry.before, inquiry.outcome, called)
    for change in changes[:-1]:
        make(draft, change)
        follow(called, change)
        if isinstance(change.resource, Role):
            access.roles.forget()
        for principal, scope, flare in between.flares(change):
            names = ", ".join(f"`{n}`" for n in inquiry.names(flare))
            who = f"`{label(principal)}` would for a moment hold in {place(scope)}: {names}"
            message = f"after `{change.address}`, {who}"
            hint = "put the change that takes it away first"
            yield inquiry.finding(RuleId.TRANSIENT, change, message, hint, scope, flare)
