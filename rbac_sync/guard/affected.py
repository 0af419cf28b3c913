"""The principals and scopes that a change concerns, and whether it concerns an authority."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from itertools import chain, product
from typing import assert_never

from ..model import (
    ACCOUNT,
    ACTORS,
    ANYWHERE,
    EVERYONE,
    Address,
    Binding,
    Key,
    ObjectAccess,
    Resource,
    Role,
    ServiceAccount,
    State,
    Status,
    Team,
    User,
    Workspace,
)
from ..model.overlay import differing
from ..planning import Change
from .granted import listed_only_in, members

Affected = tuple[Address, Address]
"""A principal and a scope."""

Block = tuple[tuple[Address, ...], tuple[Address, ...]]
"""Principals and scopes: every pair of one of the principals and one of the scopes."""


def affected_by(
    side: Resource | None, other: Resource | None, state: State, passing: Collection[Address]
) -> Iterator[Affected]:
    """Yield where *state* differs, or may differ, because it has *side* and not *other*."""
    for principals, scopes in blocks(side, other, state, passing):
        yield from product(principals, scopes)


def blocks(
    side: Resource | None, other: Resource | None, state: State, passing: Collection[Address]
) -> Iterable[Block]:
    """Return the same as ``affected_by``, as blocks of principals and scopes.

    Of everyone's users only those in *passing* are named: the ones that come
    or go with the plan. All others hold a default role as everyone does.
    """
    match side:
        case Binding():
            return (_at(side.principal, side.scope, state, passing),)
        case Key() | None:
            return ()  # a key gives its owner nothing
        case Team():
            joined = tuple({m.principal: None for m in members(side) - members(other)})
            if not joined:
                return ()
            return ((joined, (*state.scopes_of(side.address), *_objects(state, side.address))),)
        case User() | ServiceAccount():
            return _of_principal(side, other, state)
        case Role():
            return _of_role(side, state, passing)
        case Workspace():
            here = (side.address,)
            holders = state.row(side.address) if other is None else ()
            return [((who, *_behind(who, state, passing)), here) for who in holders]
        case ObjectAccess():
            return _of_list(side, other, state, passing)
        case _ as never:
            assert_never(never)


def blocks_of(
    change: Change, first: State, last: State, passing: Collection[Address]
) -> Iterable[Block]:
    """Return where access differs, or may, between *first* and *last* because of *change*."""
    after = blocks(change.after, change.before, last, passing)
    if change.before is None:
        return after
    return chain(after, blocks(change.before, change.after, first, passing))


def _of_role(side: Role, state: State, passing: Collection[Address]) -> Iterator[Block]:
    for role in (side.address, *state.roles_on(side.address)):
        for binding in state.bindings_with(role):
            yield _at(binding.principal, binding.scope, state, passing)


def _of_principal(
    side: User | ServiceAccount, other: Resource | None, state: State
) -> Iterator[Block]:
    """Yield where a principal has access that it does not have with *other*.

    Everything that it has if there is no *other*, or their status differs.
    """
    who = (side.address,)
    for scope in state.scopes_of(side.address):
        yield who, _reached_from(scope)
    if other is not None and _status(other) == _status(side):
        return
    if isinstance(side, User):
        yield who, tuple(state.scopes_of(EVERYONE))
    for team in state.teams_of(side.address):
        yield who, tuple(state.scopes_of(team.address))
    yield who, _objects(state, side.address, *state.memberships_of(side.address))


def _status(principal: Resource) -> Status:
    return principal.status if isinstance(principal, User) else Status.ACTIVE


def _of_list(
    side: ObjectAccess, other: Resource | None, state: State, passing: Collection[Address]
) -> Iterator[Block]:
    """Yield the principals on a level of only one list; for everyone, all principals there.

    Of the account roles only those count that imply a role in every workspace.
    """
    levels = listed_only_in(side, other)
    concerned = {who: None for _, principals in levels for who in sorted(principals)}
    if EVERYONE in concerned:
        concerned |= dict.fromkeys((*state.row(side.workspace), *_everywhere(state)))
    for who in concerned:
        yield (who, *_behind(who, state, passing)), (side.address,)


def _everywhere(state: State) -> Iterator[Address]:
    """Yield the principals whose account role implies a role in every workspace."""
    for role in state.of(Role).values():
        if role.implies:
            yield from state.holders(role.address, ACCOUNT)


def _objects(state: State, *holders: Address) -> tuple[Address, ...]:
    return tuple(listed.address for listed in state.lists_naming(*holders))


def _at(principal: Address, scope: Address, state: State, passing: Collection[Address]) -> Block:
    return (principal, *_behind(principal, state, passing)), _reached_from(scope)


def _reached_from(scope: Address) -> tuple[Address, ...]:
    """Return the scopes that a role held in *scope* may reach."""
    return (ACCOUNT, ANYWHERE) if scope == ACCOUNT else (scope,)


def _behind(principal: Address, state: State, passing: Collection[Address]) -> Iterable[Address]:
    if principal.kind in ACTORS:
        return ()
    if principal == EVERYONE:
        return filter(state.of(User).__contains__, passing)
    team = state.get(principal)
    return team.references if team else ()


def passers(first: State, last: State) -> list[Address]:
    """Return the users that come or go between two states, sorted."""
    return sorted(differing(first.of(User), last.of(User)))


def watched(principals: Iterable[Address], state: State) -> frozenset[Address]:
    """Return the holders on whose changes the authority of *principals* depends; see ``touches``.

    A change after which this set is another one also touches it.
    """
    teams = ((who, *state.memberships_of(who)) for who in principals)
    return frozenset({EVERYONE}).union(*teams)


def touches(change: Change, watched: Collection[Address]) -> bool:
    """Say whether the authority that depends on the holders *watched* may depend on *change*."""
    resource = change.resource
    match resource:
        case Binding():
            return resource.principal in watched
        case Team():
            touched = resource.references | (change.before or resource).references
            return not touched.isdisjoint(watched)
        case User() | ServiceAccount():
            return resource.address in watched
        case Key() | ObjectAccess():
            return False  # neither changes what the principal may do in a scope
        case Role() | Workspace():
            return change.before is not None
        case _ as never:
            assert_never(never)
