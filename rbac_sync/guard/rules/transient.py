"""The rule about what happens between the first step and the last."""

from __future__ import annotations

from collections.abc import Iterator

from ...model import (
    ACCOUNT,
    ANYWHERE,
    EVERYONE,
    Address,
    Binding,
    Kind,
    Role,
    ServiceAccount,
    State,
    Team,
    User,
    label,
    place,
)
from ...planning import Change, make
from ..access import Access
from ..findings import Finding
from ..inquiry import Inquiry
from ..value import members

Spot = tuple[Address, Address]
"""A principal and a scope."""


def transient(inquiry: Inquiry) -> Iterator[Finding]:
    """At every step each principal holds, permission by permission, only what it holds before or after the plan.

    Taking away never adds, so only what a step gives is looked at, from the
    second step on backwards to the first: the last one *is* the end.
    """
    changes = [step.change for step in inquiry.sound]
    if len(changes) < 2:  # noqa: PLR2004 - one step has nothing between
        return
    draft = inquiry.live.draft()
    between = Access(draft, inquiry.catalogue, inquiry.outcome.alphabet)
    passing = _Passing(inquiry.live, inquiry.outcome.state)
    for change in changes[:-1]:
        make(draft, change)
        if isinstance(change.resource, Role):
            between.roles.forget()
        for principal, scope in passing.spots(change, draft):
            held = between.potential(principal, scope)
            held &= ~inquiry.outcome.potential(principal, scope)
            if held and (flare := held & ~inquiry.before.potential(principal, scope)):
                names = ", ".join(f"`{n}`" for n in inquiry.names(flare))
                message = f"after `{change.address}`, `{label(principal)}` would for a moment hold in {place(scope)}: {names}"
                hint = "put the change that takes it away first"
                yield inquiry.finding("TRANSIENT", change, message, hint, scope, flare)


class _Passing:
    """Knows whom a change may give something, and where."""

    def __init__(self, first: State, last: State) -> None:
        come_and_go = first.of(User).keys() ^ last.of(User).keys()
        self._passing = sorted(come_and_go)

    def spots(self, change: Change, state: State) -> Iterator[Spot]:
        """Yield whom *change* may have given something in *state*, each spot at most a few times.

        Of everyone's users only those who come or go with the plan count: the
        others hold the default role before and after as well.
        """
        resource = change.after
        match resource:
            case Binding():
                yield from self._at(resource.principal, resource.scope, state)
            case Team():
                added = members(resource) - members(change.before)
                for binding in state.bindings_of(resource.address) if added else ():
                    yield from ((m.principal, binding.scope) for m in added)
            case User() | ServiceAccount() if change.brings:
                yield from ((resource.address, b.scope) for b in change.brings)
                yield resource.address, ANYWHERE
                for scope in state.scopes():
                    if EVERYONE in state.row(scope):
                        yield resource.address, scope
            case Role():
                for binding in state.bindings_with(resource.address):
                    yield from self._at(binding.principal, binding.scope, state)

    def _at(self, principal: Address, scope: Address, state: State) -> Iterator[Spot]:
        for who in (principal, *self._behind(principal, state)):
            yield who, scope
            if scope == ACCOUNT:
                yield who, ANYWHERE

    def _behind(self, principal: Address, state: State) -> Iterator[Address]:
        if principal.kind is Kind.TEAM:
            yield from (m.principal for m in members(state.get(principal)))
        elif principal == EVERYONE:
            yield from (user for user in self._passing if state.get(user))
