"""Service accounts, which the service keeps as users of another type."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar
from uuid import UUID

from ....model import Action, Binding, Kind, ServiceAccount
from ....model.address import service_account as named
from ....wire.prefect_cloud_1.answers import Made
from ....wire.prefect_cloud_1.operations import CREATE_SERVICE_ACCOUNT, DELETE_SERVICE_ACCOUNT
from ..rows import TenantLists, fetched
from .handler import Handler

NAMELESS = frozenset({""})


class ServiceAccounts(Handler):
    """Service accounts, whose names can be ambiguous. Their keys have another handler."""

    kind: ClassVar = Kind.SERVICE_ACCOUNT
    actions: ClassVar = frozenset({Action.CREATE, Action.DELETE})

    def read(self, rows: TenantLists) -> Iterator[ServiceAccount]:
        names = ((person.id, person.first_name or "") for person, _ in rows.service_accounts)
        called = self.doubles.unique_names(names, named, NAMELESS)
        for person, place in rows.service_accounts:
            account = ServiceAccount(called[person.id])
            self.ids.learn(account.address, str(person.id), id=person.id, membership=place.id)
            yield account

    def create(self, after: ServiceAccount, *brings: Binding) -> None:
        """Create a service account with its role: without a role it would be an administrator."""
        role = self.role(*brings)
        made = self.api.made(
            CREATE_SERVICE_ACCOUNT,
            Made,
            lambda: self._seen(after.name, role),
            tenant_id=str(self.api.tenant),
            name=after.name,
            role_id=str(role),
        )
        self.ids.learn(after.address, str(made.id), id=made.id)

    def delete(self, before: ServiceAccount) -> None:
        """Delete the service account with its keys."""
        id_ = self.id(before.address)
        self.remove(DELETE_SERVICE_ACCOUNT, id_, user_id=str(id_))
        self.ids.forget(before.address)

    def trace(self, after: ServiceAccount) -> str:
        members = fetched(self.api).service_accounts
        return next((str(m.user.id) for m in members if m.user.first_name == after.name), "")

    def _seen(self, name: str, role: UUID) -> Made | None:
        """Return the account with this name if it is the only one and as a new one is.

        Else somebody else made it: it has another role, or a key.
        """
        rows = fetched(self.api)
        owners = {key.user_id for key in rows.keys}
        match [m for m in rows.service_accounts if m.user.first_name == name]:
            case [one] if one.membership.role_id == role and one.user.id not in owners:
                return Made(id=one.user.id)
        return None
