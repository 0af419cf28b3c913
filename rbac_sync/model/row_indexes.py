"""Indexes of the bindings by scope: the holders of each role, the scopes of each principal."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, MutableMapping
from typing import Protocol

from .address import Address
from .resources import Holdings

Row = MutableMapping[Address, Holdings]
"""The holdings in one scope, by principal."""


class HolderLookup(Protocol):
    """A look-up of the holders of each role in the rows from which a state was made."""

    def places(self, role: Address) -> Iterable[tuple[Address, Address]]:
        """Return each (scope, principal) that holds *role*."""

    def of(self, role: Address, scope: Address) -> Iterable[Address]:
        """Return the principals that hold *role* in *scope*."""


class HoldersByRole:
    """The holders of each role in rows, as they are when it is made; see ``HolderLookup``."""

    def __init__(self, rows: Mapping[Address, Row]) -> None:
        """Index *rows*, which are by scope."""
        self._holders: dict[Address, dict[Address, list[Address]]] = {}
        for scope, row in rows.items():
            for principal, roles in row.items():
                for holding in roles:
                    scopes = self._holders.setdefault(holding.role, {})
                    scopes.setdefault(scope, []).append(principal)

    def places(self, role: Address) -> Iterator[tuple[Address, Address]]:
        """Yield each (scope, principal) that holds *role*."""
        for scope, principals in self._holders.get(role, {}).items():
            for principal in principals:
                yield scope, principal

    def of(self, role: Address, scope: Address) -> Iterable[Address]:
        """Return the principals that hold *role* in *scope*."""
        return self._holders.get(role, {}).get(scope, ())


ONE_BY_ONE = 16
"""The number of principals looked up row by row before the scopes of all are indexed."""


class ScopeIndex(Mapping[Address, set[Address]]):
    """The scopes in which each principal itself holds a role, in rows that do not change.

    *Why* on demand: most plans need a few principals of a hundred thousand.
    """

    def __init__(self, rows: Mapping[Address, Row]) -> None:
        """Index *rows*, which are by scope."""
        self._rows = rows
        self._known: dict[Address, set[Address]] = {}
        self._is_whole = False

    def __getitem__(self, principal: Address) -> set[Address]:
        if not self._is_whole and principal not in self._known:
            if len(self._known) < ONE_BY_ONE:
                scopes = {scope for scope, row in self._rows.items() if principal in row}
                self._known[principal] = scopes
            else:
                self._gather()
        if not self._known.get(principal):
            raise KeyError(principal)
        return self._known[principal]

    def __iter__(self) -> Iterator[Address]:
        self._gather()
        return iter(self._known)

    def __len__(self) -> int:
        self._gather()
        return len(self._known)

    def _gather(self) -> None:
        if self._is_whole:
            return
        index: defaultdict[Address, set[Address]] = defaultdict(set)
        for scope, row in self._rows.items():
            for principal in row:
                index[principal].add(scope)
        self._known, self._is_whole = dict(index), True
