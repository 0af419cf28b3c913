"""Whom one side of a change concerns, and where: the spots to look at for what it means."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from ..model import (
    ACCOUNT,
    ANYWHERE,
    EVERYONE,
    Address,
    Binding,
    Kind,
    Resource,
    Role,
    ServiceAccount,
    State,
    Team,
    User,
    Workspace,
)
from .value import members

Spot = tuple[Address, Address]
"""A principal and a scope."""


def spots(
    side: Resource | None, other: Resource | None, state: State, passing: Collection[Address]
) -> Iterator[Spot]:
    """Yield where *state* differs, or may differ, because it has *side* and not *other*.

    Of everyone's users only those in *passing* are named: the ones that come
    or go with the plan. All others hold a default role as everyone does.
    """
    match side:
        case Binding():
            yield from _at(side.principal, side.scope, state, passing)
        case Team():
            yield from _of_members(side, other, state)
        case User() | ServiceAccount():
            for binding in state.bindings_of(side.address):
                yield from _at(side.address, binding.scope, state, passing)
            if isinstance(side, User) and other is None:
                yield from ((side.address, s) for s in state.scopes() if EVERYONE in state.row(s))
        case Role():
            for binding in state.bindings_with(side.address):
                yield from _at(binding.principal, binding.scope, state, passing)
        case Workspace() if other is None:
            for principal in state.row(side.address):
                yield from _at(principal, side.address, state, passing)


def _of_members(side: Team, other: Resource | None, state: State) -> Iterator[Spot]:
    concerned = members(side) - members(other)
    for binding in state.bindings_of(side.address) if concerned else ():
        yield from ((member.principal, binding.scope) for member in concerned)


def _at(
    principal: Address, scope: Address, state: State, passing: Collection[Address]
) -> Iterator[Spot]:
    for who in (principal, *_behind(principal, state, passing)):
        yield who, scope
        if scope == ACCOUNT:
            yield who, ANYWHERE


def _behind(principal: Address, state: State, passing: Collection[Address]) -> Iterator[Address]:
    if principal.kind is Kind.TEAM:
        yield from (m.principal for m in members(state.get(principal)))
    elif principal == EVERYONE:
        yield from (user for user in passing if state.get(user))


def passers(first: State, last: State) -> list[Address]:
    """Return the users that come or go between two states, sorted."""
    return sorted(first.of(User).keys() ^ last.of(User).keys())
