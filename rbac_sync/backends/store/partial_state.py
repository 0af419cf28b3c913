"""A state that reads the needed parts from the store: one resource, one scope, one principal."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any, cast

from ...model import (
    ACCOUNT,
    ANYWHERE,
    EVERYONE,
    Address,
    Holdings,
    Key,
    Kind,
    Membership,
    Resource,
    Role,
    Row,
    State,
)
from ...model.address import key_owner
from ...model.state import STORED, Part
from . import appearances
from .account import Account
from .handlers import AccessLists, Bindings, Keys, Roles, Teams, Users
from .loaded_mapping import LoadedMapping
from .versions import NAMED

MANY = 500
"""The most queries for parts; then all is read. *Why*: a caller with more queries needs most."""

MOST_SINGLE = 6
"""The most scopes of one principal that are read one by one; at the next, all are read."""


class PartialState(State):
    """The live state of an account, which reads only the needed parts.

    It is complete: an iteration over all resources reads all.
    """

    def __init__(self, source: StateSource) -> None:
        super().__init__()
        self._resources = {kind: cast("Any", source.mapping(kind)) for kind in STORED}
        self._rows = cast("Any", LoadedMapping(source.held_in, lambda: source.everything.rows))
        scopes = LoadedMapping(source.scopes_of, lambda: source.everything.scope_index)
        places = LoadedMapping(source.memberships_of, lambda: source.everything.memberships)
        self._scopes_of = cast("Any", scopes)
        on = source.roles_on
        based = LoadedMapping(on, lambda: {role: on(role) for role in self.of(Role)})
        self._entries = {
            Kind.TEAM: cast("Any", places),
            Kind.KEY: cast("Any", source.keys),
            Kind.ROLE: cast("Any", based),
        }
        self._holder_index = source
        self._source = source

    def count(self, things: Kind | Part, most: int | None = None) -> int:
        """Return the number of *things*, at most *most*; they are not read. See ``State``."""
        from .sizes import size

        number = size(self._source.account, things, most)
        return super().count(things) if number is None else number

    def alike(self, address: Address) -> Iterator[Address]:
        """Yield the addresses whose name cannot be told apart from that of *address*."""
        return appearances.alike(self._source.account, address)

    def emails(self) -> Iterable[str]:
        """Return the e-mail address of each user; no user is read for it."""
        users: Users = self._source.handlers[Kind.USER]
        return users.emails()

    def expect(self, addresses: Collection[Address]) -> None:
        """Read the principals, scopes and roles at *addresses* together, a query for each kind.

        The holdings of everyone in these scopes are read, too: most callers need them.
        For more than ``MANY`` addresses the whole state is read, which is kept between requests.
        """
        if len(addresses) > MANY:
            _ = self._source.everything  # which makes no further query
            return
        for kind in NAMED:
            resources = cast("LoadedMapping[Address, Any]", self._resources[kind])
            unread = resources.unknown(a for a in addresses if a.kind is kind)
            resources.keep(self._source.together(kind, unread) if unread else {})
        scopes = [address for address in addresses if address.kind is Kind.WORKSPACE]
        self._source.read_holdings([EVERYONE], scopes)

    def expect_access(self, principals: Collection[Address], scope: Address) -> None:
        """Read *principals*, their places in teams, and the access of both in *scope* together."""
        self.expect(principals)
        if len(principals) > MANY:
            return
        places = cast("LoadedMapping[Address, Any]", self.memberships)
        teams: Teams = self._source.handlers[Kind.TEAM]
        places.keep(teams.places(places.unknown(principals)))
        joined = {team for who in principals for team in places[who]}
        scopes = {scope, ACCOUNT, ANYWHERE}
        self._source.read_holdings({*principals, *joined, EVERYONE}, scopes)


class StateSource:
    """Reads parts of one account's state; all of it at once, where many parts are needed."""

    def __init__(
        self, account: Account, handlers: Mapping[Kind, Any], whole: Callable[[], State]
    ) -> None:
        """Read from *account* by *handlers*; *whole* reads all of it.

        ``keys`` has the API keys of each owner, by address.
        """
        self.account, self.handlers, self._whole = account, handlers, whole
        self._bindings: Bindings = handlers[Kind.BINDING]
        self.keys = LoadedMapping(self._keys_of, lambda: self.everything.keys)
        self._held: dict[Address, dict[Address, Holdings]] = {}
        self._single: dict[Address, dict[Address, Holdings | None]] = {}
        self._queries = self._single_roles = 0

    @cached_property
    def everything(self) -> State:
        """The whole state."""
        return self._whole()

    def mapping(self, kind: Kind) -> LoadedMapping[Address, Any]:
        """Return the resources of *kind*."""
        if kind is Kind.KEY:
            keys: Keys = self.handlers[kind]
            return LoadedMapping(self._key, lambda: {each.address: each for each in keys.read()})
        if kind is Kind.ROLE:
            return LoadedMapping(self.role, lambda: self._roles)
        if kind is Kind.OBJECT:
            # An iteration yields the lists that are not open: few of many objects have one.
            lists: AccessLists = self.handlers[kind]
            return LoadedMapping(
                lists.one, lambda: {each.address: each for each in lists.read()}, is_complete=False
            )
        return LoadedMapping(
            lambda address: self._named(address) if address.kind is kind else None,
            lambda: {r.address: r for r in self.everything.resources() if r.kind is kind},
        )

    def together(self, kind: Kind, addresses: Collection[Address]) -> dict[Address, Any]:
        """Return the resources at *addresses*, which are of *kind*."""
        numbers = list(self.account.names.known(addresses).values())
        return {r.address: r for r in self.handlers[kind].read(numbers)} if numbers else {}

    def holdings(self, principal: Address, scope: Address) -> Holdings | None:
        """Return the holdings of *principal* itself in *scope*."""
        known = self._single.setdefault(principal, {})
        if scope in known:
            return known[scope]
        if principal not in self._held and self._is_whole():
            return self.everything.holdings(principal, scope) or None
        if principal in self._held or (len(known) >= MOST_SINGLE and principal != EVERYONE):
            return self._held_by(principal).get(scope)
        self.read_holdings({principal, EVERYONE}, {scope, ACCOUNT, ANYWHERE})
        return known[scope]

    def row(self, scope: Address) -> Row:
        """Return the holdings of each principal in *scope*."""
        if self._is_whole():
            return self.everything.rows.get(scope, {})
        return self._read(scope=scope).get(scope, {})

    def held_in(self, scope: Address) -> Row:
        """Return the row of *scope*, which reads its parts; every scope has one, maybe empty."""
        row = LoadedMapping(lambda who: self.holdings(who, scope), lambda: self.row(scope))
        return cast("Row", row)

    def scopes_of(self, principal: Address) -> set[Address]:
        """Return the scopes in which *principal* itself has holdings."""
        if self._is_whole():
            return self.everything.scope_index.get(principal, set())
        return set(self._held_by(principal))

    def memberships_of(self, principal: Address) -> dict[Address, Membership]:
        """Return the memberships of *principal*, by team."""
        if self._is_whole():
            return self.everything.memberships.get(principal, {})
        teams: Teams = self.handlers[Kind.TEAM]
        return teams.places([principal])[principal]

    def _keys_of(self, owner: Address) -> Mapping[Address, Key]:
        """Return the API keys of *owner*, by address."""
        if self._is_whole():
            return self.everything.keys.get(owner, {})
        number = self.account.names.find(owner)
        keys: Keys = self.handlers[Kind.KEY]
        return {key.address: key for key in keys.read((number,))} if number is not None else {}

    def role(self, address: Address) -> Role | None:
        """Return the role at *address*; after ``MOST_SINGLE`` custom roles, all roles are read."""
        if (builtin := self.account.catalogue.roles.get(address)) is not None:
            return builtin
        self._single_roles += 1
        if self._single_roles > MOST_SINGLE:
            return self._roles.get(address)
        return cast("Role | None", self._named(address))

    def roles_on(self, role: Address) -> dict[Address, Role]:
        """Return the roles that are based on *role* or imply it, by address."""
        roles: Roles = self.handlers[Kind.ROLE]
        return {each.address: each for each in roles.on(role)}

    def places(self, role: Address) -> Iterable[tuple[Address, Address]]:
        """Return the scope and the principal of each binding with *role*."""
        rows = self._read(role=role)
        if sum(map(len, rows.values())) > MANY:
            self._queries = MANY  # the caller reads each of them next
        return [(scope, principal) for scope, row in rows.items() for principal in row]

    def of(self, role: Address, scope: Address) -> Iterable[Address]:
        """Return the principals with *role* in *scope*.

        *Why* the query does not name the scope: databases would then read all rows of the scope.
        """
        return list(self._read(role=role).get(scope, {}))

    def read_holdings(self, principals: Collection[Address], scopes: Collection[Address]) -> None:
        """Read the holdings of each of *principals* itself in each of *scopes*.

        *Why* together: the access of a principal in a scope depends on the holdings of everyone,
        in the account and anywhere, too.
        """
        if not principals or not scopes or "everything" in self.__dict__:
            return
        at, names = {"principal": principals, "scope": scopes}, self.account.names
        rows = self._bindings.read(
            **{column: [n for a in sorted(of) if (n := names.find(a))] for column, of in at.items()}
        )
        for who in principals:
            known = self._single.setdefault(who, {})
            known.update({place: rows.get(place, {}).get(who) for place in scopes})

    def _is_whole(self) -> bool:
        """Say whether the whole state is read; if not, count one more query."""
        self._queries += 1
        return "everything" in self.__dict__ or self._queries > MANY

    def _held_by(self, principal: Address) -> dict[Address, Holdings]:
        """Return the holdings of *principal* itself, by scope; they are read once."""
        if principal not in self._held:
            rows = self._read(principal=principal)
            self._held[principal] = {scope: row[principal] for scope, row in rows.items()}
        return self._held[principal]

    def _named(self, address: Address) -> Resource | None:
        if self._is_whole():
            return self.everything.get(address)
        number = self.account.names.find(address)
        if number is None:
            return None
        return next(iter(self.handlers[address.kind].read((number,))), None)

    def _key(self, address: Address) -> Key | None:
        owner = key_owner(address)
        return self.keys.get(owner, {}).get(address) if owner else None

    @cached_property
    def _roles(self) -> Mapping[Address, Role]:
        return {role.address: role for role in self.handlers[Kind.ROLE].read()}

    def _read(self, **at: Address) -> dict[Address, Row]:
        numbers = {column: self.account.names.find(address) for column, address in at.items()}
        known = {column: number for column, number in numbers.items() if number is not None}
        return self._bindings.read(**known) if len(known) == len(at) else {}
