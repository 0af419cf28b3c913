"""The base of the handlers of remote services: the API, and the ids learned while reading."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, ClassVar, Generic, TypeVar
from uuid import UUID

from ...errors import NoAnswer
from ...model import Address, Key, Kind
from ..handler_session import Ids
from .api import ServiceApi

A = TypeVar("A", bound=ServiceApi)

REVOKED = "the key whose secret was lost is revoked"
"""The remark about a lost key that ends when its successor is made."""


@dataclass
class ApiHandler(Generic[A]):
    """One kind of resource in one account: the base of each ``Handler``."""

    kind: ClassVar[Kind]
    api: A
    ids: Ids
    remarks: list[tuple[Address, str]] = field(default_factory=list)

    def mark(self, _resource: Any, /) -> str:
        """Return an empty text: the state before the change does not matter."""
        return ""

    def trace(self, _resource: Any, /) -> str:
        """Return an empty text: such a resource has no id."""
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
