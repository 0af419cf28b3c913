"""Flows: no access list of their own, but deployments belong to one."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from starlette.responses import Response

from ...wire.prefect_cloud import orchestration as wire
from ..auth import Place, workspace
from ..gate import Desk
from . import objects
from .collection import WORKSPACE, collection

router = collection(f"{WORKSPACE}/flows", "Flows")

KIND = "flow"
SEE, RUN = "see_flows", "run_flows"


@router.post("/", status_code=201)
def create_flow(
    body: wire.FlowCreate, at: Annotated[Place, workspace(RUN)], response: Response
) -> wire.Flow:
    """Create a flow; 200 with the one of that name, if there is one."""

    def work(desk: Desk) -> tuple[wire.Flow, bool]:
        there = desk.documents.named(KIND, at.workspace(desk.look).address, body.name)
        found = there or objects.create(desk, at, KIND, body.name, objects.said(body))
        return objects.shown(desk.look, found, wire.Flow), there is None

    flow, new = at.write(work)
    response.status_code = 201 if new else 200
    return flow


@router.post("/filter")
def read_flows(
    at: Annotated[Place, workspace(SEE)], body: wire.ReadFlows | None = None
) -> list[wire.Flow]:
    """List flows."""
    asked = body or wire.ReadFlows()
    with at.look() as look:
        found = objects.listed(look, at, KIND, asked, asked.flows)
        return [objects.shown(look, each, wire.Flow) for each in found]


@router.get("/name/{name}")
def read_flow_by_name(name: str, at: Annotated[Place, workspace(SEE)]) -> wire.Flow:
    """Read one by its name."""
    with at.look() as look:
        return objects.shown(look, objects.named(look, at, KIND, name), wire.Flow)


@router.get("/{id}")
def read_flow(id: UUID, at: Annotated[Place, workspace(SEE)]) -> wire.Flow:  # noqa: A002
    """Read one."""
    with at.look() as look:
        return objects.shown(look, objects.get(look, at, KIND, id), wire.Flow)


@router.patch("/{id}", status_code=204)
def update_flow(
    id: UUID,  # noqa: A002
    body: wire.FlowUpdate,
    at: Annotated[Place, workspace(RUN)],
) -> None:
    """Change one."""

    def work(desk: Desk) -> None:
        objects.update(desk, objects.get(desk.look, at, KIND, id), _kept(body))

    at.write(work)


def _kept(body: wire.FlowUpdate) -> dict[str, object]:
    return {name: value for name, value in objects.said(body).items() if name != "name"}


@router.delete("/{id}", status_code=204)
def delete_flow(id: UUID, at: Annotated[Place, workspace("manage_flows")]) -> None:  # noqa: A002
    """Delete one with its deployments."""

    def work(desk: Desk) -> None:
        found = objects.get(desk.look, at, KIND, id)
        for deployment in desk.documents.of("deployment", found.owner):
            if deployment.content.get("flow_id") == str(found.id):
                desk.documents.delete(deployment)
        desk.documents.delete(found)

    at.write(work)
