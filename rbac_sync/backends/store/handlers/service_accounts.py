"""Service accounts."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any, ClassVar

from ....model import Kind, ServiceAccount
from .. import tables as t
from .handler import among
from .principals import Actors


class ServiceAccounts(Actors[ServiceAccount]):
    """The handler of service accounts."""

    kind: ClassVar = Kind.SERVICE_ACCOUNT
    table: ClassVar = t.service_account

    def read(self, numbers: Collection[int] | None = None) -> Iterator[ServiceAccount]:
        names = self.own_names(numbers)
        columns = ("number", "description")
        rows = self.account.find(t.service_account, *columns, **among("number", numbers))
        for number, description in rows:
            yield ServiceAccount(names(number).key, description)

    def details(self, service_account: ServiceAccount) -> dict[str, Any]:
        return {"description": service_account.description}
