"""The numbered tables of the report: ways, sets of permissions, cells.

*Why*: most cells of an account are alike. A default role gives everybody the
same by the same way, so a row of the matrix is a list of small numbers.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from typing import Any, NamedTuple, TypeVar

from ...guard import Access, Path
from ...guard.bitsets import Mask, PermissionBits, union
from ...model import Address, Catalogue, Instant, Permission, Role
from ..words import timing, way

H = TypeVar("H", bound=Hashable)

Telling = tuple[str, str, Mask]
"""How a path is told, why it is not open now, and what it gives."""

NONE = -1
"""In place of a role: none."""

MIXED = -2
"""In place of a role: several, none of which grants all that they grant together."""


class _Numbers(dict[H, int]):
    """Gives what it meets a number, in order."""

    def __missing__(self, value: H) -> int:
        self[value] = number = len(self)
        return number


class Way(NamedTuple):
    """One path as it is told. ``shut`` says why it is not open now; ``granted`` is a set."""

    text: str
    shut: str
    granted: int


class Cell(NamedTuple):
    """The access of one principal in one scope: roles, ways and sets, all by number."""

    before: int
    after: int
    was: tuple[int, ...]
    will: tuple[int, ...]
    gained: int
    lost: int

    @property
    def differs(self) -> bool:
        """Whether anything is other after the plan, if only the way or its term."""
        return self.was != self.will


class ReportTables:
    """All that has a number."""

    def __init__(self, alphabet: PermissionBits, catalogue: Catalogue) -> None:
        self._ways: _Numbers[Way] = _Numbers()
        self._cells: _Numbers[Cell] = _Numbers()
        self._sets: _Numbers[tuple[int, ...]] = _Numbers()
        self._names: _Numbers[Permission] = _Numbers()
        self._alphabet, self._catalogue = alphabet, catalogue
        self._granted: dict[Mask, int] = {}
        self.granted(0)

    def granted(self, mask: Mask) -> int:
        """Return the number of the set of permissions that *mask* is; the empty set is 0."""
        if mask not in self._granted:
            names = sorted(self._alphabet.names(mask))
            self._granted[mask] = self._sets[tuple(self._names[name] for name in names)]
        return self._granted[mask]

    def way(self, told: Telling) -> int:
        """Return the number of one way."""
        text, shut, mask = told
        return self._ways[Way(text, shut, self.granted(mask))]

    def cell(self, cell: Cell) -> int:
        """Return the number of *cell*."""
        return self._cells[cell]

    def shown(self) -> dict[str, Any]:
        """Return the tables in JSON's own types; to be asked for once all numbers are given."""
        return {
            "cells": [cell._asdict() for cell in self._cells],
            "ways": [told._asdict() for told in self._ways],
            "sets": list(self._sets),
            "permissions": [self._permission(name) for name in self._names],
        }

    def _permission(self, name: Permission) -> dict[str, str]:
        titled = self._catalogue.titles.get(name)
        return {"name": name, "title": titled.title if titled else ""}


class VisibleAccess(NamedTuple):
    """The access of one principal in one scope on one side of the plan."""

    role: int
    ways: tuple[int, ...]
    mask: Mask


class Side:
    """One side of the plan, before or after, and what is told of access there."""

    def __init__(
        self, access: Access, tables: ReportTables, roles: dict[Address, int], now: Instant
    ) -> None:
        self.access, self.state = access, access.state
        self._tables, self._roles, self._now = tables, roles, now
        self._told: dict[Hashable, Telling] = {}

    def look(self, who: Address, scope: Address) -> VisibleAccess:
        """Return what *who* may do in *scope*, now or at any other time."""
        paths = list(self.access.paths(who, scope))
        mask = union(path.permissions for path in paths)
        told = sorted({self._telling(path, who) for path in paths})
        return VisibleAccess(self._role(paths, mask), tuple(map(self._tables.way, told)), mask)

    def _telling(self, path: Path, who: Address) -> Telling:
        own, here = path.holder == who, path.bound == path.scope
        sign = (
            path.role,
            own or path.holder,
            here,
            path.since,
            path.until,
            path.reason,
            path.permissions,
        )
        if sign not in self._told:
            text = way(path, who, self.state, "")
            self._told[sign] = text, timing(path, self._now), path.permissions
        return self._told[sign]

    def _role(self, paths: Iterable[Path], mask: Mask) -> int:
        """Return the role that grants all of *mask*, if one of *paths* is of such a role."""
        found = {
            self._roles.get(role, NONE): here for path in paths for role, here in self._here(path)
        }
        whole = [role for role, here in found.items() if here == mask and role != NONE]
        return min(whole) if whole else MIXED if mask else NONE

    def _here(self, path: Path) -> Iterator[tuple[Address, Mask]]:
        """Yield the roles held in the scope that *path* reaches, with what each grants there."""
        if path.bound == path.scope:
            yield path.role, path.permissions
            return
        role = self.state.get(path.role)
        for implied in role.implies if isinstance(role, Role) else ():
            yield implied, self.access.roles.here(implied)
