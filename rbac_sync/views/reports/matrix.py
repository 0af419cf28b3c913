"""The access matrix of the HTML report: each principal in each scope, before and after."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

from ...guard import GuardContext
from ...guard.effects import Effect, one_by_one
from ...model import (
    ACCOUNT,
    ANYWHERE,
    EVERYONE,
    Address,
    Kind,
    Role,
    ServiceAccount,
    State,
    Status,
    Team,
    User,
    Workspace,
    label,
    place,
)
from .role_badges import RoleBadge, figures
from .tables import NONE, Cell, ReportTables, Side

JsonObject = dict[str, Any]

GROUPS: Mapping[Kind, str] = {
    Kind.EVERYONE: "Everyone",
    Kind.USER: "Users",
    Kind.SERVICE_ACCOUNT: "Service accounts",
    Kind.TEAM: "Teams",
}


class Matrix:
    """The access matrix of a plan; *effects* give the places that cause a difference."""

    def __init__(self, context: GuardContext, effects: Iterable[Effect]) -> None:
        self._tables = ReportTables(context.outcome.alphabet, context.catalogue)
        self._display = context.catalogue.display
        sides = (context.before, context.outcome)
        self._figures = _figures(context)
        self._roles = {figure.role.address: n for n, figure in enumerate(self._figures)}
        self._before, self._after = (
            Side(side, self._tables, self._roles, context.now) for side in sides
        )
        self._states = tuple(side.state for side in sides)
        self._places = {
            (effect.principal, effect.scope): effect.places for effect in one_by_one(effects)
        }

    def to_json(self) -> JsonObject:
        """Return the matrix as JSON: rows, scopes, roles and tables."""
        scopes = [ACCOUNT, *self._all(Workspace)]
        return {
            "roles": [self._role(figure) for figure in self._figures],
            "scopes": [self._scope(scope) for scope in scopes],
            "principals": [self._row(who, scopes) for who in self._principals()],
            **self._tables.to_json(),
        }

    def _all(self, kind: type[Any]) -> list[Address]:
        return sorted({address for state in self._states for address in state.of(kind)})

    def _principals(self) -> Iterator[Address]:
        if any(EVERYONE in state.row(at) for state in self._states for at in state.scopes()):
            yield EVERYONE
        for kind in (User, ServiceAccount, Team):
            yield from self._all(kind)

    def _row(self, principal: Address, scopes: Sequence[Address]) -> JsonObject:
        cells = [self._cell(principal, scope) for scope in scopes]
        places = {
            n: self._causes(principal, scopes[n]) for n, cell in enumerate(cells) if cell.differs
        }
        return {
            "name": label(principal),
            "group": GROUPS[principal.kind],
            "note": "; ".join(self._notes(principal)),
            "cells": [self._tables.cell(cell) for cell in cells],
            "places": {n: lines for n, lines in places.items() if lines},
        }

    def _cell(self, principal: Address, scope: Address) -> Cell:
        was, will = (
            self._before.visible_access(principal, scope),
            self._after.visible_access(principal, scope),
        )
        gained = self._tables.granted(will.mask & ~was.mask)
        lost = self._tables.granted(was.mask & ~will.mask)
        return Cell(was.role, will.role, was.ways, will.ways, gained, lost)

    def _causes(self, principal: Address, scope: Address) -> list[str]:
        """Return the places that make *principal* gain or lose access in *scope*, sorted."""
        cells = [(principal, scope), *([] if scope == ACCOUNT else [(principal, ANYWHERE)])]
        cells += [(EVERYONE, scope)] if principal.kind is Kind.USER else []
        places = chain.from_iterable(self._places.get(cell, ()) for cell in cells)
        return [f"{cause.file}:{cause.line}" for cause in sorted(set(places))]

    def _notes(self, principal: Address) -> Iterator[str]:
        was, will = (_status(principal, state) for state in self._states)
        yield from filter(None, [self._passing(principal)])
        if was and will and was is not will:
            yield f"{was}, will be {will}"
        elif (status := will or was) and status is not Status.ACTIVE:
            yield str(status)

    def _passing(self, address: Address) -> str:
        """Return a note if *address* is created or deleted by the plan, else nothing."""
        was, will = (state.knows(address) for state in self._states)
        return "" if was == will else "new" if will else "will be gone"

    def _scope(self, scope: Address) -> JsonObject:
        name = "account" if scope == ACCOUNT else scope.key
        return {"name": name, "place": place(scope), "note": self._passing(scope)}

    def _role(self, figure: RoleBadge) -> JsonObject:
        role = figure.role
        before, after = (self._grants(role.address, side) for side in (self._before, self._after))
        return {
            "name": role.name,
            "title": self._display.get(role.address, role.name),
            "level": str(role.level),
            "custom": not role.builtin,
            "description": role.description,
            "sign": figure.sign,
            "shade": figure.shade,
            "column": figure.column,
            "base": sorted(self._roles[a] for a in role.base & self._roles.keys()),
            "implies": sorted(self._roles[a] for a in role.implies & self._roles.keys()),
            "before": before,
            "after": after,
        }

    def _grants(self, role: Address, side: Side) -> int:
        """Return the number of the set that *role* grants; ``NONE`` if the role is missing."""
        resource = side.state.get(role)
        if not isinstance(resource, Role):
            return NONE
        return self._tables.granted(side.access.roles.of(resource))


def _figures(context: GuardContext) -> list[RoleBadge]:
    """Return the badges of all roles, after the plan, or before it for deleted roles."""
    roles = {**context.before.state.of(Role), **context.outcome.state.of(Role)}
    catalogue = context.catalogue
    widths = {a: len(catalogue.expanded(role, roles.get)) for a, role in roles.items()}
    return figures(list(roles.values()), widths)


def _status(principal: Address, state: State) -> Status | None:
    user = state.get(principal)
    return user.status if isinstance(user, User) else None
