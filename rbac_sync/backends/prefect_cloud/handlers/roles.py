"""Roles of both levels; only workspace roles can be custom."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from ....model import Address, Binding, Kind, Level, Permission, Role
from ....model.resources import role as role_address
from ....model.state import State
from ....planning.target_form import normal_role
from ....wire.prefect_cloud import roles as wire
from ....wire.prefect_cloud.filters import AnyText
from ..naming import WORLD, role_named
from ..rows import WORKSPACE_ROLES, AccountRows, RoleRows
from .handler import NamedKind


class Roles(NamedKind[Role]):
    """The current roles, with the built-in ones."""

    kind: ClassVar = Kind.ROLE
    listing: ClassVar = WORKSPACE_ROLES
    creation_right: ClassVar = "create:workspace_role"
    deletion_right: ClassVar = "delete:workspace_role"

    def read(self, rows: AccountRows) -> Iterator[Role]:
        """Yield every role; its permissions are as the service says them."""
        yield from self.listed(rows.roles)
        yield from self._unlisted(rows)

    def listed(self, rows: RoleRows) -> Iterator[Role]:
        """Yield the roles in the lists of the service."""
        for row in rows.account_roles:
            address = role_named(Level.ACCOUNT, row.name, builtin=row.account_id is None)
            self.ids.learn(address, str(row.updated), id=row.id)
            known = WORLD.roles.get(address)
            yield Role(
                Level.ACCOUNT,
                address.key.partition("/")[2],
                frozenset(map(Permission, row.permissions)),
                implies=known.implies if known else frozenset(),
                builtin=True,
            )
        for each in rows.workspace_roles:
            self.ids.learn(_address(each), str(each.updated), id=each.id)
            self.ids.reported(_address(each), "workspace-role", each.id)
        for each in rows.workspace_roles:
            yield self._role(each)

    def _unlisted(self, rows: AccountRows) -> Iterator[Role]:
        """Yield the built-in account roles that members hold but no list contains.

        *Why*: it is not documented whether the service lists the role of guests.
        """
        held = {member.account_role_id: member.account_role_name for member in rows.members}
        for id_, name in held.items():
            address = WORLD.builtin(Level.ACCOUNT, name)
            if address and not self.ids.has(address, "id"):
                self.ids.learn(address, id=id_)
                yield WORLD.roles[address]

    def create(self, after: Role, *_brings: Binding) -> None:
        body = wire.WorkspaceRoleCreate.model_validate(self._fields(after))
        self.ids.learn(after.address, id=self.made(after, body, wire.WorkspaceRole).id)

    def is_new(self, row: wire.WorkspaceRole, after: Role, *_brings: Binding) -> bool:
        made, planned = (normal_role(each, State(()), WORLD) for each in (self._role(row), after))
        return (made.base, made.permissions) == (planned.base, planned.permissions)

    def update(self, before: Role, after: Role) -> None:
        body = wire.WorkspaceRoleUpdate.model_validate(self._fields(after))
        self.api.put("PATCH", self.path(before), body, "update:workspace_role")

    def page(self, name: str) -> wire.ReadWorkspaceRoles:
        such = wire.WorkspaceRoleFilter(name=AnyText(any_=[name]), is_global=False)
        return wire.ReadWorkspaceRoles(workspace_roles=such)

    def _role(self, row: wire.WorkspaceRole) -> Role:
        address, base = _address(row), frozenset[Address]()
        if row.inherited_role_id:
            where = f"the role `{row.name}`"
            base = frozenset({self.ids.address(row.inherited_role_id, where, {Kind.ROLE})})
        return Role(
            Level.WORKSPACE,
            address.key.partition("/")[2],
            frozenset(map(Permission, row.scopes)),
            base=base,
            description=row.description,
            builtin=row.account_id is None,
        )

    def _fields(self, role: Role) -> dict[str, object]:
        base = next((self.id(address) for address in role.base), None)
        return {
            "name": role.name,
            "description": role.description,
            "scopes": sorted(role.permissions),
            "inherited_role_id": base,
        }


def _address(row: wire.WorkspaceRole) -> Address:
    if row.account_id is None:
        return role_named(Level.WORKSPACE, row.name, builtin=True)
    return role_address(Level.WORKSPACE, row.name)
