"""Deployments, as far as they carry access lists."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any
from uuid import UUID, uuid5

from starlette.responses import Response

from ....backends.store.documents import Document, Outline
from ....wire.prefect_cloud import object_access as access
from ....wire.prefect_cloud import orchestration as wire
from ...auth import RequestScope, workspace
from ...guarded_store import WriteTransaction
from ...read_view import ReadView
from ..collection import WORKSPACE, collection
from . import access_lists, documents, flows

router = collection(f"{WORKSPACE}/deployments", "Deployments")

KIND = "deployment"
SEE, WRITE, MANAGE = "see_deployments", "write_deployments", "manage_deployments"
RIGHTS = {"manage": MANAGE, "run": "run_deployments", "view": SEE}


@router.post("/", status_code=201)
def create_deployment(
    body: wire.DeploymentCreate, at: Annotated[RequestScope, workspace(WRITE)], response: Response
) -> wire.Deployment:
    """Create a deployment; 200 if it takes the place of the one of that flow and name."""

    def work(transaction: WriteTransaction) -> tuple[wire.Deployment, bool]:
        documents.get(transaction.view, at, flows.KIND, body.flow_id)
        name = f"{body.flow_id}/{body.name}"
        found, new = documents.put(transaction, at, KIND, name, documents.said(body))
        return _shown(transaction.view, found), new

    deployment, new = at.write(work)
    response.status_code = 201 if new else 200
    return deployment


@router.post("/filter")
def read_deployments(
    at: Annotated[RequestScope, workspace(SEE)], body: wire.ReadDeployments | None = None
) -> list[wire.Deployment]:
    """List deployments."""
    asked = body or wire.ReadDeployments()
    with at.view() as view:
        found = documents.listed(view, at, KIND, asked, asked.deployments, _called)
        return [_shown(view, each) for each in found]


def _called(outline: Outline) -> str:
    """Return the name of a deployment, which stands behind the id of its flow."""
    return (outline.name or "").partition("/")[2]


@router.get("/name/{flow_name}/{deployment_name}")
def read_deployment_by_name(
    flow_name: str, deployment_name: str, at: Annotated[RequestScope, workspace(SEE)]
) -> wire.Deployment:
    """Read one by its flow's name and its own."""
    with at.view() as view:
        flow = documents.named(view, at, flows.KIND, flow_name)
        return _shown(view, documents.named(view, at, KIND, f"{flow.id}/{deployment_name}"))


@router.get("/{id}")
def read_deployment(id: UUID, at: Annotated[RequestScope, workspace(SEE)]) -> wire.Deployment:  # noqa: A002
    """Read one."""
    with at.view() as view:
        return _shown(view, documents.get(view, at, KIND, id))


@router.patch("/{id}", status_code=204)
def update_deployment(
    id: UUID,  # noqa: A002
    body: wire.DeploymentUpdate,
    at: Annotated[RequestScope, workspace(WRITE)],
) -> None:
    """Change one."""
    told = documents.said(body, fixed=("name", "flow_id"))
    documents.change(at, documents.by_id(at, KIND, id), told)


@router.delete("/{id}", status_code=204)
def delete_deployment(id: UUID, at: Annotated[RequestScope, workspace(MANAGE)]) -> None:  # noqa: A002
    """Delete one."""
    documents.delete(at, documents.by_id(at, KIND, id))


@router.get("/{id}/access")
def read_deployment_access(
    id: UUID,  # noqa: A002
    at: Annotated[RequestScope, workspace(SEE)],
) -> access.DeploymentAccessControl:
    """Read its access list."""
    with at.view() as view:
        found = access_lists.read(view, documents.get(view, at, KIND, id), tuple(RIGHTS))
        return access.DeploymentAccessControl(**found)


@router.put("/{id}/access", status_code=204)
def set_deployment_access(
    id: UUID,  # noqa: A002
    body: access.SetDeploymentAccess,
    at: Annotated[RequestScope, workspace(MANAGE)],
) -> None:
    """Replace its access list."""
    access_lists.put(at, documents.by_id(at, KIND, id), body.access_control)


@router.post("/my-access")
def read_my_deployment_access(
    body: access.ReadActorsDeploymentAccess, at: Annotated[RequestScope, workspace(SEE)]
) -> access.LevelsByObject:
    """Say what the caller may do with each."""
    with at.view() as view:
        found = [documents.get(view, at, KIND, each) for each in body.deployment_ids]
        return {str(d.id): access_lists.mine(view, d, RIGHTS) for d in found}


def _shown(view: ReadView, document: Document) -> wire.Deployment:
    kept = document.content.get("schedules") or ()
    schedules = [_schedule(document, place, each) for place, each in enumerate(kept)]
    return documents.shown(view, document, wire.Deployment, schedules=schedules)


def _schedule(document: Document, place: int, kept: Mapping[str, Any]) -> dict[str, Any]:
    """Return a schedule with the id that nobody gave it."""
    ours = {"id": str(uuid5(document.id, str(place))), "deployment_id": str(document.id)}
    return {"active": True, **kept, **ours}
