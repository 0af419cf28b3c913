"""The rule about what happens between the first step and the last."""

from __future__ import annotations

from collections.abc import Iterator

from ...model import Address, Role, label, place
from ...planning import make
from ..access import Access
from ..findings import Finding, RuleId
from ..inquiry import Inquiry
from ..spots import Spot, passers, spots


def transient(inquiry: Inquiry) -> Iterator[Finding]:
    """At every step each principal holds only permissions that it holds before or after the plan.

    Taking away never adds, so only what a step gives is looked at; after the
    last step nothing is between any more.
    """
    changes = [step.change for step in inquiry.sound]
    if len(changes) < 2:  # noqa: PLR2004 - one step has nothing between
        return
    draft = inquiry.live.draft()
    between = Access(draft, inquiry.catalogue, inquiry.outcome.alphabet)
    passing = passers(inquiry.live, inquiry.outcome.state)
    for change in changes[:-1]:
        make(draft, change)
        if isinstance(change.resource, Role):
            between.roles.forget()
        for principal, scope in dict.fromkeys(spots(change.after, change.before, draft, passing)):
            held, spot = between.potential(principal, scope), _called(principal, scope, inquiry)
            held &= ~inquiry.outcome.potential(*spot)
            if held and (flare := held & ~inquiry.before.potential(*spot)):
                names = ", ".join(f"`{n}`" for n in inquiry.names(flare))
                who = f"`{label(principal)}` would for a moment hold in {place(scope)}: {names}"
                message = f"after `{change.address}`, {who}"
                hint = "put the change that takes it away first"
                yield inquiry.finding(RuleId.TRANSIENT, change, message, hint, scope, flare)


def _called(principal: Address, scope: Address, inquiry: Inquiry) -> Spot:
    """Return the spot under the names of start and outcome, which a rename may still be to give."""
    return inquiry.called(principal), inquiry.called(scope)
