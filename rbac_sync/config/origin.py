"""The place of each address in the configuration, computed only when it is asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from ..errors import Place
from ..model import ACCOUNT, EVERYONE, Address, Key, Kind
from ..model import address as named
from ..model.resources import role
from .load import Sources
from .problems import TomlLocation
from .resolve import NameResolver

if TYPE_CHECKING:
    from .schema import PrincipalEntry


class Origin:
    """The place of an address in the configuration: the line of its entry, else of its table."""

    def __init__(self, sources: Sources, names: NameResolver) -> None:
        self._sources = sources
        self._names = names

    def __call__(self, address: Address) -> Place | None:
        """Return the place, or None if the configuration does not declare *address*."""
        location = self._locations.get(address)
        return location.place() if location else None

    @cached_property
    def _locations(self) -> Mapping[Address, TomlLocation]:
        return {**dict(self._objects()), **dict(self._bindings())}

    def _objects(self) -> Iterator[tuple[Address, TomlLocation]]:
        for location, name in self._sources.written("roles"):
            yield role(self._names.levels[name], name), location
        for section, kind in (("teams", Kind.TEAM), ("workspaces", Kind.WORKSPACE)):
            for location, name in self._sources.written(section):
                yield Address(kind, name), location
        for file, name, table in self._sources.named("service_accounts"):
            location = TomlLocation(file, ("service_accounts", name), is_key=True)
            owner = named.service_account(name)
            yield owner, location
            yield named.binding(owner, ACCOUNT), location
            for key in table.keys:
                yield Key(owner, key).address, location.at("keys", key).key

    def _bindings(self) -> Iterator[tuple[Address, TomlLocation]]:
        for file, written, entries in self._sources.named("members"):
            yield from self._list(ACCOUNT, entries, TomlLocation(file, ("members", written)))
        for file, handle, table in self._sources.named("workspaces"):
            scope, location = named.workspace(handle), TomlLocation(file, ("workspaces", handle))
            if table.default_role is not None:
                yield named.binding(EVERYONE, scope), location.at("default_role")
            for written, entries in (table.access or {}).items():
                yield from self._list(scope, entries, location.at("access", written))

    def _list(
        self, scope: Address, entries: Sequence[str | PrincipalEntry], location: TomlLocation
    ) -> Iterator[tuple[Address, TomlLocation]]:
        for index, entry in enumerate(entries):
            principal = self._names.known.get(entry if isinstance(entry, str) else entry.who)
            if principal is None:
                continue
            yield named.binding(principal, scope), location.at(index)
            if scope == ACCOUNT and principal.kind is Kind.USER:
                yield principal, location.at(index)
