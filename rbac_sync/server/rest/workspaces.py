"""Workspaces, and their settings."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from uuid import UUID

from starlette.responses import RedirectResponse

from ...backends.store.id_rows import IdEntry
from ...model import Address, Level, Workspace
from ...model.address import workspace as workspace_address
from ...wire.prefect_cloud import workspaces as wire
from ..auth import (
    RequestScope,
    account,
    anywhere,
    workspace,
    workspace_of_account,
)
from ..commands import profiles
from ..commands import workspaces as commands
from ..commands.resources import create, delete
from ..directory import roles
from ..directory.profiles import WORKSPACE_SETTINGS
from ..guarded_store import WriteTransaction
from ..matching import compares
from ..read_view import ReadView
from ..refusals import NotAllowed
from .collection import ACCOUNT, WORKSPACE, Collection, entity, handle, page, together
from .me import own_workspace

all_ = Collection(f"{ACCOUNT}/workspaces", "Workspaces")
one = Collection(WORKSPACE, "Workspaces")
short = Collection("/workspaces/{workspace_id}", "Workspaces")

DEFAULT = "default_workspace_role_id"
NO_TRANSFER = "workspaces are not moved between accounts here"


@all_.writes("POST", "/", account(), status_code=201)
def create_workspace(transaction: WriteTransaction, body: wire.WorkspaceCreate) -> wire.Workspace:
    """Create a workspace."""
    new = Workspace(handle(body.handle), body.name, body.description or "")
    create(transaction, new)
    return to_response(transaction.view, new)


@all_.reads("POST", "/filter", account("read:workspace"))
def read_workspaces(view: ReadView, body: wire.ReadWorkspaces) -> list[wire.Workspace]:
    """List the workspaces to which the caller has access."""
    where = body.workspaces or wire.WorkspaceFilter()
    rows = (
        to_response(view, workspace)
        for workspace, entry in view.resources(Workspace, _seen(view, where))
        if compares(entry.id, where.id) and compares(workspace.handle, where.handle)
    )
    return page(rows, body)


def _seen(view: ReadView, where: wire.WorkspaceFilter) -> Iterable[IdEntry]:
    """Return the workspaces that the caller sees, only those with the named handles if any are."""
    if where.handle is None or where.handle.any_ is None:
        return view.workspaces()
    named = [workspace_address(key) for key in dict.fromkeys(where.handle.any_)]
    view.expect(named)
    entries = (view.register.named.get(each) for each in named)
    there = [entry for entry in entries if entry and view.may(entry.address)]
    return sorted(there, key=lambda entry: (entry.created, entry.id))


@one.reads("GET", "", workspace(needs=("read:workspace",)))
def read_workspace(view: ReadView, at: RequestScope) -> wire.Workspace:
    """Read a workspace."""
    return to_response(view, at.workspace(view))


@one.writes("PATCH", "", workspace(), status_code=204)
def update_workspace(
    transaction: WriteTransaction, at: RequestScope, body: wire.WorkspaceUpdate
) -> None:
    """Change a workspace and its default role."""
    before = at.workspace(transaction.view)
    default = _default_roles(transaction.view, body)
    commands.update_workspace(transaction, before, _edited(before, body), default)


def _edited(before: Workspace, body: wire.WorkspaceUpdate) -> Workspace:
    after = before
    if body.name is not None:
        after = replace(after, name=body.name)
    if body.handle is not None:
        after = replace(after, handle=handle(body.handle, before.handle))
    if "description" in body.model_fields_set:
        after = replace(after, description=body.description or "")
    return after


def _default_roles(view: ReadView, body: wire.WorkspaceUpdate) -> list[Address] | None:
    """Return the default roles in a body; None if it does not change them.

    A null clears them if it is the only field of the body. *Why*: no source says what it means,
    and the Go client, which never manages the default role, sends it with every new name.
    """
    if (role_id := body.default_workspace_role_id) is not None:
        return [roles.named(view, Level.WORKSPACE, role_id, DEFAULT)]
    return [] if body.model_fields_set == {DEFAULT} else None


@one.writes("DELETE", "", workspace(), status_code=204)
def delete_workspace(transaction: WriteTransaction, at: RequestScope) -> None:
    """Delete a workspace with all access to it."""
    delete(transaction, at.workspace(transaction.view))


@one.reads("POST", "/transfer", workspace_of_account("delete:workspace"), status_code=204)
def transfer_workspace(
    _view: ReadView,
    body: wire.TransferWorkspace,  # noqa: ARG001 - checked, and refused all the same
) -> None:
    """Refuse: no workspace can be moved to another account."""
    raise NotAllowed(NO_TRANSFER)


@one.reads("POST", "/validate_transfer", workspace_of_account("delete:workspace"))
def validate_transfer_workspace(
    _view: ReadView, body: wire.TransferWorkspace
) -> wire.TransferObstacles:
    """Say why the workspace cannot be moved."""
    return {"account": [{"id": str(body.to_account_id), "reason": NO_TRANSFER}]}


@one.reads("GET", "/settings", workspace("see_workspace_settings"))
def read_workspace_settings(view: ReadView, at: RequestScope) -> wire.WorkspaceSettings:
    """Read the settings of a workspace."""
    kept = view.documents.named(WORKSPACE_SETTINGS, at.workspace(view).address)
    return wire.WorkspaceSettings.model_validate(kept.content if kept else {})


@one.writes("PATCH", "/settings", workspace("write_workspace_settings"), status_code=204)
def update_workspace_settings(
    transaction: WriteTransaction, at: RequestScope, body: wire.WorkspaceSettingsUpdate
) -> None:
    """Change the given settings of a workspace."""
    scope = at.workspace(transaction.view).address
    fields = body.model_dump(mode="json", exclude_unset=True)
    if fields.get("inherit_default_result_storage", True) is None:
        del fields["inherit_default_result_storage"]
    profiles.update_workspace_settings(transaction, scope, fields)


@short.reads("GET", "", anywhere(), response_model=None)
def redirect_workspace(view: ReadView, workspace_id: UUID) -> RedirectResponse:
    """Redirect to the path of the workspace below its account."""
    own_workspace(view, workspace_id)
    where = f"/api/accounts/{view.account_id}/workspaces/{workspace_id}"
    return RedirectResponse(where, 307)


def to_response(view: ReadView, workspace: Workspace) -> wire.Workspace:
    """Return a workspace as the API shows it."""
    entry = view.entry(workspace.address)
    default = [view.id(role) for role in view.default_roles(workspace.address)]
    return wire.Workspace(
        **entity(entry),
        account_id=view.account_id,
        name=workspace.name or workspace.handle,
        description=workspace.description,
        handle=workspace.handle,
        default_workspace_role_id=next(iter(default), None),
        is_public=workspace.public,
    )


router = together(all_, one, short)
