"""The numbered tables of the HTML report: ways, sets of permissions, cells.

*Why*: most cells of an account are equal. A default role gives all users the
same access by the same path, so a row of the matrix is a list of small numbers.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from typing import Any, TypeVar

from ...guard import Access, Path
from ...guard.bitsets import Mask, PermissionBits, union
from ...model import EVERYONE, Address, Catalogue, Instant, Permission, Role
from ...named_tuples import NamedTuple
from ..words import describe_path, describe_timing

H = TypeVar("H", bound=Hashable)

DescribedPath = tuple[str, str, Mask]
"""The text of a path, the reason why it is not open now, and its permissions."""

NONE = -1
"""The number in place of a role if there is none."""

MIXED = -2
"""The number in place of a role for several roles, none of which grants all permissions alone."""


class _Numbers(dict[H, int]):
    """A mapping that numbers new keys in order."""

    def __missing__(self, value: H) -> int:
        self[value] = number = len(self)
        return number


class Way(NamedTuple):
    """One described access path. ``shut`` says why it is not open now; ``granted`` is a set."""

    text: str
    shut: str
    granted: int


class Cell(NamedTuple):
    """The access of one principal in one scope: numbers of roles, ways and sets."""

    before: int
    after: int
    was: tuple[int, ...]
    will: tuple[int, ...]
    gained: int
    lost: int

    @property
    def differs(self) -> bool:
        """True if roles, paths or terms are different after the plan."""
        return self.was != self.will


class ReportTables:
    """The tables of all numbered values."""

    def __init__(self, alphabet: PermissionBits, catalogue: Catalogue) -> None:
        self._ways: _Numbers[Way] = _Numbers()
        self.cells: _Numbers[Cell] = _Numbers()
        self._sets: _Numbers[tuple[int, ...]] = _Numbers()
        self._names: _Numbers[Permission] = _Numbers()
        self._alphabet, self._catalogue = alphabet, catalogue
        self._granted: dict[Mask, int] = {}
        self.granted(0)

    def granted(self, mask: Mask) -> int:
        """Return the number of the permission set *mask*; the empty set is 0."""
        if mask not in self._granted:
            names = sorted(self._alphabet.names(mask))
            self._granted[mask] = self._sets[tuple(self._names[name] for name in names)]
        return self._granted[mask]

    def way(self, described: DescribedPath) -> int:
        """Return the number of one way."""
        text, shut, mask = described
        return self._ways[Way(text, shut, self.granted(mask))]

    def to_json(self) -> dict[str, Any]:
        """Return the tables as JSON; complete only after the last number was given."""
        return {
            "cells": [cell._asdict() for cell in self.cells],
            "ways": [way._asdict() for way in self._ways],
            "sets": list(self._sets),
            "permissions": [self._permission(name) for name in self._names],
        }

    def _permission(self, name: Permission) -> dict[str, str]:
        titled = self._catalogue.titles.get(name)
        return {"name": name, "title": titled.title if titled else ""}


class Side:
    """One side of the plan, before or after, with the access there."""

    def __init__(
        self, access: Access, tables: ReportTables, roles: dict[Address, int], now: Instant
    ) -> None:
        self.access, self.state = access, access.state
        self._tables, self._roles, self._now = tables, roles, now
        self._described: dict[Hashable, DescribedPath] = {}

    def visible_access(
        self, principal: Address, scope: Address
    ) -> tuple[int, tuple[int, ...], Mask]:
        """Return role, ways and mask of *principal* in *scope*, now or at any other time."""
        paths = list(self.access.paths(principal, scope))
        mask = union(path.permissions for path in paths)
        described = sorted({self._describe(path, principal) for path in paths})
        return self._role(paths, mask), tuple(map(self._tables.way, described)), mask

    def _describe(self, path: Path, principal: Address) -> DescribedPath:
        own = path.holder == principal != EVERYONE  # a role of everyone is a default role
        way = (path.role, own or path.holder, path.bound == path.scope, path.permissions)
        sign = (*way, path.since, path.until, path.reason)
        if sign not in self._described:
            text = describe_path(path, principal, self.state, "")
            self._described[sign] = text, describe_timing(path, self._now), path.permissions
        return self._described[sign]

    def _role(self, paths: Iterable[Path], mask: Mask) -> int:
        """Return the role of one of *paths* that grants all of *mask*, or ``MIXED`` or ``NONE``."""
        masks = {
            self._roles.get(role, NONE): here for path in paths for role, here in self._here(path)
        }
        complete = [role for role, here in masks.items() if here == mask and role != NONE]
        return min(complete) if complete else MIXED if mask else NONE

    def _here(self, path: Path) -> Iterator[tuple[Address, Mask]]:
        """Yield the roles that *path* gives in its scope, each with its permissions there."""
        if path.bound == path.scope:
            yield path.role, path.permissions
            return
        role = self.state.get(path.role)
        for implied in role.implies if isinstance(role, Role) else ():
            yield implied, self.access.roles.here(implied)
