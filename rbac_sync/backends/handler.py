"""What the handlers of a service have in common: its API, and the ids that reading it taught."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar, Generic, TypeVar
from uuid import UUID

from ..model import Address, Kind
from .exchange import Exchange
from .session import Ids

A = TypeVar("A", bound=Exchange)


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
