"""Where each address is declared, found only when somebody asks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from ..errors import Place
from ..model import ACCOUNT, EVERYONE, Address, Key, Kind
from ..model import address as named
from ..model.resources import role
from .load import Sources
from .names import Names
from .problems import Spot

if TYPE_CHECKING:
    from .schema import Entry


class Origin:
    """Answers where an address is declared: the line of its entry, else of its table."""

    def __init__(self, sources: Sources, names: Names) -> None:
        self._sources = sources
        self._names = names

    def __call__(self, address: Address) -> Place | None:
        """Return the place, or None if the configuration does not declare *address*."""
        spot = self._spots.get(address)
        return spot.place() if spot else None

    @cached_property
    def _spots(self) -> Mapping[Address, Spot]:
        return {**dict(self._objects()), **dict(self._bindings())}

    def _objects(self) -> Iterator[tuple[Address, Spot]]:
        for spot, name in self._sources.written("roles"):
            yield role(self._names.levels[name], name), spot
        for section, kind in (("teams", Kind.TEAM), ("workspaces", Kind.WORKSPACE)):
            for spot, name in self._sources.written(section):
                yield Address(kind, name), spot
        for file, name, table in self._sources.named("service_accounts"):
            spot = Spot(file, ("service_accounts", name), is_key=True)
            owner = named.service_account(name)
            yield owner, spot
            yield named.binding(owner, ACCOUNT), spot
            for key in table.keys:
                yield Key(owner, key).address, spot.at("keys", key).key

    def _bindings(self) -> Iterator[tuple[Address, Spot]]:
        for file, written, entries in self._sources.named("members"):
            yield from self._list(ACCOUNT, entries, Spot(file, ("members", written)))
        for file, handle, table in self._sources.named("workspaces"):
            scope, spot = named.workspace(handle), Spot(file, ("workspaces", handle))
            if table.default_role is not None:
                yield named.binding(EVERYONE, scope), spot.at("default_role")
            for written, entries in (table.access or {}).items():
                yield from self._list(scope, entries, spot.at("access", written))

    def _list(
        self, scope: Address, entries: Sequence[str | Entry], spot: Spot
    ) -> Iterator[tuple[Address, Spot]]:
        for index, entry in enumerate(entries):
            principal = self._names.known.get(entry if isinstance(entry, str) else entry.who)
            if principal is None:
                continue
            yield named.binding(principal, scope), spot.at(index)
            if scope == ACCOUNT and principal.kind is Kind.USER:
                yield principal, spot.at(index)
