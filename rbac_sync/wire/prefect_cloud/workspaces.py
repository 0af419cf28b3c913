"""Workspaces, their settings, and their transfer to another account."""

from __future__ import annotations

from uuid import UUID

from pydantic import StrictBool

from .filters import AnyId, AnyText, Page
from .shapes import Answer, Body, Entity, Name, Request, Text

TransferObstacles = dict[str, list[dict[str, str]]]
"""The reasons that forbid a transfer, by kind; empty when there are none."""


class WorkspaceCreate(Request):
    """A new workspace; it has no default role."""

    name: Name
    description: Name | None = ""
    handle: Name


class Workspace(Entity):
    """A workspace; every user of the account has the role ``default_workspace_role_id`` in it.

    ``description`` must be written as text, ``""`` when there is none: the Go client
    dereferences it unchecked. Source: [P]. A read accepts null too.
    """

    account_id: UUID
    name: str
    description: str | None = ""
    handle: str
    default_workspace_role_id: UUID | None
    is_public: StrictBool


class WorkspaceUpdate(Request):
    """A partial update: only ``model_fields_set`` counts, defaults do not.

    The Go client sends ``default_workspace_role_id: null`` with every update, though it
    never manages the default role. Source: [P].
    """

    name: Name | None = None
    handle: Name | None = None
    description: Name | None = ""
    default_workspace_role_id: UUID | None = None


class WorkspaceFilter(Request):
    """A filter of workspaces."""

    id: AnyId | None = None
    handle: AnyText | None = None


class ReadWorkspaces(Page):
    """A page of workspaces."""

    workspaces: WorkspaceFilter | None = None


class TransferWorkspace(Body):
    """A transfer of a workspace, or the check before it."""

    to_account_id: UUID
    new_handle: Text | None = None


class WorkspaceSettings(Answer):
    """The settings of result storage, which give no access."""

    inherit_default_result_storage: bool = True
    default_result_storage_block_id: UUID | None = None


class WorkspaceSettingsUpdate(Request):
    """A partial update."""

    inherit_default_result_storage: bool | None = None
    default_result_storage_block_id: UUID | None = None
