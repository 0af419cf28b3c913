"""All the access of one account, as a value.

*Why* bindings are not kept as resources: an account has a hundred times more of them than of
anything else. A dict of holdings per workspace is compared at C speed, costs a tenth of the
memory, and is turned into ``Binding`` values only where code needs one.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, MutableMapping
from enum import StrEnum
from typing import TYPE_CHECKING, Any, TypeVar, assert_never, cast

from .address import ACCOUNT, EVERYONE, Address
from .kind import ACTORS, Kind
from .resources import (
    CLASSES,
    Binding,
    Holdings,
    Key,
    Membership,
    ObjectAccess,
    Resource,
    Role,
    ServiceAccount,
    Team,
    User,
    Workspace,
    is_removable,
)
from .row_indexes import HolderLookup, HoldersByRole, Row, ScopeIndex
from .skeleton import Likeness

if TYPE_CHECKING:
    from .draft import Draft

R = TypeVar("R", bound=Resource)

STORED = tuple(kind for kind in CLASSES if kind is not Kind.BINDING)

EntryIndex = MutableMapping[Address, dict[Address, Any]]
"""The entries in the resources of a kind by the address in the entry; see ``entries_in``."""


class Part(StrEnum):
    """Parts of resources that are counted: places in teams, roles in the account, and own roles.

    Own roles are the bindings of people and service accounts.
    """

    MEMBERS = "members"
    ACCOUNT_ROLES = "account-roles"
    OWN_ROLES = "own-roles"


class State:
    """The resources of one account by address, and its bindings by scope and principal.

    A state never changes; its subclass ``draft.Draft`` can.
    """

    def __init__(self, resources: Iterable[Resource] = ()) -> None:
        """Build from resources in any order; a later one replaces one of the same address."""
        self._resources: dict[Kind, MutableMapping[Address, Any]] = {kind: {} for kind in STORED}
        self._rows: MutableMapping[Address, Row] = {}
        for resource in resources:
            if isinstance(resource, Binding):
                self._rows.setdefault(resource.scope, {})[resource.principal] = resource.roles
            else:
                self._resources[resource.kind][resource.address] = resource
        self._scopes_of: Mapping[Address, set[Address]] | None = None
        self._entries: dict[Kind, EntryIndex] = {}
        self._holder_index: HolderLookup | None = None
        self._likeness: dict[Kind, Likeness[Address]] = {}

    @classmethod
    def of_rows(
        cls,
        resources: Iterable[Resource],
        rows: dict[Address, Row],
        users: Mapping[Address, User] | None = None,
    ) -> State:
        """Build from bindings by scope and principal, and users by address.

        The state uses *rows* and *users* without copying them.
        """
        state = cls(resources)
        state._rows = rows
        if users is not None:
            state._resources[Kind.USER] = cast("Any", users)
        return state

    def of(self, kind: type[R]) -> Mapping[Address, R]:
        """Return the resources of one class by address; not for bindings."""
        return cast("Mapping[Address, R]", self._resources[kind.kind])

    def get(self, address: Address) -> Resource | None:
        """Return the resource at *address*, or None; not for bindings."""
        return self._resources.get(address.kind, {}).get(address)

    def count(self, things: Kind | Part, most: int | None = None) -> int:  # noqa: ARG002
        """Return the number of *things* that a plan can remove; bindings are those of workspaces.

        A subclass that reads on demand counts to *most* alone.
        """
        match things:
            case Part.MEMBERS:
                return sum(len(team.members) for team in self.of(Team).values())
            case Part.ACCOUNT_ROLES:
                return len(self.row(ACCOUNT))
            case Kind.BINDING:
                return sum(len(self.row(scope)) for scope in self.scopes() if scope != ACCOUNT)
            case Part.OWN_ROLES:
                return sum(who.kind in ACTORS for row in self.rows.values() for who in row)
        return sum(map(is_removable, self._resources[things].values()))

    def emails(self) -> Iterable[str]:
        """Return the e-mail address of each user, in lower case."""
        return (address.key for address in self.of(User))

    def expect(self, addresses: Collection[Address]) -> None:
        """Prefetch *addresses* in a subclass that reads on demand; here do nothing."""

    def expect_access(self, principals: Collection[Address], scope: Address) -> None:
        """Prefetch the access of *principals* in *scope*, as ``expect`` does."""

    def row(self, scope: Address) -> Mapping[Address, Holdings]:
        """Return the holdings of each principal in *scope*."""
        return self._rows.get(scope, {})

    def scopes(self) -> Iterable[Address]:
        """Return the scopes that may have holdings."""
        return self._rows.keys()

    def holdings(self, principal: Address, scope: Address) -> Holdings:
        """Return the roles *principal* itself holds in *scope*."""
        return self._rows.get(scope, {}).get(principal, frozenset())

    def binding(self, principal: Address, scope: Address) -> Binding | None:
        """Return the binding of *principal* in *scope*, or None."""
        roles = self.holdings(principal, scope)
        return Binding(principal, scope, roles) if roles else None

    def find(self, like: Resource) -> Resource | None:
        """Return the resource of this state at the address of *like*, or None."""
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
        """Return the scopes in which any of *principals* itself holds a role, sorted.

        After many look-ups the scopes of all principals are indexed; later look-ups,
        and changes of a binding, take the same time at any size.
        """
        index = self.scope_index
        return sorted(set().union(*(index.get(principal, ()) for principal in principals)))

    def bindings_of(self, principal: Address) -> Iterator[Binding]:
        """Yield the bindings of *principal* itself, in order of scope."""
        for scope in self.scopes_of(principal):
            yield Binding(principal, scope, self._rows[scope][principal])

    @property
    def rows(self) -> Mapping[Address, Row]:
        """The holdings of each principal, by scope."""
        return self._rows

    @property
    def scope_index(self) -> Mapping[Address, set[Address]]:
        """The scopes in which each principal has a binding of its own."""
        if self._scopes_of is None:
            self._scopes_of = ScopeIndex(self._rows)
        return self._scopes_of

    def bindings_with(self, role: Address, *, in_order: bool = False) -> Iterator[Binding]:
        """Yield every binding that holds *role*, by scope and principal if *in_order*.

        The first look-up indexes the holders of all roles; later ones take the same time at
        any size.
        """
        if self._holder_index is None:
            self._holder_index = HoldersByRole(self._rows)
        places = self._places(role, self._holder_index)
        for scope, principal in sorted(places) if in_order else places:
            roles = self.holdings(principal, scope)
            if any(h.role == role for h in roles):
                yield Binding(principal, scope, roles)

    def holders(self, role: Address, scope: Address) -> Iterator[Address]:
        """Yield the principals that themselves hold *role* in *scope*, whatever the term."""
        index = self._holder_index
        for principal in self.row(scope) if index is None else self._of(role, scope, index):
            if any(h.role == role for h in self.holdings(principal, scope)):
                yield principal

    def _places(self, role: Address, index: HolderLookup) -> Iterable[tuple[Address, Address]]:
        """Return each (scope, principal) that may hold *role*, since it does in *index*."""
        return index.places(role)

    def _of(self, role: Address, scope: Address, index: HolderLookup) -> Iterable[Address]:
        """Return the principals that may hold *role* in *scope*, since they do in *index*."""
        return index.of(role, scope)

    def roles_on(self, role: Address) -> Iterable[Address]:
        """Return the roles that are based on *role* or imply it."""
        return self._entries_of(Kind.ROLE).get(role, {}).keys()

    def memberships_of(self, principal: Address) -> Mapping[Address, Membership]:
        """Return the memberships of *principal*, whatever the term, by team."""
        return self.memberships.get(principal, {})

    @property
    def memberships(self) -> Mapping[Address, dict[Address, Membership]]:
        """The memberships of each principal, by team."""
        return self._entries_of(Kind.TEAM)

    def teams_of(self, principal: Address) -> Iterator[Team]:
        """Yield the teams that *principal* is in, whatever the term, in order of name."""
        teams = self.of(Team)
        return (teams[address] for address in sorted(self.memberships_of(principal)))

    def behind(self, holder: Address) -> Collection[Address]:
        """Return the members of the team *holder*, whatever the term; else *holder* alone."""
        team = self.get(holder)
        return team.references if isinstance(team, Team) else (holder,)

    def keys_of(self, owner: Address) -> Iterator[Key]:
        return iter(tuple(self.keys.get(owner, {}).values()))

    @property
    def keys(self) -> Mapping[Address, dict[Address, Key]]:
        """The keys of each principal."""
        return self._entries_of(Kind.KEY)

    def lists_naming(self, *principals: Address) -> list[ObjectAccess]:
        """Return the access lists of objects that name any of *principals*, sorted."""
        lists: dict[Address, ObjectAccess] = {}
        for principal in principals:
            lists |= self._entries_of(Kind.OBJECT).get(principal, {})
        return [lists[address] for address in sorted(lists)]

    def lists_in(self, workspace: Address) -> list[ObjectAccess]:
        """Return the access lists of the objects in *workspace*."""
        return list(self._entries_of(Kind.OBJECT).get(workspace, {}).values())

    def _entries_of(self, kind: Kind) -> Mapping[Address, dict[Address, Any]]:
        """Return the entries in the resources of *kind*, by the address in the entry."""
        if kind not in self._entries:
            index: dict[Address, dict[Address, Any]] = {}
            for address, resource in self._resources[kind].items():
                for entered, entry in entries_in(resource):
                    index.setdefault(entered, {})[address] = entry
            self._entries[kind] = index
        return self._entries[kind]

    def alike(self, address: Address) -> Iterator[Address]:
        """Yield the addresses whose name cannot be told apart from that of *address*.

        The first look-up indexes all names of the kind; later look-ups, and changes of
        a name, take the same time at any size.
        """
        if address.kind not in self._likeness:
            named = ((other, other.name) for other in self._indexed(address.kind))
            self._likeness[address.kind] = Likeness(named)
        for other, _ in self._likeness[address.kind].like(address.name):
            if other != address:
                yield other

    def _indexed(self, kind: Kind) -> Iterable[Address]:
        """Return the addresses of *kind* that are in the index of this state's names."""
        return self._resources[kind]

    def knows(self, address: Address) -> bool:
        """Say whether *address* exists; the account and everyone always do."""
        return self.get(address) is not None or address in (ACCOUNT, EVERYONE)

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, State)
            and self._resources == other._resources
            and _filled(self._rows) == _filled(other._rows)
        )

    __hash__ = None  # type: ignore[assignment]

    def draft(self) -> Draft:
        """Return a copy that can be changed without changing this state."""
        from .draft import Draft

        return Draft(self)


def entries_in(resource: Resource | None) -> Iterable[tuple[Address, Any]]:
    """Return the addresses in a team, a key, an access list or a role, each with its entry there.

    They are the principals in it, of an access list its workspace, too; for a role the roles that
    it is based on or implies.
    """
    match resource:
        case Team(members=members):
            return ((member.principal, member) for member in members)
        case Key(owner=owner):
            return ((owner, resource),)
        case ObjectAccess(references=entered) | Role(references=entered):
            return ((each, resource) for each in entered)
        case User() | ServiceAccount() | Workspace() | Binding() | None:
            return ()
    assert_never(resource)


def _filled(rows: Mapping[Address, Row]) -> dict[Address, Row]:
    return {scope: row for scope, row in rows.items() if row}
