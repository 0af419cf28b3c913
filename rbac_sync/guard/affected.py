"""The principals and scopes that one side of a change concerns."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import assert_never

from ..model import (
    ACCOUNT,
    ANYWHERE,
    EVERYONE,
    Address,
    Binding,
    Key,
    Kind,
    Resource,
    Role,
    ServiceAccount,
    State,
    Team,
    User,
    Workspace,
)
from .granted import members

Affected = tuple[Address, Address]
"""A principal and a scope."""


def affected_by(
    side: Resource | None, other: Resource | None, state: State, passing: Collection[Address]
) -> Iterator[Affected]:
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
            yield from _of_principal(side, other, state, passing)
        case Role():
            for binding in state.bindings_with(side.address):
                yield from _at(binding.principal, binding.scope, state, passing)
        case Workspace():
            row = state.row(side.address) if other is None else ()
            yield from (
                affected for who in row for affected in _at(who, side.address, state, passing)
            )
        case Key() | None:
            pass  # a key gives its owner nothing
        case _ as never:
            assert_never(never)


def _of_principal(
    side: User | ServiceAccount,
    other: Resource | None,
    state: State,
    passing: Collection[Address],
) -> Iterator[Affected]:
    for binding in state.bindings_of(side.address):
        yield from _at(side.address, binding.scope, state, passing)
    if isinstance(side, User) and other is None:
        yield from ((side.address, scope) for scope in state.scopes_of(EVERYONE))
    for team in state.teams_of(side.address) if other is None else ():
        yield from ((side.address, binding.scope) for binding in state.bindings_of(team.address))


def _of_members(side: Team, other: Resource | None, state: State) -> Iterator[Affected]:
    concerned = members(side) - members(other)
    for binding in state.bindings_of(side.address) if concerned else ():
        yield from ((member.principal, binding.scope) for member in concerned)


def _at(
    principal: Address, scope: Address, state: State, passing: Collection[Address]
) -> Iterator[Affected]:
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
