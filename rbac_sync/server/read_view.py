"""The view of one request: an account at one moment, with its ids, and the caller's rights."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any, TypeVar, cast
from uuid import UUID

from ..backends.store.documents import Documents
from ..backends.store.id_index import IdIndex
from ..backends.store.id_rows import HeldRow, IdEntry
from ..backends.store.session import StoreSession
from ..dataclasses import dataclass, field
from ..guard import Access
from ..model import (
    ACCOUNT,
    ANYWHERE,
    EVERYONE,
    Address,
    Catalogue,
    Holding,
    Instant,
    Kind,
    Membership,
    Permissions,
    Resource,
    Role,
    State,
    Status,
    Team,
    User,
)
from ..model.instant import is_open
from .refusals import Missing

R = TypeVar("R", bound=Resource)


@dataclass(frozen=True)
class ReadView:
    """The view of an account for one request of the caller, inside one transaction.

    Its access and its ids are those when it was opened: no change is made while it is used.
    """

    session: StoreSession
    caller: Address
    _state: State
    _register: IdIndex
    _change: int
    profiles: dict[Address, Mapping[str, Any]] = field(default_factory=dict)
    expected: set[Address] = field(default_factory=set)

    @property
    def state(self) -> State:
        """The live state."""
        self._check_fresh()
        return self._state

    @property
    def register(self) -> IdIndex:
        """The index of all ids."""
        self._check_fresh()
        return self._register

    def _check_fresh(self) -> None:
        assert self._change == self.session.change, "no view outlives a write"

    @property
    def catalogue(self) -> Catalogue:
        """The permissions and built-in roles of the account's world."""
        return self.session.catalogue

    @property
    def documents(self) -> Documents:
        """The documents besides access."""
        return self.session.documents

    @property
    def account_id(self) -> UUID:
        """The account's id."""
        return self.register.account_id

    @property
    def handle(self) -> str:
        """The account's handle."""
        return self.session.account.handle

    @property
    def now(self) -> Instant:
        """The time of the store."""
        return self.session.now()

    @cached_property
    def access(self) -> Access:
        """The access of all principals."""
        return Access(self.state, self.catalogue)

    def may(self, scope: Address = ACCOUNT) -> Permissions:
        """Return the present permissions of the caller in *scope*."""
        return self.access.may(self.caller, scope, self.now)

    def entry(self, address: Address) -> IdEntry:
        """Return the entry of *address*, which exists, in the id index."""
        return self.register.named[address]

    def id(self, address: Address) -> UUID:
        """Return the id of *address*, which exists."""
        return self.register.named[address].id

    def resource(self, cls: type[R], id_: UUID) -> R:
        """Return the resource of this class and id.

        Raises:
            Refusal: there is no such resource.
        """
        address = self.register.find(cls.kind, id_)
        resource = self.state.get(address) if address else None
        if resource is None:
            raise Missing
        return cast("R", resource)

    def expect(self, addresses: Collection[Address]) -> None:
        """Read the principals and scopes at *addresses* together, with profiles on request."""
        self.state.expect(addresses)
        self.expected.update(addresses)

    def resources(self, cls: type[R], entries: Iterable[IdEntry]) -> Iterator[tuple[R, IdEntry]]:
        """Yield the resources of *entries* that are of this class, each with its entry."""
        for entry in entries:
            resource = self.state.get(entry.address)
            if isinstance(resource, cls):
                yield resource, entry

    def all(self, kind: Kind) -> list[IdEntry]:
        """Return all resources of *kind*, oldest first."""
        return [e for e in self.register.named.values() if e.address.kind is kind]

    def walk(self, kind: Kind) -> Iterator[IdEntry]:
        """Yield all resources of *kind* in order of creation, in parts that are read one by one."""
        for part in self.register.parts(kind):
            self.expect([entry.address for entry in part])
            yield from part

    def workspaces(self) -> Iterator[IdEntry]:
        """Yield the workspaces in which the caller has any permission, oldest first.

        *Why* not all: the account roles show users only the workspaces to which they have
        access, and requests for any other get 404.
        """
        there = self.walk(Kind.WORKSPACE) if self.may(ANYWHERE) else self._held_workspaces()
        return (entry for entry in there if self.may(entry.address))

    def _held_workspaces(self) -> list[IdEntry]:
        """Return the workspaces with roles of the caller, its teams or everyone, oldest first."""
        holders = (self.caller, *self.state.memberships_of(self.caller), EVERYONE)
        scopes = [each for each in self.state.scopes_of(*holders) if each.kind is Kind.WORKSPACE]
        self.register.expect(scopes)
        self.expect(scopes)
        return sorted(map(self.entry, scopes), key=lambda entry: (entry.created, entry.id))

    def role_of(self, principal: Address) -> Address:
        """Return the account role of a principal; see ``account_row``."""
        return self.account_row(principal).role

    def default_roles(self, scope: Address) -> list[Address]:
        """Return the roles that all users have in *scope* now."""
        return sorted(h.role for h in self.state.holdings(EVERYONE, scope) if self.is_open(h))

    def account_row(self, principal: Address) -> HeldRow:
        """Return the row of the account role of a principal; see ``held_row``."""
        row = self.held_row(ACCOUNT, principal)
        assert row is not None, "every member has an account role"
        return row

    def held_row(self, scope: Address, principal: Address) -> HeldRow | None:
        """Return a row of *principal* in *scope*: one in force if there is any."""
        rows = self.register.held_by(scope, principal)
        return min(rows, key=lambda row: not self.is_open(row), default=None)

    def memberships(self, rows: Collection[HeldRow]) -> list[HeldRow]:
        """Return the *rows* of the account that are shown as memberships."""
        closed = {(ACCOUNT, row.principal) for row in rows if not self.is_open(row)}
        self.expect([row.principal for row in rows])
        self.register.expect_held(closed)
        return [row for row in rows if self._is_membership(row)]

    def membership(self, id_: UUID) -> HeldRow | None:
        """Return the membership with this id, or None if none is shown."""
        row = self.register.row(ACCOUNT, id_)
        return row if row and self._is_membership(row) else None

    def _is_membership(self, row: HeldRow) -> bool:
        """Say whether a row of the account is shown: in force, or of a member without such a row.

        Rows of pending users are not shown.
        """
        is_shown = self.is_open(row) or row == self.account_row(row.principal)
        return is_shown and self.is_member(row.principal)

    def is_open(self, grant: Holding | Membership | HeldRow) -> bool:
        """Say whether a role or a place in a team is in force now."""
        return is_open(grant.since, grant.until, self.now)

    def members(self, team: Team) -> list[Address]:
        """Return who is in *team* now, without pending users."""
        places = (place.principal for place in team.members if self.is_open(place))
        return [who for who in sorted(places) if self.is_member(who)]

    def role_name(self, role: Address) -> str:
        """Return the name of a role in the API."""
        resource = self.state.get(role)
        name = resource.name if isinstance(resource, Role) else role.key
        return self.catalogue.wire.get(role, name)

    def is_member(self, principal: Address) -> bool:
        """Say whether *principal* is in the account and not only invited."""
        member = self.state.get(principal)
        return not (isinstance(member, User) and member.status is Status.PENDING)
