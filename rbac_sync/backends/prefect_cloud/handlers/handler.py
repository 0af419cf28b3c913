"""The bases of the handlers of Prefect Cloud."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import replace
from functools import partial
from typing import Any, ClassVar, Generic, TypeVar
from uuid import UUID

from ....errors import BackendError
from ....model import Action, Binding, Role, ServiceAccount, Team, Workspace
from ....wire.prefect_cloud.filters import Page
from ....wire.prefect_cloud.shapes import Request
from ...handler import WRITTEN
from ...remote.handler import ApiHandler
from ..api import Api, unlike
from ..lists import Listing
from ..rows import AccountRows

R = TypeVar("R", Role, ServiceAccount, Team, Workspace)
T = TypeVar("T")


class Handler(ApiHandler[Api, AccountRows]):
    """One kind of resource in one account of Prefect Cloud."""


class NamedKind(Handler, Generic[R]):
    """A kind of resource with a name: ``listing`` has its rows, below whose path each is."""

    actions: ClassVar = WRITTEN | {Action.RENAME}
    listing: ClassVar[Listing[Any]]
    name_column: ClassVar = "name"
    creation_right: ClassVar[str]
    deletion_right: ClassVar[str]

    @abstractmethod
    def page(self, name: str) -> Page:
        """Return the request for the rows with this name."""

    @abstractmethod
    def is_new(self, row: Any, after: R, *brings: Binding) -> bool:
        """Say whether *row*, which has the name of *after*, gives the rights of a new *after*.

        If it does not, somebody else made it.
        """

    def made(self, after: R, body: Request, shape: type[T], *brings: Binding) -> T | Any:
        """Send *body*, which creates *after*, and return the new row."""
        path, sent = f"{self.listing.path}/", self.identity(after)
        seen = partial(self._new_row, after, *brings)
        return self.api.once(path, body, shape, self.creation_right, seen, **sent)

    def rename(self, before: R, after: R) -> None:
        """Change *before* to *after*, which has another name; references to it stay."""
        self.update(before, after)
        self.ids.rename(before.address, after.address)

    def delete(self, before: R) -> None:
        """Delete the resource with everything that belongs to it."""
        self.api.put("DELETE", self.path(before), None, self.deletion_right)
        self.ids.forget(before.address)

    def mark(self, resource: R) -> str:
        return self.ids.find(resource.address)

    def trace(self, after: R) -> str:
        row = self.row_named(after)
        return str(row.id) if row else ""

    def path(self, resource: R) -> str:
        """Return the path of a live resource."""
        return f"{self.listing.path}/{self.id(resource.address)}"

    def row_named(self, resource: R) -> Any:
        """Return the row with the name of *resource*, None if there is none.

        *Why* compare the names again: a row of another resource must never pass for this one,
        whatever the service returns.
        """
        named = self.identity(resource)
        rows = self.api.read_page(replace(self.listing, page=self.page(named[self.name_column])))
        return next((row for row in rows if not unlike(row, named)), None)

    def _new_row(self, after: R, *brings: Binding) -> Any:
        row = self.row_named(after)
        return row if row and self.is_new(row, after, *brings) else None

    def identity(self, resource: R) -> dict[str, Any]:
        """Return the fields of a row that say that it is *resource* of this account."""
        name = getattr(resource, self.name_column)
        return {"account_id": self.api.membership.account_id, self.name_column: name}

    def await_row(self, id_: UUID) -> None:
        """Wait until the row with this id is visible; an error here does not matter."""

        def visible() -> object | None:
            try:
                path = f"{self.listing.path}/{id_}"
                return self.api.get(path, self.listing.shape, self.listing.right)
            except BackendError:
                return None

        self.api.polled(visible)
