"""What one world knows: its permissions, its built-in roles, and which permission manages what."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from .address import Address, Kind
from .resources import Level, Permission, Permissions, Role


class Action(StrEnum):
    """What a change does to its address."""

    CREATE = "create"
    UPDATE = "update"
    RENAME = "rename"
    REPLACE = "replace"
    DELETE = "delete"


class Evidence(StrEnum):
    """Where a statement about a vendor's system comes from."""

    DOCUMENTED = "documented"
    INFERRED = "inferred"
    ASSUMED = "assumed"


@dataclass(frozen=True, slots=True)
class Title:
    """What people call a permission, and how much of it is documented.

    ``words`` are the input documents' own wording. ``evidence`` speaks of the
    name, ``includes_evidence`` of what it includes, ``roles_evidence`` of the
    built-in roles that hold it.
    """

    permission: Permission
    level: Level
    title: str = ""
    words: str = ""
    group: str = ""
    evidence: Evidence = Evidence.DOCUMENTED
    includes_evidence: Evidence = Evidence.DOCUMENTED
    roles_evidence: Evidence = Evidence.ASSUMED


@dataclass(frozen=True, slots=True)
class Right:
    """The permission that a change asks of the applier, and where it is asked."""

    permission: Permission
    level: Level


Asks = tuple[Action, Kind, str]
"""A kind of change: action, kind, and of bindings and keys the principal's kind, of users ``pending`` or empty."""


@dataclass(frozen=True)
class Catalogue:
    """The permissions and built-in roles of one world, as data.

    ``includes`` is transitive. ``display`` maps a built-in role's address to
    the name the vendor shows; ``wire`` to the name the API uses. ``manages``
    has no row for what nobody may do to others (a user's own keys).
    """

    world: str
    titles: Mapping[Permission, Title]
    includes: Mapping[Permission, Permissions]
    roles: Mapping[Address, Role]
    owner: Address
    manages: Mapping[Asks, Right]
    custom_level: Level = Level.WORKSPACE
    display: Mapping[Address, str] = field(default_factory=dict)
    wire: Mapping[Address, str] = field(default_factory=dict)
    default_role_forbids: Permissions = frozenset()
    bots_account_role: Address | None = None
    new_bot_role: Address | None = None

    def closed(self, permissions: Iterable[Permission]) -> Permissions:
        """Return *permissions* with everything they include. Unknown ones include only themselves."""
        found = set(permissions)
        for permission in tuple(found):
            found |= self.includes.get(permission, frozenset())
        return frozenset(found)

    def minimal(self, permissions: Iterable[Permission]) -> Permissions:
        """Return the fewest permissions that include all of *permissions*: what people write."""
        wanted = set(permissions)
        covered: set[Permission] = set()
        for permission in wanted:
            covered |= self.includes.get(permission, frozenset()) - {permission}
        return frozenset(wanted - covered)

    def right(self, action: Action, kind: Kind, of: str = "") -> Right | None:
        """Return what a change asks of the applier; None if nobody may make it."""
        return self.manages.get((action, kind, of))
