"""The catalogue of a world: permissions, built-in roles, and the permissions for changes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from functools import cached_property

from ..dataclasses import dataclass, field
from ..named_tuples import NamedTuple
from .address import Address
from .kind import Kind
from .resources import Holdings, Level, ObjectLevel, ObjectType, Permission, Permissions, Role
from .skeleton import Likeness


class Action(StrEnum):
    """The effect of a change on its address."""

    CREATE = "create"
    UPDATE = "update"
    RENAME = "rename"
    REPLACE = "replace"
    DELETE = "delete"


class Evidence(StrEnum):
    """The source of a statement about a vendor's system."""

    DOCUMENTED = "documented"
    INFERRED = "inferred"
    ASSUMED = "assumed"


class Title(NamedTuple):
    """The name that people use for a permission, and the evidence for each of its facts.

    ``words`` are the wording of the input documents. ``evidence`` is that for the
    name, ``includes_evidence`` that for the included permissions, ``roles_evidence`` that for the
    built-in roles with it. No custom role may hold a ``reserved`` permission.
    """

    permission: Permission
    level: Level
    title: str = ""
    words: str = ""
    group: str = ""
    evidence: Evidence = Evidence.DOCUMENTED
    includes_evidence: Evidence = Evidence.DOCUMENTED
    roles_evidence: Evidence = Evidence.ASSUMED
    reserved: bool = False


class Statement(NamedTuple):
    """A sentence of an input document on what a built-in role can do, or on how roles work.

    ``role`` is None if the sentence is about no particular role. The role holds
    ``permissions`` and does not hold ``lacks``; ``evidence`` is that for the
    link from the sentence to these, not for the sentence.
    """

    words: str
    role: Address | None = None
    permissions: Permissions = frozenset()
    lacks: Permissions = frozenset()
    evidence: Evidence = Evidence.INFERRED


class Right(NamedTuple):
    """The permission that a change requires of the applier, and its level."""

    permission: Permission
    level: Level


RightKey = tuple[Action, Kind, str]
"""The kind of change for which a right is required: action, kind and a third word.

The word is for bindings and keys the principal's kind, for roles the level, for users ``pending``
or nothing, for access lists the type of the object.
"""


@dataclass(frozen=True)
class Catalogue:
    """The permissions and built-in roles of one world, as data.

    ``includes`` is transitive. ``display`` maps a built-in role's address to the name the vendor
    shows; ``wire`` to the name the API uses. ``manages`` has no row for a change that nobody may
    make. A user whose account role is ``leaves_with_access`` leaves the account with its last
    role in a workspace. ``deletes_with`` has, by kind, the kinds that are deleted together with
    it under the one right to delete it: the applier need not hold the permissions that they
    grant. ``also_manages`` are permissions that hand out access although no change here requires
    them; ``reads_secrets`` are those that show secrets of the system. ``lists`` has, for each
    level of an object, the permission that a principal on its access list needs; the holders of
    ``passes_lists`` pass every list. ``statements`` are in the order of the input document.
    """

    world: str
    titles: Mapping[Permission, Title]
    includes: Mapping[Permission, Permissions]
    roles: Mapping[Address, Role]
    owner: Address
    manages: Mapping[RightKey, Right]
    custom_level: Level = Level.WORKSPACE
    display: Mapping[Address, str] = field(default_factory=dict)
    wire: Mapping[Address, str] = field(default_factory=dict)
    default_role_forbids: Permissions = frozenset()
    bots_account_role: Address | None = None
    new_bot_role: Address | None = None
    leaves_with_access: Address | None = None
    deletes_with: Mapping[Kind, frozenset[Kind]] = field(default_factory=dict)
    also_manages: Permissions = frozenset()
    reads_secrets: Permissions = frozenset()
    lists: Mapping[ObjectType, Mapping[ObjectLevel, Permission]] = field(default_factory=dict)
    passes_lists: Permissions = frozenset()
    statements: tuple[Statement, ...] = ()

    @cached_property
    def managing(self) -> Permissions:
        """The permissions that manage access: each lets its holder change the access of others."""
        return self.also_manages.union(right.permission for right in self.managing_rights)

    @cached_property
    def managing_rights(self) -> frozenset[Right]:
        """The rights that changes of access require, except those of access lists of objects.

        *Why*: every editor of a deployment may change its access list, and is no administrator.
        """
        rows = self.manages.items()
        return frozenset(right for (_, kind, _), right in rows if kind is not Kind.OBJECT)

    def closed(self, permissions: Iterable[Permission]) -> Permissions:
        """Return *permissions* with all that they include; an unknown one includes only itself."""
        closure = set(permissions)
        for permission in tuple(closure):
            closure |= self.includes.get(permission, frozenset())
        return frozenset(closure)

    def expanded(self, role: Role, known: Callable[[Address], object]) -> Permissions:
        """Return all permissions of *role*: its own, those of its base, and all that they include.

        *known* returns a role by address. A base that it does not return counts as
        a permission that nobody else holds: an unknown role is never an empty one.
        """
        return self._expanded(role, known, frozenset())

    def _expanded(
        self, role: Role, known: Callable[[Address], object], above: frozenset[Address]
    ) -> Permissions:
        result = self.closed(role.permissions)
        for address in role.base:
            base = known(address)
            if isinstance(base, Role) and address not in above:
                result |= self._expanded(base, known, above | {address})
            else:
                result |= {opaque(address)}
        return result

    def minimal(self, permissions: Iterable[Permission]) -> Permissions:
        """Return the fewest permissions that include all of *permissions*, as people write them."""
        permission_set = set(permissions)
        covered: set[Permission] = set()
        for permission in permission_set:
            covered |= self.includes.get(permission, frozenset()) - {permission}
        return frozenset(permission_set - covered)

    def right(self, action: Action, kind: Kind, of: str = "") -> Right | None:
        """Return the right that a change requires of the applier; None if nobody may make it."""
        return self.manages.get((action, kind, of))

    def leaves(self, roles: Holdings) -> bool:
        """Say whether a user of these account roles leaves with its last role in a workspace."""
        return {holding.role for holding in roles} == {self.leaves_with_access}

    def permission(self, written: str) -> Permission | None:
        """Return the permission with this name or title, in upper or lower case."""
        return self._permissions.get(written.casefold())

    def builtin(self, level: Level, written: str) -> Address | None:
        """Return the built-in role with this name, display or wire name, in upper or lower case."""
        return self._builtins.get((level, written.casefold()))

    @cached_property
    def builtin_names(self) -> Likeness[str]:
        """The names, display names and wire names of the built-in roles, by their appearance."""
        own = [role.name for role in self.roles.values()]
        names = [*own, *self.display.values(), *self.wire.values()]
        return Likeness((name, name) for name in names)

    @cached_property
    def _permissions(self) -> Mapping[str, Permission]:
        titled = {t.title.casefold(): p for p, t in self.titles.items() if t.title}
        return {**titled, **{p.casefold(): p for p in self.titles}}

    @cached_property
    def _builtins(self) -> Mapping[tuple[Level, str], Address]:
        names = (
            (a, r.level, n)
            for a, r in self.roles.items()
            for n in (r.name, self.display.get(a, r.name), self.wire.get(a, r.name))
        )
        return {(level, name.casefold()): address for address, level, name in names}


def opaque(role: Address) -> Permission:
    """Return a permission that stands for an unknown role; only that role holds it."""
    return Permission(str(role))
