"""The base of the handlers of remote services: the API, and the ids learned while reading."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from typing import Any, Generic, TypeVar
from uuid import UUID

from ...dataclasses import dataclass, field
from ...errors import NoAnswer
from ...model import Address, Key, Resource
from ..handler import KindHandler
from .api import ServiceApi
from .ids import Ids

A = TypeVar("A", bound=ServiceApi)
Rows_contra = TypeVar("Rows_contra", contravariant=True)

REVOKED = "the key whose secret was lost is revoked"
"""The remark about a lost key that ends when its successor is made."""


@dataclass
class ApiHandler(KindHandler[Any], ABC, Generic[A, Rows_contra]):
    """Reads and writes one kind of resource. ``remarks`` are notes for the trail."""

    api: A
    ids: Ids
    remarks: list[tuple[Address, str]] = field(default_factory=list)

    @abstractmethod
    def read(self, rows: Rows_contra) -> Iterator[Resource]:
        """Yield the resources in *rows*, and learn their ids."""

    def stamp(self, resource: Any, /) -> str:
        """Return a text that changes with every write to *resource*; empty if there is none."""
        return self.ids.stamp(resource.address)

    def mark(self, _resource: Any, /) -> str:
        """Return the id of the existing resource before a new one is made; empty if none counts."""
        return ""

    def trace(self, _resource: Any, /) -> str:
        """Return the id of the resource after its creation; empty if it has none."""
        return ""

    def made_key(self, key: Key, make: Callable[[Key], str | None]) -> str:
        """Return the secret that *make* returns for *key*; if it is lost on its way, make it again.

        Raises:
            NoAnswer: the secret was lost twice.
        """
        if secret := make(key):
            return secret
        self.remarks.append((key.address, "the secret was lost on its way; made once more"))
        if secret := make(key):
            return secret
        message = f"the secret of `{key.address}` was lost on its way, twice"
        raise NoAnswer(message, hint="apply again: the key is then made anew")

    def id(self, address: Address, sort: str = "id") -> UUID:
        """Return an id of *address*; BackendError if there is none."""
        return UUID(self.ids.of(address, sort))
