"""Roles of an account and of workspaces, and the permissions of the latter (*scopes*)."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import Field

from .filters import AnyText, Page
from .shapes import LONGEST_DESCRIPTION, STORABLE, Answer, Entity, Name, Request, Text, Texts

Description = Annotated[str, Field(max_length=LONGEST_DESCRIPTION), STORABLE]


class AccountRole(Entity):
    """A role; a built-in one belongs to no account.

    ``permissions`` are any text; the catalogue has their meaning.
    """

    account_id: UUID | None
    name: str
    permissions: list[str]
    is_system_role: bool = False


class AccountRoleUpdate(Request):
    """A partial update; permission names are checked against the catalogue."""

    name: Name | None = None
    permissions: list[Text] | None = None


class AccountRoleFilter(Request):
    """A filter of account roles."""

    name: AnyText | None = None


class ReadAccountRoles(Page):
    """A page of account roles."""

    account_roles: AccountRoleFilter | None = None


class WorkspaceScope(Answer):
    """A permission of the catalogue; only ``name`` and ``includes_scopes`` affect access.

    ``see_scope`` is the permission to see the objects of this one.
    """

    name: str
    title: str
    feature_group: str
    includes_scopes: list[str]
    see_scope: str | None


class WorkspaceRole(Entity):
    """A role; a built-in one has no account.

    ``scopes`` contain all that they include, without those of the inherited
    role. ``permissions`` is their former name, and empty.
    """

    account_id: UUID | None
    name: str
    description: str = ""
    permissions: list[str] = Field(default_factory=list, json_schema_extra={"deprecated": True})
    scopes: list[str]
    inherited_role_id: UUID | None


class WorkspaceRoleCreate(Request):
    """A new custom role; ``inherited_role_id`` names a built-in role, null ``scopes`` are empty."""

    name: Name
    description: Description = ""
    scopes: Texts = Field(default_factory=list)
    inherited_role_id: UUID | None = None


class WorkspaceRoleUpdate(Request):
    """A partial update; absent ``scopes`` stay unchanged, null is an empty list."""

    name: Name | None = None
    description: Description | None = None
    scopes: Texts = Field(default_factory=list)
    inherited_role_id: UUID | None = None


class WorkspaceRoleFilter(Request):
    """A filter of roles; ``is_global``: true for built-in ones, false for the account's own."""

    name: AnyText | None = None
    is_global: bool | None = None


class ReadWorkspaceRoles(Page):
    """A page of workspace roles."""

    workspace_roles: WorkspaceRoleFilter | None = None
