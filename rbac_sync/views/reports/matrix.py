"""Each principal beside each scope, before a plan and after it: what the report shows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

from ...guard import GuardContext
from ...guard.effects import Effect
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

Shown = dict[str, Any]

GROUPS: Mapping[Kind, str] = {
    Kind.EVERYONE: "Everyone",
    Kind.USER: "Users",
    Kind.SERVICE_ACCOUNT: "Service accounts",
    Kind.TEAM: "Teams",
}


class Matrix:
    """The matrix of *context*'s plan, in JSON's own types; *effects* know which lines cause it."""

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
        self._places = {(effect.principal, effect.scope): effect.places for effect in effects}

    def shown(self) -> Shown:
        """Return the rows, the scopes and roles that they speak of, and the tables."""
        scopes = [ACCOUNT, *self._all(Workspace)]
        return {
            "roles": [self._role(figure) for figure in self._figures],
            "scopes": [self._scope(scope) for scope in scopes],
            "principals": [self._row(who, scopes) for who in self._principals()],
            **self._tables.shown(),
        }

    def _all(self, kind: type[Any]) -> list[Address]:
        return sorted({address for state in self._states for address in state.of(kind)})

    def _principals(self) -> Iterator[Address]:
        if any(EVERYONE in state.row(at) for state in self._states for at in state.scopes()):
            yield EVERYONE
        for kind in (User, ServiceAccount, Team):
            yield from self._all(kind)

    def _row(self, who: Address, scopes: Sequence[Address]) -> Shown:
        cells = [self._cell(who, scope) for scope in scopes]
        places = {n: self._causes(who, scopes[n]) for n, cell in enumerate(cells) if cell.differs}
        return {
            "name": label(who),
            "group": GROUPS[who.kind],
            "note": "; ".join(self._notes(who)),
            "cells": [self._tables.cell(cell) for cell in cells],
            "places": {n: found for n, found in places.items() if found},
        }

    def _cell(self, who: Address, scope: Address) -> Cell:
        was, will = self._before.look(who, scope), self._after.look(who, scope)
        gained = self._tables.granted(will.mask & ~was.mask)
        lost = self._tables.granted(was.mask & ~will.mask)
        return Cell(was.role, will.role, was.ways, will.ways, gained, lost)

    def _causes(self, who: Address, scope: Address) -> list[str]:
        """Return the lines that make *who* gain or lose something in *scope*, sorted."""
        spots = [(who, scope), *([] if scope == ACCOUNT else [(who, ANYWHERE)])]
        spots += [(EVERYONE, scope)] if who.kind is Kind.USER else []
        places = chain.from_iterable(self._places.get(spot, ()) for spot in spots)
        return [f"{found.file}:{found.line}" for found in sorted(set(places))]

    def _notes(self, who: Address) -> Iterator[str]:
        was, will = (_status(who, state) for state in self._states)
        yield from filter(None, [self._passing(who)])
        if was and will and was is not will:
            yield f"{was}, will be {will}"
        elif (found := will or was) and found is not Status.ACTIVE:
            yield str(found)

    def _passing(self, address: Address) -> str:
        """Return whether *address* comes or goes with the plan."""
        was, will = (state.knows(address) for state in self._states)
        return "" if was == will else "new" if will else "will be gone"

    def _scope(self, scope: Address) -> Shown:
        name = "account" if scope == ACCOUNT else scope.key
        return {"name": name, "place": place(scope), "note": self._passing(scope)}

    def _role(self, figure: RoleBadge) -> Shown:
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
        """Return the set that *role* grants where it is held; ``NONE`` where there is no such."""
        found = side.state.get(role)
        if not isinstance(found, Role):
            return NONE
        return self._tables.granted(side.access.roles.of(found))


def _figures(context: GuardContext) -> list[RoleBadge]:
    """Return the figures of all roles, each as it is after the plan unless it will be gone."""
    roles = {**context.before.state.of(Role), **context.outcome.state.of(Role)}
    catalogue = context.catalogue
    widths = {a: len(catalogue.expanded(role, roles.get)) for a, role in roles.items()}
    return figures(list(roles.values()), widths)


def _status(who: Address, state: State) -> Status | None:
    found = state.get(who)
    return found.status if isinstance(found, User) else None
