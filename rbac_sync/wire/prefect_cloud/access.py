"""Access to workspaces, by the role of a user, bot or team, and access lists of single objects.

Lists of block documents, deployments and work pools reduce access: without a list everyone in
the workspace passes, an empty list admits only the holders of ``manage_acls``. A write replaces
the whole list; a read has another shape, with teams among the actors.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Literal
from uuid import UUID

from pydantic import Field

from .bots import BotFilter
from .filters import AnyId, Page
from .shapes import Answer, Body, Entity, Request, Text
from .users import UserFilter

ActorId = UUID | Literal["*"]
"""The id of an actor; ``*`` is everyone in the workspace."""


class WorkspaceUserAccessCreate(Request):
    """The role of a user in a workspace, sent singly or in a list; it replaces an earlier role."""

    user_id: UUID
    workspace_role_id: UUID


class WorkspaceBotAccessCreate(Request):
    """The role of a bot in a workspace, sent and answered like that of a user."""

    bot_id: UUID
    workspace_role_id: UUID


class WorkspaceTeamAccessCreate(Request):
    """The role of a team in a workspace, sent in a list only; it replaces an earlier role."""

    team_id: UUID
    workspace_role_id: UUID


class _Access(Entity):
    """A row of access; its ``id`` stays the same when the role changes. Source: [T]."""

    workspace_id: UUID
    workspace_role_id: UUID


class WorkspaceUserAccessResponse(_Access):
    """The access of a user."""

    actor_id: UUID
    user_id: UUID
    first_name: str
    last_name: str
    email: str
    handle: str


class WorkspaceBotAccessResponse(_Access):
    """The access of a bot."""

    actor_id: UUID
    bot_id: UUID
    bot_name: str


class WorkspaceTeamAccess(_Access):
    """The response to a write of the access of a team."""

    team_id: UUID


class WorkspaceTeamAccessResponse(WorkspaceTeamAccess):
    """The access of a team, as listed."""

    team_name: str


class WorkspaceActorAccessFilter(Request):
    """A filter of rows of access."""

    workspace_role_id: AnyId | None = None
    actor_id: AnyId | None = None


class WorkspaceUserAccessSort(StrEnum):
    """The order of users' rows."""

    CREATED_ASC = "CREATED_ASC"
    CREATED_DESC = "CREATED_DESC"
    NAME_ASC = "NAME_ASC"
    NAME_DESC = "NAME_DESC"
    EMAIL_ASC = "EMAIL_ASC"
    EMAIL_DESC = "EMAIL_DESC"
    HANDLE_ASC = "HANDLE_ASC"
    HANDLE_DESC = "HANDLE_DESC"


class WorkspaceBotAccessSort(StrEnum):
    """The order of bots' rows."""

    CREATED_ASC = "CREATED_ASC"
    CREATED_DESC = "CREATED_DESC"
    BOT_NAME_ASC = "BOT_NAME_ASC"
    BOT_NAME_DESC = "BOT_NAME_DESC"


class ReadWorkspaceUserAccesses(Page):
    """A page of users' rows."""

    workspace_accesses: WorkspaceActorAccessFilter | None = None
    users: UserFilter | None = None
    sort: WorkspaceUserAccessSort | None = None


class ReadWorkspaceBotAccesses(Page):
    """A page of bots' rows."""

    workspace_accesses: WorkspaceActorAccessFilter | None = None
    bots: BotFilter | None = None
    sort: WorkspaceBotAccessSort | None = None


class ReadWorkspaceTeamAccesses(Page):
    """A page of teams' rows, which cannot be filtered."""


class ObjectActorAccess(Answer):
    """A principal with access to a workspace, or on the access list of an object.

    For everyone, ``id``, ``name`` and ``type`` are ``*``. Source: [T].
    """

    id: ActorId
    name: str
    email: str | None
    type: Literal["user", "service_account", "team", "*"]


LevelsByObject = dict[str, list[str]]
"""The caller's levels by id of the object, for work pools also by name."""


class ReplaceBlockDocumentAccess(Request):
    """The new list of a block document: actor ids or ``*``, and team ids."""

    manage_actor_ids: list[ActorId]
    view_actor_ids: list[ActorId]
    manage_team_ids: list[UUID] = Field(default_factory=list)
    view_team_ids: list[UUID] = Field(default_factory=list)


class ReplaceDeploymentAccess(ReplaceBlockDocumentAccess):
    """The new list of a deployment, with the actors and teams who may run it."""

    run_actor_ids: list[ActorId]
    run_team_ids: list[UUID] = Field(default_factory=list)


class ReplaceWorkPoolAccess(ReplaceDeploymentAccess):
    """The new list of a work pool, in the shape of a deployment's."""


class SetBlockDocumentAccess(Body):
    """The body that replaces a block document's list."""

    access_control: ReplaceBlockDocumentAccess


class SetDeploymentAccess(Body):
    """The body that replaces a deployment's list."""

    access_control: ReplaceDeploymentAccess


class SetWorkPoolAccess(Body):
    """The body that replaces a work pool's list."""

    access_control: ReplaceWorkPoolAccess


class BlockDocumentAccessControl(Answer):
    """The list of a block document; without a list, one ``*`` at each level. Source: [T]."""

    manage_actors: list[ObjectActorAccess] = Field(default_factory=list)
    view_actors: list[ObjectActorAccess] = Field(default_factory=list)


class DeploymentAccessControl(BlockDocumentAccessControl):
    """The list of a deployment, with the actors who may run it."""

    run_actors: list[ObjectActorAccess] = Field(default_factory=list)


class WorkPoolAccessControl(DeploymentAccessControl):
    """The list of a work pool, in the shape of a deployment's list."""


class ReadActorsBlockDocumentAccess(Body):
    """A request for the caller's levels on block documents."""

    block_document_ids: list[UUID]


class ReadActorsDeploymentAccess(Body):
    """A request for the caller's levels on deployments."""

    deployment_ids: list[UUID]


class ReadActorsWorkPoolAccess(Body):
    """A request for the caller's levels on work pools, by id or by name."""

    work_pool_ids: list[UUID] = Field(default_factory=list)
    work_pool_names: list[Text] = Field(default_factory=list)
