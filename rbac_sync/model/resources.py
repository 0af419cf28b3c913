"""The resource kinds. Each is a frozen value with an address and references."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from enum import StrEnum
from functools import lru_cache
from typing import ClassVar, NewType, TypeGuard, assert_never, get_args

from ..dataclasses import dataclass, field, replace
from . import address as named
from .address import Address, encoded
from .instant import Instant
from .kind import Kind

Permission = NewType("Permission", str)
"""A backend's own permission string: ``see_flows``, ``create:flow``."""

Permissions = frozenset[Permission]


class Level(StrEnum):
    """The level at which a role can be bound."""

    ACCOUNT = "account"
    WORKSPACE = "workspace"


class Status(StrEnum):
    """The status of a user in the account."""

    ACTIVE = "active"
    PENDING = "pending"
    SUSPENDED = "suspended"


@dataclass(frozen=True, slots=True)
class User:
    """A person. ``expires`` is the end of a pending user's invitation."""

    kind: ClassVar[Kind] = Kind.USER
    references: ClassVar[frozenset[Address]] = frozenset()
    email: str
    status: Status = Status.ACTIVE
    expires: Instant | None = None

    @property
    def address(self) -> Address:
        return named.user(self.email)


@dataclass(frozen=True, slots=True)
class ServiceAccount:
    """A principal that is no person and acts by API key."""

    kind: ClassVar[Kind] = Kind.SERVICE_ACCOUNT
    references: ClassVar[frozenset[Address]] = frozenset()
    name: str
    description: str = ""

    @property
    def address(self) -> Address:
        return named.service_account(self.name)


@dataclass(frozen=True, slots=True)
class Key:
    """An API key of a service account or a user, without its secret. ``until`` None: no end."""

    kind: ClassVar[Kind] = Kind.KEY
    owner: Address
    name: str
    until: Instant | None = None

    @property
    def address(self) -> Address:
        return Address(self.kind, f"{self.owner}/key/{encoded(self.name)}")

    @property
    def references(self) -> frozenset[Address]:
        return frozenset({self.owner})


@dataclass(frozen=True, slots=True)
class Membership:
    """A place in a team, from ``since`` (None: always) until ``until`` (None: for good).

    ``reason`` is free text and grants nothing.
    """

    principal: Address
    since: Instant | None = None
    until: Instant | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Team:
    """A named set of users and service accounts; ``managed_by`` names its directory, if any."""

    kind: ClassVar[Kind] = Kind.TEAM
    name: str
    members: frozenset[Membership] = frozenset()
    managed_by: str = ""
    description: str = ""

    @property
    def address(self) -> Address:
        return named.team(self.name)

    @property
    def references(self) -> frozenset[Address]:
        return frozenset(m.principal for m in self.members)


@dataclass(frozen=True, slots=True)
class Workspace:
    """A scope inside the account. Keyed by handle; ``name`` is for people."""

    kind: ClassVar[Kind] = Kind.WORKSPACE
    references: ClassVar[frozenset[Address]] = frozenset()
    handle: str
    name: str = ""
    description: str = ""
    public: bool = False

    @property
    def address(self) -> Address:
        return named.workspace(self.handle)


@dataclass(frozen=True, slots=True)
class Role:
    """A named set of permissions, bindable at one level.

    ``base`` (at most one) adds the permissions of a role of the same level.
    ``implies`` names roles held in every workspace, as an account owner is an
    owner of each. ``builtin`` roles belong to the backend and never change.
    """

    kind: ClassVar[Kind] = Kind.ROLE
    level: Level
    name: str
    permissions: Permissions = frozenset()
    base: frozenset[Address] = frozenset()
    implies: frozenset[Address] = frozenset()
    description: str = ""
    builtin: bool = field(default=False, compare=False)

    @property
    def address(self) -> Address:
        return role(self.level, self.name)

    @property
    def references(self) -> frozenset[Address]:
        return self.base | self.implies


@dataclass(frozen=True, slots=True)
class Holding:
    """A role held, from ``since`` (None: always) until ``until`` (None: for good).

    ``reason`` is, as in ``Membership``, a text that grants nothing.
    """

    role: Address
    since: Instant | None = None
    until: Instant | None = None
    reason: str = ""


Holdings = frozenset[Holding]


@lru_cache(maxsize=1 << 12)
def roles_in(holdings: Holdings) -> frozenset[Address]:
    """Return the addresses of the roles in *holdings*; most bindings have one of a few sets."""
    return frozenset(holding.role for holding in holdings)


@dataclass(frozen=True, slots=True)
class Binding:
    """The roles one principal holds in one scope.

    Keyed by principal and scope, not by role: moving someone from viewer to
    developer is then an update of one address on every backend.
    """

    kind: ClassVar[Kind] = Kind.BINDING
    principal: Address
    scope: Address
    roles: Holdings

    @property
    def address(self) -> Address:
        return named.binding(self.principal, self.scope)

    @property
    def references(self) -> frozenset[Address]:
        return roles_in(self.roles).union((self.principal, self.scope))


class ObjectType(StrEnum):
    """A type of object with an access list. The value is the word before its name."""

    BLOCK = "block"
    DEPLOYMENT = "deployment"
    WORK_POOL = "work_pool"


class ObjectLevel(StrEnum):
    """A level of an access list: to see an object, to run it, or to change it and its list."""

    VIEW = "view"
    RUN = "run"
    MANAGE = "manage"

    @property
    def permission(self) -> Permission:
        return Permission(self.value)


