"""Workspaces."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any, ClassVar

from ....model import Kind, Workspace
from .. import tables as t
from .handler import Named, among


class Workspaces(Named[Workspace]):
    """The handler of workspaces."""

    kind: ClassVar = Kind.WORKSPACE
    table: ClassVar = t.workspace
    named_after: ClassVar = ((t.binding, "scope"),)

    def read(self, numbers: Collection[int] | None = None) -> Iterator[Workspace]:
        names, columns = self.own_names(numbers), ("number", "name", "description", "public")
        rows = self.account.find(t.workspace, *columns, **among("number", numbers))
        for number, name, description, public in rows:
            yield Workspace(names(number).key, name, description, bool(public))

    def details(self, workspace: Workspace) -> dict[str, Any]:
        return {
            "name": workspace.name,
            "description": workspace.description,
            "public": workspace.public,
        }
