"""Flows: no access list of their own, but deployments belong to one."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from starlette.responses import Response

from ....wire.prefect_cloud import orchestration as wire
from ...auth import RequestScope, workspace
from ...guarded_store import WriteTransaction
from ..collection import WORKSPACE, collection
from . import documents

router = collection(f"{WORKSPACE}/flows", "Flows")

KIND = "flow"
SEE, RUN = "see_flows", "run_flows"


@router.post("/", status_code=201)
def create_flow(
    body: wire.FlowCreate, at: Annotated[RequestScope, workspace(RUN)], response: Response
) -> wire.Flow:
    """Create a flow; 200 with the one of that name, if there is one."""

    def work(transaction: WriteTransaction) -> tuple[wire.Flow, bool]:
        there = transaction.documents.named(KIND, at.workspace(transaction.view).address, body.name)
        found = there or documents.create(transaction, at, KIND, body.name, documents.said(body))
        return documents.shown(transaction.view, found, wire.Flow), there is None

    flow, new = at.write(work)
    response.status_code = 201 if new else 200
    return flow


@router.post("/filter")
def read_flows(
    at: Annotated[RequestScope, workspace(SEE)], body: wire.ReadFlows | None = None
) -> list[wire.Flow]:
    """List flows."""
    asked = body or wire.ReadFlows()
    with at.view() as view:
        found = documents.listed(view, at, KIND, asked, asked.flows)
        return [documents.shown(view, each, wire.Flow) for each in found]


@router.get("/name/{name}")
def read_flow_by_name(name: str, at: Annotated[RequestScope, workspace(SEE)]) -> wire.Flow:
    """Read one by its name."""
    with at.view() as view:
        return documents.shown(view, documents.named(view, at, KIND, name), wire.Flow)


@router.get("/{id}")
def read_flow(id: UUID, at: Annotated[RequestScope, workspace(SEE)]) -> wire.Flow:  # noqa: A002
    """Read one."""
    with at.view() as view:
        return documents.shown(view, documents.get(view, at, KIND, id), wire.Flow)


@router.patch("/{id}", status_code=204)
def update_flow(
    id: UUID,  # noqa: A002
    body: wire.FlowUpdate,
    at: Annotated[RequestScope, workspace(RUN)],
) -> None:
    """Change one."""
    told = documents.said(body, fixed=("name",))
    documents.change(at, documents.by_id(at, KIND, id), told)


@router.delete("/{id}", status_code=204)
def delete_flow(id: UUID, at: Annotated[RequestScope, workspace("manage_flows")]) -> None:  # noqa: A002
    """Delete one with its deployments."""

    def work(transaction: WriteTransaction) -> None:
        found = documents.get(transaction.view, at, KIND, id)
        for deployment in transaction.documents.of("deployment", found.owner):
            if deployment.content.get("flow_id") == str(found.id):
                transaction.documents.delete(deployment)
        transaction.documents.delete(found)

    at.write(work)
