"""The access matrix of the HTML report: each principal in each scope, before and after."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

from ...guard import GuardContext
from ...guard.causes import Places
from ...guard.classes import Case
from ...guard.effects import AccessComparison
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
from .role_badges import RoleBadge, badges_of
from .tables import NONE, Cell, ReportTables, Side

JsonObject = dict[str, Any]

GROUPS: Mapping[Kind, str] = {
    Kind.EVERYONE: "Everyone",
    Kind.USER: "Users",
    Kind.SERVICE_ACCOUNT: "Service accounts",
    Kind.TEAM: "Teams",
}


class Matrix:
    """The access matrix of a plan: only cells with holdings, gains or losses.

    Principals of one class share one row, ``alike``; where a principal has a role of its own, its
    own cell replaces the shared one.
    """

    def __init__(self, context: GuardContext) -> None:
        self._tables = ReportTables(context.outcome.alphabet, context.catalogue)
        self._display = context.catalogue.display
        sides = (context.before, context.outcome)
        self._badges = _badges(context)
        self._roles = {badge.role.address: n for n, badge in enumerate(self._badges)}
        self._before, self._after = (
            Side(side, self._tables, self._roles, context.now) for side in sides
        )
        self._states = tuple(side.state for side in sides)
        self._comparison = AccessComparison(context)
        self._cells: dict[Case, Cell] = {}
        self._scopes = [ACCOUNT, *self._all(Workspace)]
        self._columns = {scope: n for n, scope in enumerate(self._scopes)}

    def to_json(self) -> JsonObject:
        """Return the matrix as JSON: rows, scopes, roles and tables."""
        classes: defaultdict[int, list[Address]] = defaultdict(list)
        for principal in self._principals():
            classes[self._comparison.classes.of(principal)].append(principal)
        numbers = {number: n for n, number in enumerate(classes)}
        return {
            "roles": [self._role(badge) for badge in self._badges],
            "scopes": [self._scope(scope) for scope in self._scopes],
            "nothing": self._tables.cells[Cell(NONE, NONE, (), (), 0, 0)],
            "alike": [self._alike(number, group) for number, group in classes.items()],
            "principals": [
                self._row(principal, numbers[self._comparison.classes.of(principal)])
                for principal in self._principals()
            ],
            **self._tables.to_json(),
        }

    def _all(self, kind: type[Any]) -> list[Address]:
        return sorted({address for state in self._states for address in state.of(kind)})

    def _principals(self) -> Iterator[Address]:
        if any(state.scopes_of(EVERYONE) for state in self._states):
            yield EVERYONE
        for kind in (User, ServiceAccount, Team):
            yield from self._all(kind)

    def _alike(self, number: int, principals: Sequence[Address]) -> JsonObject:
        """Return the cells that all *principals*, the members of class *number*, share."""
        left = self._reached_by_all(number, principals[0])
        shared: dict[Address, Address] = {}
        for principal in principals:
            here = left - self._own(principal)
            shared |= dict.fromkeys(here, principal)
            left -= here
            if not left:
                break
        cells = {scope: self._cell(shared[scope], scope) for scope in sorted(shared)}
        places = {
            scope: self._causes(shared[scope], scope) - self._alone(shared[scope])
            for scope, cell in cells.items()
            if cell.differs and scope != ACCOUNT
        }
        return {"cells": self._numbered(cells), "places": self._written(places)}

    def _reached_by_all(self, number: int, principal: Address) -> set[Address]:
        """Return the scopes in which a class may have access; *principal* is one member."""
        sides = (self._before.access, self._after.access)
        if any(side.potential(principal, ANYWHERE) for side in sides):
            return set(self._scopes)
        holders = self._comparison.classes.behind(number)
        reached = (scope for state in self._states for scope in state.scopes_of(*holders))
        return {ACCOUNT, *reached} & self._columns.keys()

    def _own(self, principal: Address) -> set[Address]:
        """Return the workspaces in which *principal* itself has a role before or after the plan."""
        held = {scope for state in self._states for scope in state.scopes_of(principal)}
        return held - {ACCOUNT}

    def _row(self, principal: Address, alike: int) -> JsonObject:
        cells = {scope: self._cell(principal, scope) for scope in sorted(self._own(principal))}
        account = self._cell(principal, ACCOUNT)
        places = {
            scope: self._causes(principal, scope)
            for scope, cell in (*cells.items(), (ACCOUNT, account))
            if cell.differs
        }
        row = {
            "cells": self._numbered(cells),
            "places": self._written(places),
            "lines": _lines(self._alone(principal)),
            "note": "; ".join(self._notes(principal)),
        }
        return {
            "name": label(principal),
            "group": GROUPS[principal.kind],
            "alike": alike,
            **{key: value for key, value in row.items() if value},
        }

    def _numbered(self, cells: Mapping[Address, Cell]) -> dict[int, int]:
        """Return the numbers of *cells*, by the numbers of their scopes."""
        return {self._columns[scope]: self._tables.cells[cell] for scope, cell in cells.items()}

    def _written(self, places: Mapping[Address, Places]) -> dict[int, list[str]]:
        """Return *places* as text, by the numbers of their scopes."""
        return {self._columns[scope]: _lines(here) for scope, here in places.items() if here}

    def _alone(self, principal: Address) -> Places:
        """Return the places of the declarations that change shared cells of *principal*."""
        known = {ACCOUNT, *self._own(principal)}
        if not self._comparison.changed(principal, ANYWHERE):
            known.add(ANYWHERE)
        return self._comparison.causes.alone(principal, known)

    def _cell(self, principal: Address, scope: Address) -> Cell:
        """Return the cell of *principal* in *scope*, computed once for equal access."""
        case = self._comparison.case(principal, scope)
        if case not in self._cells:
            self._cells[case] = self._compared(principal, scope)
        return self._cells[case]

    def _compared(self, principal: Address, scope: Address) -> Cell:
        before, was, old_mask = self._before.visible_access(principal, scope)
        after, will, new_mask = self._after.visible_access(principal, scope)
        gained = self._tables.granted(new_mask & ~old_mask)
        lost = self._tables.granted(old_mask & ~new_mask)
        return Cell(before, after, was, will, gained, lost)

    def _causes(self, principal: Address, scope: Address) -> Places:
        """Return the places that make *principal* gain or lose access in *scope*."""
        cells = [(principal, scope), *([] if scope == ACCOUNT else [(principal, ANYWHERE)])]
        cells += [(EVERYONE, scope)] if principal.kind is Kind.USER else []
        effects = filter(None, (self._comparison.changed(*cell) for cell in cells))
        return frozenset(chain.from_iterable(effect.places for effect in effects))

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

    def _role(self, badge: RoleBadge) -> JsonObject:
        role = badge.role
        before, after = (self._grants(role.address, side) for side in (self._before, self._after))
        return {
            "name": role.name,
            "title": self._display.get(role.address, role.name),
            "level": str(role.level),
            "custom": not role.builtin,
            "description": role.description,
            "sign": badge.sign,
            "shade": badge.shade,
            "column": badge.column,
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


def _badges(context: GuardContext) -> list[RoleBadge]:
    """Return the badges of all roles, after the plan, or before it for deleted roles."""
    roles = {**context.before.state.of(Role), **context.outcome.state.of(Role)}
    catalogue = context.catalogue
    widths = {a: len(catalogue.expanded(role, roles.get)) for a, role in roles.items()}
    return badges_of(list(roles.values()), widths)


def _status(principal: Address, state: State) -> Status | None:
    user = state.get(principal)
    return user.status if isinstance(user, User) else None


def _lines(places: Places) -> list[str]:
    """Return *places* as text, sorted and each line once."""
    return list(dict.fromkeys(f"{place.file}:{place.line}" for place in sorted(places)))
