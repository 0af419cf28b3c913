"""All the access of one account, as a value.

*Why* bindings are not kept as resources: an account has a hundred times more
of them than of anything else. A dict of holdings per workspace is compared at
C speed, costs a tenth of the memory, and is turned into ``Binding`` values
only where somebody looks at one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, MutableMapping
from dataclasses import replace
from typing import Any, Protocol, TypeVar, cast

from .address import ACCOUNT, EVERYONE, Address
from .kind import SCOPES, Kind
from .overlay import Overlay, copied, names_of
from .resources import (
    CLASSES,
    Binding,
    Holdings,
    Key,
    Membership,
    ObjectAccess,
    Resource,
    Role,
    Team,
    User,
    Workspace,
)
from .skeleton import Likeness

R = TypeVar("R", bound=Resource)
V = TypeVar("V")

Row = MutableMapping[Address, Holdings]
"""The holdings in one scope, by principal."""

STORED = tuple(kind for kind in CLASSES if kind is not Kind.BINDING)


class HolderLookup(Protocol):
    """The holders of each role in the rows that a state begins from."""

    def places(self, role: Address) -> Iterable[tuple[Address, Address]]:
        """Return each scope and principal that holds *role* there."""

    def of(self, role: Address, scope: Address) -> Iterable[Address]:
        """Return who holds *role* in *scope*."""


ONE_BY_ONE = 16
"""How many principals are looked for in each row, before the scopes of all are gathered."""


class ScopeIndex(Mapping[Address, set[Address]]):
    """The scopes in which each principal itself holds something, in rows that do not change.

    *Why* not gathered at once: most plans ask for a few principals, of a hundred thousand.
    """

    def __init__(self, rows: Mapping[Address, Row]) -> None:
        """Find the scopes in *rows*, by scope."""
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


class State:
    """The resources of one account by address, and its bindings by scope and principal.

    Not changed once built; ``Draft`` is the one that changes.
    """

    def __init__(
        self, resources: Iterable[Resource] = (), bindings: Iterable[Binding] = ()
    ) -> None:
        """Build from resources in any order; a later one replaces one of the same address."""
        self._resources: dict[Kind, MutableMapping[Address, Any]] = {kind: {} for kind in STORED}
        self._rows: MutableMapping[Address, Row] = {}
        for resource in resources:
            if isinstance(resource, Binding):
                self._rows.setdefault(resource.scope, {})[resource.principal] = resource.roles
            else:
                self._resources[resource.kind][resource.address] = resource
        for binding in bindings:
            self._rows.setdefault(binding.scope, {})[binding.principal] = binding.roles
        self._scopes_of: Mapping[Address, set[Address]] | None = None
        self._joined: MutableMapping[Address, dict[Address, Membership]] | None = None
        self._owned: MutableMapping[Address, dict[Address, Key]] | None = None
        self._listed: MutableMapping[Address, frozenset[Address]] | None = None
        self._holder_index: HolderLookup | None = None
        self._likeness: dict[Kind, Likeness[Address]] = {}

    @classmethod
    def of_rows(
        cls,
        resources: Iterable[Resource],
        rows: dict[Address, Row],
        users: dict[Address, User] | None = None,
    ) -> State:
        """Build from bindings gathered by scope and principal, and users gathered by address.

        Takes *rows* and *users* over as they are.
        """
        state = cls(resources)
        state._rows = rows
        if users is not None:
            state._resources[Kind.USER] = users
        return state

    def of(self, kind: type[R]) -> Mapping[Address, R]:
        """Return the resources of one class by address; not for bindings."""
        return cast("Mapping[Address, R]", self._resources[kind.kind])

    def get(self, address: Address) -> Resource | None:
        """Return the resource at *address*, or None; not for bindings."""
        return self._resources.get(address.kind, {}).get(address)

    def expect(self, addresses: Collection[Address]) -> None:
        """Prepare to be asked for *addresses*: what is not read yet is read at once."""

    def expect_holdings(self, principals: Collection[Address], scope: Address) -> None:
        """Prepare to be asked what *principals* hold in *scope*."""

    def row(self, scope: Address) -> Mapping[Address, Holdings]:
        """Return what each principal holds in *scope*."""
        return self._rows.get(scope, {})

    def scopes(self) -> Iterable[Address]:
        """Return the scopes in which anybody may hold anything."""
        return self._rows.keys()

    def holdings(self, principal: Address, scope: Address) -> Holdings:
        """Return the roles *principal* itself holds in *scope*."""
        return self._rows.get(scope, {}).get(principal, frozenset())

    def binding(self, principal: Address, scope: Address) -> Binding | None:
        """Return the binding of *principal* in *scope*, or None."""
        roles = self.holdings(principal, scope)
        return Binding(principal, scope, roles) if roles else None

    def find(self, like: Resource) -> Resource | None:
        """Return what this state has at the address of *like*."""
        if isinstance(like, Binding):
            return self.binding(like.principal, like.scope)
        return self.get(like.address)

    def bindings(self) -> Iterator[Binding]:
        """Yield every binding, scope by scope."""
        for scope, row in self._rows.items():
            for principal, roles in row.items():
                yield Binding(principal, scope, roles)

    def resources(self) -> Iterator[Resource]:
        """Yield every resource but the bindings, kind by kind."""
        for kind in STORED:
            yield from self._resources[kind].values()

    def scopes_of(self, *principals: Address) -> list[Address]:
        """Return the scopes in which any of *principals* itself holds something, sorted.

        The scopes of all principals are gathered when many are asked for; asking again,
        and changing a binding, costs the same at any size.
        """
        index = self.scope_index
        return sorted(set().union(*(index.get(principal, ()) for principal in principals)))

    def bindings_of(self, principal: Address) -> Iterator[Binding]:
        """Yield what *principal* itself holds, in order of scope."""
        for scope in self.scopes_of(principal):
            yield Binding(principal, scope, self._rows[scope][principal])

    @property
    def rows(self) -> Mapping[Address, Row]:
        """The holdings of each principal, by scope."""
        return self._rows

    @property
    def scope_index(self) -> Mapping[Address, set[Address]]:
        """The scopes in which each principal itself holds something."""
        if self._scopes_of is None:
            self._scopes_of = ScopeIndex(self._rows)
        return self._scopes_of

    def bindings_with(self, role: Address) -> Iterator[Binding]:
        """Yield every binding that holds *role*."""
        index, scopes = self._holder_index, self.scopes()
        if index is not None:
            scopes = self._changed_rows()
            for scope, principal in index.places(role):
                if scope not in scopes:
                    yield Binding(principal, scope, self.holdings(principal, scope))
        for scope in scopes:
            for principal, roles in self.row(scope).items():
                if any(h.role == role for h in roles):
                    yield Binding(principal, scope, roles)

    def holders(self, role: Address, scope: Address) -> Iterator[Address]:
        """Yield who itself holds *role* in *scope*, whatever the term."""
        index = self._holder_index
        if index is not None and scope not in self._changed_rows():
            yield from index.of(role, scope)
            return
        for principal, roles in self.row(scope).items():
            if any(h.role == role for h in roles):
                yield principal

    def _changed_rows(self) -> set[Address]:
        """Return the scopes whose rows are not those that the holders are looked up in."""
        return self._rows.changed if isinstance(self._rows, Overlay) else set()

    def memberships_of(self, principal: Address) -> Mapping[Address, Membership]:
        """Return the places that *principal* has in teams, whatever the term, by team."""
        return self.memberships.get(principal, {})

    @property
    def memberships(self) -> Mapping[Address, dict[Address, Membership]]:
        """The places of each principal in teams."""
        if self._joined is None:
            joined: dict[Address, dict[Address, Membership]] = {}
            for team in self.of(Team).values():
                _enter(joined, team)
            self._joined = joined
        return self._joined

    def teams_of(self, principal: Address) -> Iterator[Team]:
        """Yield the teams that *principal* is in, whatever the term, in order of name."""
        teams = self.of(Team)
        return (teams[address] for address in sorted(self.memberships_of(principal)))

    def keys_of(self, owner: Address) -> Iterator[Key]:
        """Yield the API keys of one principal."""
        return iter(tuple(self.keys.get(owner, {}).values()))

    @property
    def keys(self) -> Mapping[Address, dict[Address, Key]]:
        """The keys of each principal."""
        if self._owned is None:
            owned: dict[Address, dict[Address, Key]] = {}
            for key in self.of(Key).values():
                owned.setdefault(key.owner, {})[key.address] = key
            self._owned = owned
        return self._owned

    def lists_naming(self, *principals: Address) -> list[ObjectAccess]:
        """Return the access lists of objects that name any of *principals*, sorted."""
        if self._listed is None:
            self._listed = {}
            for each in self.of(ObjectAccess).values():
                _list(self._listed, each)
        lists, none = self.of(ObjectAccess), frozenset[Address]()
        named = none.union(*(self._listed.get(principal, none) for principal in principals))
        return [lists[address] for address in sorted(named)]

    def alike(self, address: Address) -> Iterator[Address]:
        """Yield what has a name that cannot be told apart from that of *address*.

        The names of one kind are gathered when it is first asked for; asking again, and
        changing a name, costs the same at any size.
        """
        if address.kind not in self._likeness:
            named = ((other, other.name) for other in names_of(self._resources[address.kind]))
            self._likeness[address.kind] = Likeness(named)
        for other, _ in self._likeness[address.kind].like(address.name):
            if other != address:
                yield other

    def knows(self, address: Address) -> bool:
        """Say whether *address* exists; the account and everyone always do."""
        return address in (ACCOUNT, EVERYONE) or self.get(address) is not None

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, State)
            and self._resources == other._resources
            and _filled(self._rows) == _filled(other._rows)
        )

    __hash__ = None  # type: ignore[assignment]

    def draft(self) -> Draft:
        """Return a copy that can be changed without changing this."""
        return Draft(self)


class Draft(State):
    """A state that changes, one resource at a time, with what depends on it.

    Shares every row, and the scopes of every principal, with the state it was made from until
    it writes to one.
    """

    def __init__(self, state: State) -> None:
        self._resources = {kind: copied(of) for kind, of in state._resources.items()}  # noqa: SLF001
        self._rows = copied(state._rows)  # noqa: SLF001
        index = state._index if isinstance(state, Draft) else None  # noqa: SLF001
        self._index: MutableMapping[Address, set[Address]] | None
        self._index = None if index is None else copied(index)
        self._origin: State = state._origin if isinstance(state, Draft) else state  # noqa: SLF001
        self._joined = None if state._joined is None else copied(state._joined)  # noqa: SLF001
        self._owned = None if state._owned is None else copied(state._owned)  # noqa: SLF001
        self._listed = None if state._listed is None else copied(state._listed)  # noqa: SLF001
        self._holder_index = state._holder_index  # noqa: SLF001
        self._own: set[Address] = set()
        self._likeness = {}

    @property
    def scope_index(self) -> MutableMapping[Address, set[Address]]:
        """The scopes of each principal.

        *Why* those of the state that drafts began from: as long as this draft and the ones below
        it have no index, no binding in them was changed, since that makes one.
        """
        if self._index is None:
            self._index = copied(self._origin.scope_index)
        return self._index

    def put(self, resource: Resource) -> None:
        """Set *resource* at its address, new or not; a binding without roles is none."""
        if isinstance(resource, Binding) and not resource.roles:
            self.remove(resource)
        elif isinstance(resource, Binding):
            self._row(resource.scope)[resource.principal] = resource.roles
            self._scopes(resource.principal).add(resource.scope)
        else:
            self._forget(resource.address)
            self._resources[resource.kind][resource.address] = resource
            if (alike := self._likeness.get(resource.kind)) is not None:
                alike.add(resource.address, resource.address.name)
            if isinstance(resource, Team) and self._joined is not None:
                _enter(self._joined, resource)
            if isinstance(resource, ObjectAccess) and self._listed is not None:
                _list(self._listed, resource)
            if isinstance(resource, Key) and self._owned is not None:
                keys = self._owned.get(resource.owner, {})
                self._owned[resource.owner] = {**keys, resource.address: resource}

    def remove(self, resource: Resource) -> None:
        """Take *resource* out, with the bindings, memberships and keys that end with it."""
        if isinstance(resource, Binding):
            self._row(resource.scope).pop(resource.principal, None)
            self._scopes(resource.principal).discard(resource.scope)
            return
        address = resource.address
        self._forget(address)
        self._resources[resource.kind].pop(address, None)
        if address.kind in SCOPES:
            for principal in self._rows.pop(address, ()):
                self._scopes(principal).discard(address)
            self._own.discard(address)
            for listed in self._lists_in(address):
                self.remove(listed)
        elif not isinstance(resource, Role | Key | ObjectAccess):
            self._end(address)

    def rename(self, before: Resource, after: Resource) -> None:
        """Put *after* in the place of *before* and rewrite every reference to it."""
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
        if self._listed is not None and (listed := self.of(ObjectAccess).get(address)):
            for principal in listed.principals:
                self._listed[principal] -= {address}
        if self._joined is not None and (team := self.of(Team).get(address)):
            for member in team.references:
                self._joined[member] = _but(self._joined.get(member, {}), address)
        if self._owned is not None and (key := self.of(Key).get(address)):
            self._owned[key.owner] = _but(self._owned.get(key.owner, {}), address)

    def _row(self, scope: Address) -> Row:
        if scope not in self._own:
            self._rows[scope] = copied(self._rows.get(scope, {}))
            self._own.add(scope)
        return self._rows[scope]

    def _scopes(self, principal: Address) -> set[Address]:
        """Return the scopes of *principal*, to be changed."""
        if principal not in self._own:
            self.scope_index[principal] = set(self.scope_index.get(principal, ()))
            self._own.add(principal)
        return self.scope_index[principal]

    def _move(self, old: Address, new: Address) -> None:
        """Give the row of the scope *old* to *new*."""
        for principal in self._rows.pop(new, ()):
            self._scopes(principal).discard(new)
        self._rows[new] = row = self._rows.pop(old, {})
        self._own = (self._own - {old}) | ({new} if old in self._own else set())
        for principal in row:
            scopes = self._scopes(principal)
            scopes.discard(old)
            scopes.add(new)
        for listed in self._lists_in(old):
            self.remove(listed)
            self.put(replace(listed, workspace=new))

    def _lists_in(self, workspace: Address) -> list[ObjectAccess]:
        return [each for each in self.of(ObjectAccess).values() if each.workspace == workspace]

    def _end(self, principal: Address) -> None:
        for binding in list(self.bindings_of(principal)):
            self.remove(binding)
        for team in list(self.teams_of(principal)):
            self.put(replace(team, members=_without(team, principal)))
        for key in self.keys_of(principal):
            self.remove(key)
        for listed in self.lists_naming(principal):
            self.put(listed.with_principals(lambda names: names - {principal}))

    def _replace_role(self, old: Address, new: Address) -> None:
        for binding in list(self.bindings_with(old)):
            roles = (replace(h, role=new) if h.role == old else h for h in binding.roles)
            self.put(replace(binding, roles=frozenset(roles)))
        for role in list(self.of(Role).values()):
            if old in role.references:
                self.put(
                    replace(
                        role, base=_swap(role.base, old, new), implies=_swap(role.implies, old, new)
                    )
                )

    def _replace_principal(self, old: Address, new: Address) -> None:
        for binding in list(self.bindings_of(old)):
            self.remove(binding)
            self.put(replace(binding, principal=new))
        for team in list(self.teams_of(old)):
            members = (replace(m, principal=new) if m.principal == old else m for m in team.members)
            self.put(replace(team, members=frozenset(members)))
        for key in self.keys_of(old):
            self.remove(key)
            self.put(replace(key, owner=new))
        for listed in self.lists_naming(old):
            self.put(listed.with_principals(lambda names: _swap(names, old, new)))


def _enter(joined: MutableMapping[Address, dict[Address, Membership]], team: Team) -> None:
    for member in team.members:
        places = joined.get(member.principal, {})
        joined[member.principal] = {**places, team.address: member}


def _list(listed: MutableMapping[Address, frozenset[Address]], each: ObjectAccess) -> None:
    for principal in each.principals:
        listed[principal] = listed.get(principal, frozenset()) | {each.address}


def _but(mapping: Mapping[Address, V], key: Address) -> dict[Address, V]:
    return {other: value for other, value in mapping.items() if other != key}


def _filled(rows: Mapping[Address, Row]) -> dict[Address, Row]:
    return {scope: row for scope, row in rows.items() if row}


def _without(team: Team, principal: Address) -> frozenset[Any]:
    return frozenset(m for m in team.members if m.principal != principal)


def _swap(addresses: frozenset[Address], old: Address, new: Address) -> frozenset[Address]:
    return frozenset(new if a == old else a for a in addresses)
