"""Workspaces."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from ....model import EVERYONE, Binding, Kind, Workspace
from ....model.address import binding
from ....wire.prefect_cloud import workspaces as wire
from ....wire.prefect_cloud.filters import AnyText
from ..rows import WORKSPACES, AccountRows
from .handler import NamedKind


class Workspaces(NamedKind[Workspace]):
    """The scopes inside the account. The default name of a workspace is its handle."""

    kind: ClassVar = Kind.WORKSPACE
    listing: ClassVar = WORKSPACES
    name_column: ClassVar = "handle"
    creation_right: ClassVar = "create:workspace"
    deletion_right: ClassVar = "manage_workspace_settings"

    def read(self, rows: AccountRows) -> Iterator[Workspace]:
        """Yield every workspace that the key may see."""
        for row in rows.workspaces:
            workspace = Workspace(row.handle, row.name, row.description or "", row.is_public)
            self.ids.learn(workspace.address, str(row.id), id=row.id)
            for address in (workspace.address, binding(EVERYONE, workspace.address)):
                self.ids.reported(address, "workspace", row.id)
            yield workspace

    def create(self, after: Workspace, *_brings: Binding) -> None:
        """Create a workspace, and wait until it is visible, because bindings in it come next."""
        body = wire.WorkspaceCreate(
            name=after.name or after.handle, description=after.description, handle=after.handle
        )
        made = self.made(after, body, wire.Workspace)
        self.ids.learn(after.address, id=made.id)
        self.await_row(made.id)

    def is_new(self, row: wire.Workspace, _after: Workspace, *_brings: Binding) -> bool:
        return row.default_workspace_role_id is None and not row.is_public

    def update(self, before: Workspace, after: Workspace) -> None:
        """Send only the fields that differ, because null can mean to keep or to clear."""
        were = _texts(before)
        body = wire.WorkspaceUpdate.model_validate(
            {name: text for name, text in _texts(after).items() if text != were[name]}
        )
        self.api.put("PATCH", self.path(before), body, "write_workspace_settings")

    def page(self, name: str) -> wire.ReadWorkspaces:
        return wire.ReadWorkspaces(workspaces=wire.WorkspaceFilter(handle=AnyText(any_=[name])))


def _texts(workspace: Workspace) -> dict[str, str]:
    return {
        "name": workspace.name or workspace.handle,
        "handle": workspace.handle,
        "description": workspace.description,
    }
