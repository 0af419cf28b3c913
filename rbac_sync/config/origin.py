"""The place of each address in the configuration, computed on demand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property

from ..errors import Place
from ..model import ACCOUNT, EVERYONE, Address, Key, Kind, Permission
from ..model import address as named
from .holders import GROUP, TEAM, Entries, Holder, name_of
from .problems import TomlLocation
from .resolve import NameResolver
from .schema import RoleTable
from .sources import Sources
from .spans import KeyPath
from .workspace_tables import SECTION as DEFAULTS

Lists = Iterable[tuple[TomlLocation, Entries]]
"""The lists of one scope or team, with their locations."""


Entry = tuple[TomlLocation, int, Holder | None]
"""One entry of a list in a file: the list, a position in it, and the member of a group, if any."""


def _entered(listed: TomlLocation, position: int, holder: Holder | None) -> Place:
    """Return the place of an entry, with the default and groups that lead to its principal."""
    file, path, _ = listed
    place = _through(file.spans.element(path, position), path)
    if holder is None:
        return place
    way = (place.through, *holder.through, holder.location.place().file_line)
    return place._replace(through=", ".join(filter(None, way)))


def _place(location: TomlLocation) -> Place:
    """Return the place of *location*, with its table of ``[workspace_defaults]``, if any."""
    return _through(location.place(), location.path)


def _through(place: Place, path: KeyPath) -> Place:
    """Return *place*, of a value at *path*, with its table of ``[workspace_defaults]``, if any."""
    if path[0] != DEFAULTS:
        return place
    return place._replace(through=f"{DEFAULTS}.{path[1]}")


class Origin:
    """The place of an address in the configuration: the line of its entry, else of its table.

    *Why* scope by scope: a plan that changes three files needs places in
    three files, and an account may have thousands.
    """

    def __init__(self, sources: Sources, names: NameResolver) -> None:
        self._sources = sources
        self._names = names
        self._in_scope: dict[Address, dict[Address, Entry | Place]] = {}
        self._of_roles: dict[str, Mapping[Permission, Place]] = {}

    def __call__(self, address: Address) -> Place | None:
        """Return the place, or None if the configuration does not declare *address*."""
        if place := self._of_entry(address):
            return place
        location = self._objects.get(address)
        return _place(location) if location else None

    def entry(self, address: Address, element: Address | Permission) -> Place | None:
        """Return the place of an element in the list of a team, a role or an object."""
        if isinstance(element, Address):
            return self._in_list(address, element)
        return self._permissions(address.name).get(element)

    def attribute(self, address: Address, key: str) -> Place | None:
        """Return the place of *key* of a declared thing, None if no table writes it."""
        if address.kind is Kind.WORKSPACE:
            location = self._workspace_keys.get(address, {}).get(key)
            return _place(location) if location else None
        location = self._objects.get(address)
        if location is None:
            return None
        table = location.file.value(location.path)
        is_written = isinstance(table, Mapping) and key in table
        return location.at(key).key.place() if is_written else None

    @cached_property
    def _workspace_keys(self) -> Mapping[Address, Mapping[str, TomlLocation]]:
        return {
            named.workspace(each.handle): {"name": each.location.at("name"), **each.locations}
            for each in self._names.workspaces
        }

    def _permissions(self, name: str) -> Mapping[Permission, Place]:
        """Return the place of each permission that a role or a custom role below it lists."""
        if name not in self._roles:
            return {}
        if name not in self._of_roles:
            self._of_roles[name] = {}  # ends the recursion if a role is its own base
            table, location = self._roles[name]
            base = location.at("base").place()
            below = {
                permission: base._replace(through=f"role {table.base}, {place.file_line}")
                for permission, place in self._permissions(table.base or "").items()
            }
            listed = (
                (t, location.at("permissions", n)) for n, t in enumerate(table.permissions or ())
            )
            own = {self._names.catalogue.permission(text): at.place() for text, at in listed}
            self._of_roles[name] = {**below, **{p: at for p, at in own.items() if p is not None}}
        return self._of_roles[name]

    @cached_property
    def _roles(self) -> Mapping[str, tuple[RoleTable, TomlLocation]]:
        return self._sources.by_name("roles")

    def _of_entry(self, address: Address) -> Place | None:
        if address.kind is Kind.USER:
            return self._in_list(ACCOUNT, address)
        if address.kind is not Kind.BINDING:
            return None
        places = (self._in_list(scope, who) for who, scope in named.bound(address))
        return next(filter(None, places), None)

    def _in_list(self, scope: Address, principal: Address) -> Place | None:
        """Return the place of *principal* in the lists of a scope or a team.

        It is put where the entry was, so that it is computed once.
        """
        listed = self._in_scope.get(scope) or self._listed(scope)
        place = listed.get(principal)
        if place is not None and not isinstance(place, Place):
            place = listed[principal] = _entered(*place)
        return place

    @cached_property
    def _objects(self) -> Mapping[Address, TomlLocation]:
        return dict(self._declared())

    def _declared(self) -> Iterator[tuple[Address, TomlLocation]]:
        for kind in (Kind.ROLE, Kind.TEAM, Kind.WORKSPACE):
            yield from self._names.things(kind).items()
        for email, location in self._names.alumni.items():
            yield named.user(email), location
        for location, name, table in self._sources.named("service_accounts"):
            owner = named.service_account(name)
            yield owner, location.key
            yield named.binding(owner, ACCOUNT), location.key
            for key in table.keys:
                yield Key(owner, key).address, location.at("keys", key).key
        for location, scope, name, _ in self._sources.access_lists():
            yield named.workspace_object(scope, name), location.key
        for workspace in self._names.workspaces:
            if workspace.default_role is not None:
                _, location = workspace.default_role
                yield named.binding(EVERYONE, named.workspace(workspace.handle)), location

    def _listed(self, scope: Address) -> dict[Address, Entry | Place]:
        """Return the entry of each principal in the lists of a scope or a team, or its place."""
        if scope not in self._in_scope:
            lists = [*self._members()] if scope == ACCOUNT else self._lists.get(scope, ())
            is_team = scope.kind is Kind.TEAM
            self._in_scope[scope] = {**self._in_groups(lists, flat=is_team), **self._own(lists)}
        return self._in_scope[scope]

    def _in_groups(self, lists: Lists, *, flat: bool) -> Mapping[Address, Entry]:
        return {
            holder.principal: (location, index, holder)
            for location, entries in lists
            for index, text in enumerate(map(name_of, entries))
            if text.startswith((GROUP, TEAM) if flat else GROUP)
            for holder in self._names.groups.holders(text, flat=flat)
        }

    def _own(self, lists: Lists) -> Mapping[Address, Entry]:
        known = self._names.known
        return {
            known[text]: (location, index, None)
            for location, entries in lists
            for index, text in enumerate(map(name_of, entries))
            if text in known
        }

    @cached_property
    def _lists(self) -> Mapping[Address, list[tuple[TomlLocation, Entries]]]:
        lists: dict[Address, list[tuple[TomlLocation, Entries]]] = {}
        for scope, location, entries in self._access():
            lists.setdefault(scope, []).append((location, entries))
        return lists

    def _members(self) -> Lists:
        for location, _, entries in self._sources.members():
            self._names.learn(entries)
            yield location, entries

    def _access(self) -> Iterable[tuple[Address, TomlLocation, Entries]]:
        for location, name, table in self._sources.named("teams"):
            if table.members is not None:
                yield named.team(name), location.at("members"), table.members
        for location, scope, name, table in self._sources.access_lists():
            address = named.workspace_object(scope, name)
            for level, entries in table.items():
                yield address, location.at(level), entries
        for workspace in self._names.workspaces:
            for _, entries, location in workspace.access or ():
                yield named.workspace(workspace.handle), location, entries
