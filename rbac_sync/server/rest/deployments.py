"""Deployments, as far as they carry access lists."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any
from uuid import UUID, uuid5

from starlette.responses import Response

from ...backends.store.documents import Document, Outline
from ...wire.prefect_cloud import object_access as access
from ...wire.prefect_cloud import orchestration as wire
from ..auth import Place, workspace
from ..gate import Desk
from ..look import Look
from . import flows, object_access, objects
from .collection import WORKSPACE, collection

router = collection(f"{WORKSPACE}/deployments", "Deployments")

KIND = "deployment"
SEE, WRITE, MANAGE = "see_deployments", "write_deployments", "manage_deployments"
RIGHTS = {"manage": MANAGE, "run": "run_deployments", "view": SEE}


@router.post("/", status_code=201)
def create_deployment(
    body: wire.DeploymentCreate, at: Annotated[Place, workspace(WRITE)], response: Response
) -> wire.Deployment:
    """Create a deployment; 200 if it takes the place of the one of that flow and name."""

    def work(desk: Desk) -> tuple[wire.Deployment, bool]:
        objects.get(desk.look, at, flows.KIND, body.flow_id)
        name = f"{body.flow_id}/{body.name}"
        found, new = objects.put(desk, at, KIND, name, objects.said(body))
        return _shown(desk.look, found), new

    deployment, new = at.write(work)
    response.status_code = 201 if new else 200
    return deployment


@router.post("/filter")
def read_deployments(
    at: Annotated[Place, workspace(SEE)], body: wire.ReadDeployments | None = None
) -> list[wire.Deployment]:
    """List deployments."""
    asked = body or wire.ReadDeployments()
    with at.look() as look:
        found = objects.listed(look, at, KIND, asked, asked.deployments, _called)
        return [_shown(look, each) for each in found]


def _called(outline: Outline) -> str:
    """Return the name of a deployment, which stands behind the id of its flow."""
    return (outline.name or "").partition("/")[2]


@router.get("/name/{flow_name}/{deployment_name}")
def read_deployment_by_name(
    flow_name: str, deployment_name: str, at: Annotated[Place, workspace(SEE)]
) -> wire.Deployment:
    """Read one by its flow's name and its own."""
    with at.look() as look:
        flow = objects.named(look, at, flows.KIND, flow_name)
        return _shown(look, objects.named(look, at, KIND, f"{flow.id}/{deployment_name}"))


@router.get("/{id}")
def read_deployment(id: UUID, at: Annotated[Place, workspace(SEE)]) -> wire.Deployment:  # noqa: A002
    """Read one."""
    with at.look() as look:
        return _shown(look, objects.get(look, at, KIND, id))


@router.patch("/{id}", status_code=204)
def update_deployment(
    id: UUID,  # noqa: A002
    body: wire.DeploymentUpdate,
    at: Annotated[Place, workspace(WRITE)],
) -> None:
    """Change one."""
    fixed = {"name", "flow_id"}
    told = {name: value for name, value in objects.said(body).items() if name not in fixed}
    at.write(lambda desk: objects.update(desk, objects.get(desk.look, at, KIND, id), told))


@router.delete("/{id}", status_code=204)
def delete_deployment(id: UUID, at: Annotated[Place, workspace(MANAGE)]) -> None:  # noqa: A002
    """Delete one."""
    at.write(lambda desk: desk.documents.delete(objects.get(desk.look, at, KIND, id)))


@router.get("/{id}/access")
def read_deployment_access(
    id: UUID,  # noqa: A002
    at: Annotated[Place, workspace(SEE)],
) -> access.DeploymentAccessControl:
    """Read its access list."""
    with at.look() as look:
        found = object_access.read(look, objects.get(look, at, KIND, id), tuple(RIGHTS))
        return access.DeploymentAccessControl(**found)


@router.put("/{id}/access", status_code=204)
def set_deployment_access(
    id: UUID,  # noqa: A002
    body: access.SetDeploymentAccess,
    at: Annotated[Place, workspace(MANAGE)],
) -> None:
    """Replace its access list."""

    def work(desk: Desk) -> None:
        object_access.replace(desk, objects.get(desk.look, at, KIND, id), body.access_control)

    at.write(work)


@router.post("/my-access")
def read_my_deployment_access(
    body: access.ReadActorsDeploymentAccess, at: Annotated[Place, workspace(SEE)]
) -> access.LevelsByObject:
    """Say what the caller may do with each."""
    with at.look() as look:
        found = [objects.get(look, at, KIND, each) for each in body.deployment_ids]
        return {str(d.id): object_access.mine(look, d, RIGHTS) for d in found}


def _shown(look: Look, document: Document) -> wire.Deployment:
    kept = document.content.get("schedules") or ()
    schedules = [_schedule(document, place, each) for place, each in enumerate(kept)]
    return objects.shown(look, document, wire.Deployment, schedules=schedules)


def _schedule(document: Document, place: int, kept: Mapping[str, Any]) -> dict[str, Any]:
    """Return a schedule with the id that nobody gave it."""
    ours = {"id": str(uuid5(document.id, str(place))), "deployment_id": str(document.id)}
    return {"active": True, **kept, **ours}
