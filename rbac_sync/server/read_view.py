"""The view of one request: an account at one moment, with its ids, and the caller's rights."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeVar, cast
from uuid import UUID

from ..backends.store.documents import Documents
from ..backends.store.id_index import IdEntry, IdIndex
from ..backends.store.session import StoreSession
from ..guard import Access
from ..model import (
    ACCOUNT,
    Address,
    Catalogue,
    Instant,
    Kind,
    Permissions,
    Resource,
    Role,
    State,
    Status,
    User,
)
from .refusals import not_found

R = TypeVar("R", bound=Resource)


@dataclass(frozen=True, slots=True)
class AccountSnapshot:
    """All access of one account, with all ids, as of one serial number of it."""

    state: State
    register: IdIndex
    serial: int


@dataclass(frozen=True)
class ReadView:
    """An account as the caller's request finds it, inside one transaction."""

    session: StoreSession
    caller: Address
    snapshot: AccountSnapshot
    profiles: dict[Address, Mapping[str, Any]] = field(default_factory=dict)
    expected: set[Address] = field(default_factory=set)

    @property
    def state(self) -> State:
        """The live state."""
        return self._fresh.state

    @property
    def register(self) -> IdIndex:
        """The ids of everything."""
        return self._fresh.register

    @property
    def _fresh(self) -> AccountSnapshot:
        assert self.snapshot.serial == self.session.account.serial, "no view outlives a write"
        return self.snapshot

    @property
    def catalogue(self) -> Catalogue:
        """The permissions and built-in roles of the account's world."""
        return self.session.catalogue

    @property
    def documents(self) -> Documents:
        """The documents kept besides access."""
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
        """The store's own time."""
        return self.session.now()

    @cached_property
    def access(self) -> Access:
        """Access: who may do what."""
        return Access(self.state, self.catalogue)

    def may(self, scope: Address = ACCOUNT) -> Permissions:
        """Return what the caller may do in *scope* now."""
        return self.access.may(self.caller, scope, self.now)

    def entry(self, address: Address) -> IdEntry:
        """Return what the register says of *address*, which is known to exist."""
        return self.register.named[address]

    def id(self, address: Address) -> UUID:
        """Return the id of *address*, which is known to exist."""
        return self.register.named[address].id

    def resource(self, cls: type[R], id_: UUID) -> R:
        """Return the resource of this class and id.

        Raises:
            Refusal: there is none.

        """
        address = self.register.find(cls.kind, id_)
        resource = self.state.get(address) if address else None
        if resource is None:
            raise not_found()
        return cast("R", resource)

    def expect(self, addresses: Collection[Address]) -> None:
        """Read the principals and scopes at *addresses* together; their profiles, if asked for."""
        self.state.expect(addresses)
        self.expected.update(addresses)

    def resources(self, cls: type[R], entries: Iterable[IdEntry]) -> Iterator[tuple[R, IdEntry]]:
        """Yield the resources of *entries* that are of this class, each with its entry."""
        for entry in entries:
            resource = self.state.get(entry.address)
            if isinstance(resource, cls):
                yield resource, entry

    def all(self, kind: Kind) -> list[IdEntry]:
        """Return everything of *kind*, oldest first."""
        return [e for e in self.register.named.values() if e.address.kind is kind]

    def walk(self, kind: Kind) -> Iterator[IdEntry]:
        """Yield everything of *kind* in the order in which it came; a part is read at a time."""
        for part in self.register.parts(kind):
            self.expect([entry.address for entry in part])
            yield from part

    def workspaces(self) -> Iterator[IdEntry]:
        """Yield the workspaces in which the caller may do anything at all, oldest first.

        *Why* not all: the account roles let people see those to which they have
        access, and in any other everything answers 404.
        """
        return (entry for entry in self.walk(Kind.WORKSPACE) if self.may(entry.address))

    def role_of(self, principal: Address) -> Address:
        """Return the account role of a member or service account."""
        return min(holding.role for holding in self.state.holdings(principal, ACCOUNT))

    def role_name(self, role: Address) -> str:
        """Return the name by which the API knows a role."""
        resource = self.state.get(role)
        name = resource.name if isinstance(resource, Role) else role.key
        return self.catalogue.wire.get(role, name)

    def is_member(self, principal: Address) -> bool:
        """Say whether *principal* has come in: whoever is only invited has not."""
        member = self.state.get(principal)
        return not (isinstance(member, User) and member.status is Status.PENDING)