LEVELS: Mapping[ObjectType, tuple[ObjectLevel, ...]] = {
    ObjectType.BLOCK: (ObjectLevel.VIEW, ObjectLevel.MANAGE),
    ObjectType.DEPLOYMENT: tuple(ObjectLevel),
    ObjectType.WORK_POOL: tuple(ObjectLevel),
}
"""The levels of each type of object: nobody runs a block."""


PARTS: Mapping[ObjectType, int] = {
    ObjectType.BLOCK: 2,
    ObjectType.DEPLOYMENT: 2,
    ObjectType.WORK_POOL: 1,
}
"""The parts of the name of an object: a block's begins with its type, a deployment's its flow."""


def is_object_name(name: str) -> bool:
    """Say whether *name* may be that of an object, as in ``deployment:etl/daily``."""
    word, _, own = name.partition(":")
    parts = own.split("/")
    return (
        word in set(ObjectType)
        and len(parts) == PARTS[ObjectType(word)]
        and all(map(str.strip, parts))
    )


@dataclass(frozen=True, slots=True)
class ObjectAccess:
    """The access list of one object in a workspace: its principals by level.

    ``EVERYONE`` on a level stands for all whose role in the workspace permits it, service accounts
    too. An empty level admits only principals that pass every list. ``name`` begins with the
    type: ``deployment:etl/daily``. rbac-sync neither makes nor deletes the object; without a
    list of its own it is open at each level.
    """

    kind: ClassVar[Kind] = Kind.OBJECT
    workspace: Address
    name: str
    view: frozenset[Address] = frozenset()
    run: frozenset[Address] = frozenset()
    manage: frozenset[Address] = frozenset()

    def __post_init__(self) -> None:
        """Raise ValueError for a name that no object can have."""
        if not is_object_name(self.name):
            raise ValueError(f"`{self.name}` is no object")

    @property
    def address(self) -> Address:
        return named.workspace_object(self.workspace, self.name)

    @property
    def references(self) -> frozenset[Address]:
        return frozenset({self.workspace, *self.principals})

    @property
    def principals(self) -> frozenset[Address]:
        """All principals on the list at any level, with ``EVERYONE`` if it is listed."""
        return self.view | self.run | self.manage

    @property
    def type(self) -> ObjectType:
        return ObjectType(self.name.partition(":")[0])

    @property
    def levels(self) -> tuple[ObjectLevel, ...]:
        return LEVELS[self.type]

    def at(self, level: ObjectLevel) -> frozenset[Address]:
        """Return the principals on the list at *level*."""
        listed: frozenset[Address] = getattr(self, level)
        return listed

    def with_principals(
        self, changed: Callable[[frozenset[Address]], frozenset[Address]]
    ) -> ObjectAccess:
        """Return the list with the principals of each level replaced by ``changed(principals)``."""
        view, run, manage = (changed(self.at(level)) for level in ObjectLevel)
        return replace(self, view=view, run=run, manage=manage)

    def with_listed(self, other: ObjectAccess, kept: Collection[Address]) -> ObjectAccess:
        """Return the list with the principals of *kept* that *other* lists, at the same levels."""
        view, run, manage = (self.at(e) | other.at(e).intersection(kept) for e in ObjectLevel)
        return replace(self, view=view, run=run, manage=manage)

    @property
    def is_open(self) -> bool:
        """True if the list has everyone at each level, as an object without a list has."""
        return self == opened(self.workspace, self.name)


def opened(workspace: Address, name: str) -> ObjectAccess:
    """Return the list that stands for an object without a list: everyone at each level."""
    everyone = frozenset({named.EVERYONE})
    levels = LEVELS[ObjectType(name.partition(":")[0])]
    return ObjectAccess(workspace, name, **dict.fromkeys(levels, everyone))


@lru_cache(maxsize=named.MOST_KEPT)
def role(level: Level, name: str) -> Address:
    """Return the address of a role."""
    return Address(Kind.ROLE, f"{level}/{name}")


@lru_cache(maxsize=named.MOST_KEPT)
def held(role: Address) -> Holdings:
    """Return the holdings of one role without terms, which most bindings share as one value."""
    return frozenset({Holding(role)})


def is_invited(resource: Resource | None) -> TypeGuard[User]:
    """Say whether *resource* is a user who has not accepted the invitation yet."""
    return isinstance(resource, User) and resource.status is Status.PENDING


def is_member(resource: Resource | None) -> TypeGuard[User]:
    """Say whether *resource* is a user who is not only invited."""
    return isinstance(resource, User) and resource.status is not Status.PENDING


def is_removable(resource: Resource) -> bool:
    """Say whether a plan can remove *resource*, and not only somebody else."""
    match resource:
        case User():
            return is_member(resource)
        case Key():
            return resource.owner.kind is Kind.SERVICE_ACCOUNT
        case Team():
            return not resource.managed_by
        case Role():
            return not resource.builtin
        case ServiceAccount() | Workspace() | Binding() | ObjectAccess():
            return True
        case _ as never:
            assert_never(never)


Resource = User | ServiceAccount | Key | Team | Workspace | Role | Binding | ObjectAccess
"""A resource of any kind: a closed union, so that a type checker reports code that forgets a kind.

Every class has ``kind``; ``address``; and ``references``, the addresses that must exist before it.
"""

CLASSES: dict[Kind, type] = {c.kind: c for c in get_args(Resource)}
