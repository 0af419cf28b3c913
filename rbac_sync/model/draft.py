"""A state that can change, and what a change of one resource does to the others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, MutableMapping
from dataclasses import replace
from itertools import chain
from typing import Any

from .address import Address
from .compact_row import compact
from .kind import SCOPES, Kind
from .overlay import copied, differing
from .resources import Binding, Key, ObjectAccess, Resource, Role, Workspace
from .row_indexes import HolderLookup, Row, ScopeIndex
from .state import EntryIndex, State, entries_in

MOST_MOVED = 1 << 14
"""The most changes of bindings that a draft notes before the scopes of a principal are asked for.
*Why* not all: the replay of a trail changes millions, and often asks for no scope."""


class Draft(State):
    """A state that can change: each change of a resource also changes those that depend on it.

    It shares every row, and the scopes of every principal, with the state from which it was made
    until either changes them. ``_moved`` are the principals and scopes of the bindings that have
    changed since the scopes of principals were looked up last; None, if these are more than are
    kept: then the rows are indexed anew. ``_added`` are the bindings put since the holders of roles
    were indexed, by role and scope; some may have changed again.
    """

    def __init__(self, state: State) -> None:
        self._resources = {kind: copied(of) for kind, of in state._resources.items()}  # noqa: SLF001
        self._rows = copied(state._rows)  # noqa: SLF001
        self._index: MutableMapping[Address, set[Address]] | None = None
        if isinstance(state, Draft) and (state._moved or state._index is not None):  # noqa: SLF001
            self._index = copied(state.scope_index)
        is_unknown = isinstance(state, Draft) and state._moved is None  # noqa: SLF001
        self._moved: list[tuple[Address, Address]] | None = None if is_unknown else []
        self._origin: State = state._origin if isinstance(state, Draft) else state  # noqa: SLF001
        indexes = state._entries.items()  # noqa: SLF001
        self._entries = {kind: copied(index) for kind, index in indexes}
        self._holder_index = state._holder_index  # noqa: SLF001
        added = state._added.items() if isinstance(state, Draft) else ()  # noqa: SLF001
        self._added: dict[Address, dict[Address, dict[Address, None]]] = {
            role: {at: dict(row) for at, row in rows.items()} for role, rows in added
        }
        self._own: set[Address] = set()
        self._own_entries: set[tuple[Kind, Address]] = set()
        if isinstance(state, Draft):  # both share its rows and entries from now on
            state._own, state._own_entries = set(), set()  # noqa: SLF001
        self._likeness = {}

    @property
    def scope_index(self) -> Mapping[Address, set[Address]]:
        """The scopes of each principal, with the changes of bindings since the last look-up.

        *Why* not kept up to date by each change: most drafts of a large plan are never asked.
        """
        if self._moved is None:
            self._index, self._moved = {**ScopeIndex(self._rows)}, []
        elif self._index is None:
            self._index = copied(self._origin.scope_index)
        moved, self._moved = self._moved, []
        for principal, scope in moved:
            if principal not in self._own:
                self._index[principal] = set(self._index.get(principal, ()))
                self._own.add(principal)
            is_there = principal in self._rows.get(scope, ())
            (self._index[principal].add if is_there else self._index[principal].discard)(scope)
        return self._index

    def alike(self, address: Address) -> Iterator[Address]:
        """Yield the addresses whose name cannot be told apart from that of *address*.

        The names of the state from which this draft was made are looked up there.
        """
        here = self._resources[address.kind]
        others = dict.fromkeys((*self._origin.alike(address), *super().alike(address)))
        return (other for other in others if other in here)

    def _indexed(self, kind: Kind) -> Iterable[Address]:
        """Return the addresses of *kind* that only this draft has."""
        here = self._resources[kind]
        return sorted(differing(self._origin._resources[kind], here) & here.keys())  # noqa: SLF001

    def _note(self, moved: list[tuple[Address, Address]]) -> None:
        """Note principals and scopes of bindings that change."""
        if self._moved is not None:
            self._moved += moved
            if self._index is None and len(self._moved) > MOST_MOVED:
                self._moved = None

    def compact(self) -> None:
        """Store the rows of this draft in little memory, until they change again.

        The index of the holders of roles is dropped: the next look-up makes it anew.
        """
        self._holder_index, self._added = None, {}
        for scope in self._own & self._rows.keys():
            together = sorted(self._rows[scope].items(), key=lambda held: id(held[1]))
            self._rows[scope] = compact(dict(together))
            self._own.discard(scope)

    def put(self, resource: Resource) -> None:
        """Set *resource* at its address, new or not; remove a binding that has no roles."""
        if isinstance(resource, Binding):
            if not resource.roles:
                self.remove(resource)
                return
            self._row(resource.scope)[resource.principal] = resource.roles
            if self._moved is not None:
                self._note([(resource.principal, resource.scope)])
            if self._holder_index is not None:
                self._add_holder(resource)
        else:
            self._forget(resource.address)
            self._resources[resource.kind][resource.address] = resource
            if (alike := self._likeness.get(resource.kind)) is not None:
                alike.add(resource.address, resource.address.name)
            if (index := self._entries.get(resource.kind)) is not None:
                for entered, entry in entries_in(resource):
                    self._entry(index, resource.kind, entered)[resource.address] = entry

    def remove(self, resource: Resource) -> None:
        """Remove *resource*, and the bindings, memberships and keys that end with it."""
        if isinstance(resource, Binding):
            self._row(resource.scope).pop(resource.principal, None)
            self._note([(resource.principal, resource.scope)])
            return
        address = resource.address
        self._forget(address)
        self._resources[resource.kind].pop(address, None)
        if address.kind in SCOPES:
            self._note([(principal, address) for principal in self._rows.pop(address, ())])
            self._own.discard(address)
            for listed in self.lists_in(address):
                self.remove(listed)
        elif not isinstance(resource, Role | Key | ObjectAccess):
            self._replace_principal(address, None)

    def rename(self, before: Resource, after: Resource) -> None:
        """Replace *before* by *after*, and rewrite every reference to it."""
        old, new = before.address, after.address
        self._forget(old)
        self._resources[before.kind].pop(old, None)
        self.put(after)
        if isinstance(after, Workspace):
            self._move(old, new)
        elif isinstance(after, Role):
            self._replace_role(old, new)
        else:
            self._replace_principal(old, new)

    def _forget(self, address: Address) -> None:
        if (alike := self._likeness.get(address.kind)) is not None:
            alike.discard(address, address.name)
        if (index := self._entries.get(address.kind)) is not None:
            for entered, _ in entries_in(self.get(address)):
                self._entry(index, address.kind, entered).pop(address, None)

    def _entry(self, index: EntryIndex, kind: Kind, entered: Address) -> dict[Address, Any]:
        """Return the entries of *entered* in the *index* of *kind*, which no other state shares."""
        if (kind, entered) not in self._own_entries:
            index[entered] = dict(index.get(entered, {}))
            self._own_entries.add((kind, entered))
        return index[entered]

    def _add_holder(self, binding: Binding) -> None:
        """Note the holder in *binding*, which the index of holders may not have."""
        for holding in binding.roles:
            rows = self._added.setdefault(holding.role, {})
            rows.setdefault(binding.scope, {})[binding.principal] = None

    def _places(self, role: Address, index: HolderLookup) -> Iterable[tuple[Address, Address]]:
        added = ((scope, who) for scope, row in self._added.get(role, {}).items() for who in row)
        return dict.fromkeys(chain(index.places(role), added))

    def _of(self, role: Address, scope: Address, index: HolderLookup) -> Iterable[Address]:
        added = self._added.get(role, {}).get(scope, ())
        return dict.fromkeys(chain(index.of(role, scope), added))

    def _row(self, scope: Address) -> Row:
        if scope not in self._own:
            self._rows[scope] = copied(self._rows.get(scope, {}))
            self._own.add(scope)
        return self._rows[scope]

    def _move(self, old: Address, new: Address) -> None:
        """Move the row and the access lists of the scope *old* to *new*."""
        self._note([(principal, new) for principal in self._rows.pop(new, ())])
        self._rows[new] = row = self._rows.pop(old, {})
        self._own = (self._own - {old, new}) | ({new} if old in self._own else set())
        self._note([(principal, scope) for principal in row for scope in (old, new)])
        for principal, roles in row.items() if self._holder_index is not None else ():
            self._add_holder(Binding(principal, new, roles))
        for listed in self.lists_in(old):
            self.remove(listed)
            self.put(replace(listed, workspace=new))

    def _replace_role(self, old: Address, new: Address) -> None:
        for binding in list(self.bindings_with(old)):
            roles = (replace(h, role=new) if h.role == old else h for h in binding.roles)
            self.put(replace(binding, roles=frozenset(roles)))
        for role in list(self._entries_of(Kind.ROLE).get(old, {}).values()):
            base, implies = (_swap(each, old, new) for each in (role.base, role.implies))
            self.put(replace(role, base=base, implies=implies))

    def _replace_principal(self, old: Address, new: Address | None) -> None:
        """Put *new*, or nobody, in the place of *old* wherever that has access or a key."""
        for binding in list(self.bindings_of(old)):
            self.remove(binding)
            if new:
                self.put(replace(binding, principal=new))
        for team in list(self.teams_of(old)):
            others = {m for m in team.members if m.principal != old}
            moved = {replace(m, principal=new) for m in team.members - others if new}
            self.put(replace(team, members=frozenset(others | moved)))
        for key in self.keys_of(old):
            self.remove(key)
            if new:
                self.put(replace(key, owner=new))
        for listed in self.lists_naming(old):
            self.put(listed.with_principals(lambda names: _swap(names, old, new)))


def _swap(addresses: frozenset[Address], old: Address, new: Address | None) -> frozenset[Address]:
    """Return *addresses* with *new*, or nothing, in the place of *old*."""
    if old not in addresses:
        return addresses
    return (addresses - {old}) | ({new} if new else frozenset())
