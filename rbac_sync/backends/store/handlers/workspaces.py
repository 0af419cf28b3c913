"""Workspaces."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from ....model import Kind, Workspace
from .. import tables as t
from .handler import Named


class Workspaces(Named[Workspace]):
    """The scopes inside the account."""

    kind: ClassVar = Kind.WORKSPACE
    table: ClassVar = t.workspace
    named_after: ClassVar = ((t.binding, "scope"),)

    def read(self) -> Iterator[Workspace]:
        """Yield every workspace."""
        addresses = self.account.names.addresses
        columns = ("number", "name", "description", "public")
        for number, name, description, public in self.rows(t.workspace, *columns):
            yield Workspace(addresses[number].key, name, description, bool(public))

    def details(self, workspace: Workspace) -> dict[str, Any]:
        """Return its columns."""
        return {
            "name": workspace.name,
            "description": workspace.description,
            "public": workspace.public,
        }
