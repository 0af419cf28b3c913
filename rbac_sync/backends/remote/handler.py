"""The base of the handlers of remote services: the API, and the ids learned while reading."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, ClassVar, Generic, TypeVar
from uuid import UUID

from ...model import Address, Kind
from ..handler_session import Ids
from .api import ServiceApi

A = TypeVar("A", bound=ServiceApi)


@dataclass
class ApiHandler(Generic[A]):
    """One kind of resource in one account: the base of each ``Handler``."""

    kind: ClassVar[Kind]
    api: A
    ids: Ids
    remarks: list[tuple[Address, str]] = field(default_factory=list)

    def mark(self, _resource: Any, /) -> str:
        """Return an empty text: the state before the change does not matter. See ``Handler``."""
        return ""

    def trace(self, _resource: Any, /) -> str:
        """Return an empty text: such a resource has no id. See ``Handler``."""
        return ""

    def id(self, address: Address, sort: str = "id") -> UUID:
        """Return an id of *address*; BackendError if there is none."""
        return UUID(self.ids.of(address, sort))
