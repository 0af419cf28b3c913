"""Service accounts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from ....model import Kind, ServiceAccount
from .. import tables as t
from .principals import Actors


class ServiceAccounts(Actors[ServiceAccount]):
    """Principals that are no people."""

    kind: ClassVar = Kind.SERVICE_ACCOUNT
    table: ClassVar = t.service_account

    def read(self) -> Iterator[ServiceAccount]:
        """Yield every service account."""
        addresses = self.account.names.addresses
        for number, description in self.rows(t.service_account, "number", "description"):
            yield ServiceAccount(addresses[number].key, description)

    def details(self, service_account: ServiceAccount) -> dict[str, Any]:
        """Return its columns."""
        return {"description": service_account.description}
