"""The base of the handlers of remote services: the API, and the ids that reading has taught."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar, Generic, TypeVar
from uuid import UUID

from ...model import Address, Kind
from ..handler_session import Ids
from .api import ServiceApi

A = TypeVar("A", bound=ServiceApi)


@dataclass
class ApiHandler(Generic[A]):
    """One kind of resource in one account. Verbs are methods: what is missing cannot be done.

    ``remarks`` are what the trail should tell beyond the changes themselves.
    """

    kind: ClassVar[Kind]
    api: A
    ids: Ids
    remarks: list[tuple[Address, str]] = field(default_factory=list)

    def id(self, address: Address, sort: str = "id") -> UUID:
        """Return an id of *address*; BackendError if there is none."""
        return UUID(self.ids.of(address, sort))
