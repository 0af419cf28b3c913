"""Access lists of single objects: block documents, deployments and work pools.

They reduce access: without a list everyone in the workspace passes, an empty list admits
only the holders of ``manage_acls``. A write replaces the whole list; a read has another
shape, with teams among the actors.
"""

from __future__ import annotations

from uuid import UUID

from pydantic import Field

from .access import ActorId, ObjectActorAccess
from .shapes import Answer, Body, Request, Text

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
