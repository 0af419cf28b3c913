"""Workspaces."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from ....errors import BackendError
from ....model import EVERYONE, Action, Kind
from ....model import Workspace as Resource
from ....model.address import binding
from ....wire.prefect_cloud.filters import AnyText
from ....wire.prefect_cloud.workspaces import (
    ReadWorkspaces,
    Workspace,
    WorkspaceCreate,
    WorkspaceFilter,
    WorkspaceUpdate,
)
from ...verbs import Verbs, takes_after, takes_before, takes_both
from ..rows import WORKSPACES, AccountRows
from .handler import Handler


class Workspaces(Handler):
    """The scopes inside the account. The default name of a workspace is its handle."""

    kind: ClassVar = Kind.WORKSPACE

    def read(self, rows: AccountRows) -> Iterator[Resource]:
        """Yield every workspace that the key may see."""
        for row in rows.workspaces:
            workspace = Resource(row.handle, row.name, row.description or "", row.is_public)
            self.ids.learn(workspace.address, str(row.id), id=row.id)
            for address in (workspace.address, binding(EVERYONE, workspace.address)):
                self.ids.reported(address, "workspace", row.id)
            yield workspace

    @property
    def verbs(self) -> Verbs:
        """The verbs by action; see ``Handler``."""
        return {
            Action.CREATE: takes_after(self.create),
            Action.UPDATE: takes_both(self.update),
            Action.RENAME: takes_both(self.rename),
            Action.DELETE: takes_before(self.delete),
        }

    def create(self, after: Resource) -> None:
        """Create a workspace, and wait until it is visible, because bindings in it come next."""
        body = WorkspaceCreate(
            name=after.name or after.handle, description=after.description, handle=after.handle
        )
        right = "create:workspace"
        made = self.api.once("workspaces/", body, Workspace, right, lambda: self._seen(after))
        self.ids.learn(after.address, id=made.id)
        self.api.polled(lambda: self._there(made))

    def update(self, before: Resource, after: Resource) -> None:
        """Send only the fields that differ, because null can mean to keep or to clear."""
        were = _texts(before)
        body = WorkspaceUpdate.model_validate(
            {name: text for name, text in _texts(after).items() if text != were[name]}
        )
        path = f"workspaces/{self.id(before.address)}"
        self.api.put("PATCH", path, body, "write_workspace_settings")

    def rename(self, before: Resource, after: Resource) -> None:
        """Give the workspace another handle; its bindings stay."""
        self.update(before, after)
        self.ids.rename(before.address, after.address)

    def delete(self, before: Resource) -> None:
        """Delete the workspace with all that is in it."""
        path = f"workspaces/{self.id(before.address)}"
        self.api.put("DELETE", path, None, "manage_workspace_settings")
        self.ids.forget(before.address)

    def trace(self, after: Resource) -> str:
        """Return the id of the workspace with this handle, empty if there is none."""
        row = self._seen(after)
        return str(row.id) if row else ""

    def _seen(self, workspace: Resource) -> Workspace | None:
        such = WorkspaceFilter(handle=AnyText(any_=[workspace.handle]))
        return next(iter(self.api.read_page(WORKSPACES, ReadWorkspaces(workspaces=such))), None)

    def _there(self, made: Workspace) -> Workspace | None:
        """Return the row, None while it is not visible; an error here does not matter."""
        try:
            return self.api.get(f"workspaces/{made.id}", Workspace, "read:workspace")
        except BackendError:
            return None


def _texts(workspace: Resource) -> dict[str, str]:
    return {
        "name": workspace.name or workspace.handle,
        "handle": workspace.handle,
        "description": workspace.description,
    }
