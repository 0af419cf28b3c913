"""The base of the handlers of Prefect Cloud 1."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from ....dataclasses import dataclass, field
from ....errors import BackendError
from ....model import ACCOUNT, Binding
from ....wire.prefect_cloud_1.answers import Success
from ....wire.prefect_cloud_1.operations import Mutation
from ...remote.handler import ApiHandler
from ..api import Api
from ..doubles import Doubles
from ..rows import TenantLists, fetched


@dataclass
class Handler(ApiHandler[Api, TenantLists]):
    """One kind of resource in one tenant."""

    doubles: Doubles = field(default_factory=Doubles)

    def role(self, *bindings: Binding) -> UUID:
        """Return the id of the one role that *bindings* give in the tenant.

        Raises:
            BackendError: they give no role, or several.
        """
        roles = [h.role for b in bindings if b.scope == ACCOUNT for h in b.roles]
        if len(roles) != 1:
            message = f"one role can be held in a tenant, not {len(roles)}"
            raise BackendError(message, hint="plan again")
        return self.id(roles[0])

    def remove(self, mutation: Mutation, id_: UUID, **sent: Any) -> None:
        """Send *mutation*, which removes the row with this id."""
        self.api.made(mutation, Success, lambda: id_ not in fetched(self.api).ids() or None, **sent)
