"""Access lists of single objects: block documents, deployments and work pools.

They take away: without a list everyone of the workspace passes, an empty list lets in
nobody but the holders of ``manage_acls``. Replaced as a whole; read in another shape than
written, teams among the actors.
"""

from __future__ import annotations

from uuid import UUID

from pydantic import Field

from .access import ActorId, ObjectActorAccess
from .shapes import Answer, Body, Request, Text

LevelsByObject = dict[str, list[str]]
"""The caller's levels by id of the object (work pools: by name too)."""


class ReplaceBlockDocumentAccess(Request):
    """Actor ids, or ``*``; teams by team id."""

    manage_actor_ids: list[ActorId]
    view_actor_ids: list[ActorId]
    manage_team_ids: list[UUID] = Field(default_factory=list)
    view_team_ids: list[UUID] = Field(default_factory=list)


class ReplaceDeploymentAccess(ReplaceBlockDocumentAccess):
    """The same, and who may run it."""

    run_actor_ids: list[ActorId]
    run_team_ids: list[UUID] = Field(default_factory=list)


class ReplaceWorkPoolAccess(ReplaceDeploymentAccess):
    """The same as for a deployment."""


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
    """Everyone, where there is no list: one ``*`` at each level. Source: [T]."""

    manage_actors: list[ObjectActorAccess] = Field(default_factory=list)
    view_actors: list[ObjectActorAccess] = Field(default_factory=list)


class DeploymentAccessControl(BlockDocumentAccessControl):
    """The same, and who may run it."""

    run_actors: list[ObjectActorAccess] = Field(default_factory=list)


class WorkPoolAccessControl(DeploymentAccessControl):
    """The same as for a deployment."""


class ReadActorsBlockDocumentAccess(Body):
    """Asks for the caller's own levels."""

    block_document_ids: list[UUID]


class ReadActorsDeploymentAccess(Body):
    """Asks for the caller's own levels."""

    deployment_ids: list[UUID]


class ReadActorsWorkPoolAccess(Body):
    """Asks for the caller's own levels, by id or by name."""

    work_pool_ids: list[UUID] = Field(default_factory=list)
    work_pool_names: list[Text] = Field(default_factory=list)
