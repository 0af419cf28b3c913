"""Roles: five are built in, the others are custom lists of permissions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar
from uuid import UUID

from ....errors import BackendError, NoAnswer
from ....model import Binding, Kind, Level, Permission, Role
from ....wire.prefect_cloud_1.answers import Made, Success
from ....wire.prefect_cloud_1.answers import Role as Row
from ....wire.prefect_cloud_1.operations import CREATE_ROLE, DELETE_ROLE, UPDATE_ROLE
from ...handler import WRITTEN
from ...remote.request import LOST
from ..naming import RESERVED, builtin_role, custom_role
from ..rows import TenantLists, fetched
from .handler import Handler


class Roles(Handler):
    """The current roles, with the built-in ones, which belong to no tenant."""

    kind: ClassVar = Kind.ROLE
    actions: ClassVar = WRITTEN

    def read(self, rows: TenantLists) -> Iterator[Role]:
        """Yield every role with the permissions that the service reports."""
        own = [(row.id, row.name) for row in rows.roles if row.tenant_id is not None]
        called = self.doubles.unique_names(own, custom_role, RESERVED)
        for row in rows.roles:
            is_own = row.tenant_id is not None
            address = custom_role(called[row.id]) if is_own else builtin_role(row.name)
            self.ids.learn(address, str(row.updated), id=row.id)
            yield Role(
                Level.ACCOUNT,
                address.key.partition("/")[2],
                frozenset(map(Permission, row.permissions)),
                builtin=not is_own,
            )

    def create(self, after: Role, *_brings: Binding) -> None:
        made = self.api.made(
            CREATE_ROLE,
            Made,
            lambda: self._seen(after),
            name=after.name,
            permissions=sorted(after.permissions),
        )
        self.ids.learn(after.address, id=made.id)

    def update(self, before: Role, after: Role) -> None:
        """Replace the permissions of *before* by those of *after*.

        The service replaces the whole list, even if somebody else has changed it.
        So the role is read directly before and after the request.
        """
        id_ = self.id(before.address)
        if not self._holds(id_, before):
            message = f"`{before.address}` has changed while this was applied"
            raise BackendError(message, hint="plan again")
        self.api.made(
            UPDATE_ROLE,
            Success,
            lambda: self._holds(id_, after) or None,
            role_id=str(id_),
            permissions=sorted(after.permissions),
        )
        self._verify(id_, after)

    def delete(self, before: Role) -> None:
        id_ = self.id(before.address)
        self.remove(DELETE_ROLE, id_, role_id=str(id_))
        self.ids.forget(before.address)

    def trace(self, after: Role) -> str:
        return next((str(row.id) for row in self._named(after.name)), "")

    def _seen(self, role: Role) -> Made | None:
        """Return the role with this name if it has equal permissions; else None, it is foreign."""
        such = (r.id for r in self._named(role.name) if set(r.permissions) == role.permissions)
        return next((Made(id=id_) for id_ in such), None)

    def _named(self, name: str) -> Iterator[Row]:
        rows = fetched(self.api).roles
        return (row for row in rows if row.tenant_id is not None and row.name == name)

    def _verify(self, id_: UUID, role: Role) -> None:
        try:
            is_so = self.api.polled(lambda: self._holds(id_, role) or None)
        except BackendError as error:
            message = f"what `{role.address}` holds now is not known: {error}"
            raise NoAnswer(message, hint=LOST) from error
        if not is_so:
            message = f"the service gives `{role.address}` other permissions than it was sent"
            raise BackendError(message, hint="look at the role in the service, then plan again")

    def _holds(self, id_: UUID, role: Role) -> bool:
        row = self.api.role(id_)
        return row is not None and set(row.permissions) == role.permissions
