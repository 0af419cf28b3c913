"""Deployments with their access lists, and flow runs, which are stored with their last state."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any
from uuid import UUID, uuid4, uuid5

from fastapi import Response
from pydantic import BaseModel

from ....backends.store.documents import Document
from ....backends.store.row_facts import ACCESS as LIST
from ....model import Address
from ....wire.prefect_cloud import access
from ....wire.prefect_cloud.workspace_objects import deployments as wire
from ....wire.prefect_cloud.workspace_objects.documents import Carried, ObjectPage
from ....wire.prefect_cloud.workspace_objects.plain_objects import GlobalLimit
from ...auth import RequestScope, check_held, workspace
from ...guarded_store import WriteTransaction
from ...read_view import ReadView
from ...refusals import Missing
from ..collection import WORKSPACE, Collection, entity, together
from . import documents, levels
from .access_lists import AccessListRoutes
from .blocks import BLOCK
from .document_collection import DocumentCollection, Repeat, Rights
from .document_routes import DocumentRoutes
from .documents import Content
from .listing import NEWEST_FIRST
from .lookups import BY_ID, READ, Lookup, by_name_within
from .plain_objects import FLOWS, GLOBAL_LIMITS
from .schedules import KIND, SEE, WRITE, schedules_of, without_ours
from .schedules import router as schedules

FLOW_RUN = "flow-run"
SEE_FLOWS, RUN_FLOWS = "see_flows", "run_flows"
MANAGE = "manage_deployments"
LIMITS = ("global_concurrency_limit_id", "concurrency_limit")
"""The fields that set the limit of a deployment, of which one is set at a time."""

RIGHTS = {"manage": MANAGE, "run": "run_deployments", "view": SEE}


def _computed_fields(view: ReadView, document: Document) -> Content:
    limit = _limit(view, document)
    return {"schedules": schedules_of(document), "global_concurrency_limit": limit}


def _limit(view: ReadView, document: Document) -> BaseModel | None:
    """Return the limit of a deployment: its own, or the global one that it names.

    Source: [P], the provider's resource of deployments.
    """
    content = document.content
    if (own := content.get("concurrency_limit")) is not None:
        name = f"deployment:{document.id}"
        own_fields = {"id": uuid5(document.id, name), "name": name, "limit": own}
        return GlobalLimit(**{**entity(document), **own_fields})
    if (named := content.get("global_concurrency_limit_id")) is None:
        return None
    limit = view.documents.get(GLOBAL_LIMITS.kind, UUID(named))
    is_there = limit is not None and limit.owner == document.owner
    return GLOBAL_LIMITS.answer(view, limit) if limit and is_there else None


def _settled(fields: Content) -> Content:
    """Return the fields to store. A limit that is set takes the place of the other one."""
    sent = without_ours(fields)
    for limit, other in (LIMITS, LIMITS[::-1]):
        if sent.get(limit) is not None:
            return {**sent, other: None}
    return sent


def check_may_run(view: ReadView, deployment: Document) -> None:
    """Refuse a run that the access list of the deployment or of its work pool does not allow.

    Source: [D], on delegated access control.
    """
    levels.check(view, deployment, levels.VIEW)
    name = deployment.content.get("work_pool_name") or ""
    pool = view.documents.named(levels.POOL, deployment.owner, name)
    has_list = pool is not None and pool.content.get(LIST) is not None
    levels.check_level(view, pool if pool is not None and has_list else deployment, levels.RUN)


def _check_pool(view: ReadView, workspace: Address, content: Content) -> None:
    """Refuse the content of a deployment that names a work pool which is not there.

    An empty name names none: the vendor's Terraform provider sends it for a deployment without.
    """
    name = content.get("work_pool_name")
    if name and view.documents.named(levels.POOL, workspace, name) is None:
        raise Missing(f"there is no work pool `{name}`")


def _new(transaction: WriteTransaction, at: RequestScope, content: Content) -> Content:
    _check_pool(transaction.view, at.workspace(transaction.view).address, content)
    return _settled(content)


def _check_pools(view: ReadView, deployment: Document, changes: Content) -> None:
    """Refuse a move to another work pool unless the caller may run the deployment in both."""
    moved = replace(deployment, content={**deployment.content, **changes})
    if moved.content.get("work_pool_name") != deployment.content.get("work_pool_name"):
        _check_pool(view, deployment.owner, moved.content)
        check_may_run(view, deployment)
        check_may_run(view, moved)


IN_FLOW = partial(by_name_within, parent=FLOWS.kind, of="flow_name", name="deployment_name")
DEPLOYMENTS = DocumentCollection(
    kind=KIND,
    path="deployments",
    tag="Deployments",
    rights=Rights(SEE, WRITE, WRITE, MANAGE),
    shape=wire.Deployment,
    create=wire.DeploymentCreate,
    update=wire.DeploymentUpdate,
    page=wire.ReadDeployments,
    criteria="deployments",
    parent="flow_id",
    fixed=("name", "flow_id"),
    needs={
        "flow_id": FLOWS.kind,
        "global_concurrency_limit_id": GLOBAL_LIMITS.kind,
        "storage_document_id": BLOCK,
        "infrastructure_document_id": BLOCK,
    },
    repeat=Repeat.REPLACE,
    prepare=_new,
    merge=lambda _document, fields: _settled(fields),
    check_change=_check_pools,
    show=_computed_fields,
    lookups=(
        Lookup("/name/{flow_name}/{deployment_name}", IN_FLOW, READ),
        BY_ID,
    ),
)
ACCESS = AccessListRoutes(
    of=DEPLOYMENTS,
    levels=RIGHTS,
    create=access.SetDeploymentAccess,
    shape=access.DeploymentAccessControl,
    mine=access.ReadActorsDeploymentAccess,
)


def _prepared(transaction: WriteTransaction, at: RequestScope, content: Content) -> Content:
    """Return a run with a name and a first state, if the request has none.

    Raises:
        NotAllowed: the caller may not run the deployment.
    """
    if content.get("deployment_id"):
        view, id_ = transaction.view, UUID(content["deployment_id"])
        deployment = documents.get(view, at, KIND, id_)
        check_held((RIGHTS["run"],), view.may(deployment.owner))
        check_may_run(view, deployment)
    state = _state(transaction, content.get("state") or {})
    name = content.get("name") or f"run-{uuid4().hex[:8]}"
    return {**content, "name": name, **state}


def _check_run(view: ReadView, run: Document, _changes: Content | None = None) -> None:
    """Refuse changes of a run unless access lists allow the caller to run its deployment.

    *Why* lists alone: workers set states, and their role does not start runs.
    """
    id_ = run.content.get("deployment_id")
    deployment = documents.there(view, run.owner, KIND, UUID(id_)) if id_ else None
    if deployment is not None:
        check_may_run(view, deployment)


def _state(transaction: WriteTransaction, written: Content) -> dict[str, Any]:
    """Return the fields of a run for a state."""
    type_ = written.get("type") or "SCHEDULED"
    name = written.get("name") or type_.title()
    now = transaction.view.now.isoformat()
    state = {"state_details": {}, **written, "id": str(uuid4()), "type": type_, "name": name}
    return {
        "state": {**state, "timestamp": now},
        "state_id": state["id"],
        "state_type": type_,
        "state_name": name,
        **({"expected_start_time": now} if type_ == "SCHEDULED" else {}),
    }


RUNS = DocumentCollection(
    kind=FLOW_RUN,
    path="flow_runs",
    tag="Flow Runs",
    rights=Rights(SEE_FLOWS, RUN_FLOWS, RUN_FLOWS, "manage_flows"),
    shape=wire.FlowRun,
    create=wire.FlowRunCreate,
    update=wire.FlowRunUpdate,
    page=wire.ReadFlowRuns,
    criteria="flow_runs",
    name="idempotency_key",
    parent="flow_id",
    repeat=Repeat.RETURN,
    order=NEWEST_FIRST,
    fixed=(
        *("flow_id", "deployment_id", "idempotency_key"),
        *("state", "state_id", "state_type", "state_name"),
    ),
    needs={"flow_id": "flow", "deployment_id": "deployment"},
    prepare=_prepared,
    check_change=_check_run,
    check_free=_check_run,
)
"""A request that repeats an ``idempotency_key`` of a flow gets the run that is there.

Source: the vendor's open-source server.
"""

of_deployments = Collection(f"{WORKSPACE}/deployments", "Deployments")
states = Collection(f"{WORKSPACE}/flow_runs", RUNS.tag)
logs = Collection(f"{WORKSPACE}/logs", "Logs")


@of_deployments.writes(
    "POST", "/{id}/create_flow_run", workspace("run_deployments"), status_code=201
)
def create_flow_run_from_deployment(
    transaction: WriteTransaction,
    at: RequestScope,
    id: UUID,
    body: wire.FlowRunOfDeployment,
    response: Response,
) -> wire.FlowRun:
    """Create a run of a deployment; no permission to create runs of flows is required."""
    deployment = documents.get(transaction.view, at, KIND, id)
    parameters = {**(deployment.content.get("parameters") or {}), **body.parameters}
    whose = {"deployment_id": str(id), "flow_id": deployment.content["flow_id"]}
    content = {**documents.sent_fields(body), **whose, "parameters": parameters}
    run, is_new = RUNS.make(transaction, at, content)
    response.status_code = 201 if is_new else 200
    return documents.to_response(transaction.view, run, wire.FlowRun)


@of_deployments.reads("POST", "/get_scheduled_flow_runs", workspace(SEE))
def get_scheduled_flow_runs_of_deployments(_view: ReadView) -> list[Carried]:
    """Return no runs: nothing is executed here."""
    return []


@states.writes("POST", "/{id}/set_state", workspace(RUN_FLOWS), status_code=201)
def set_flow_run_state(
    transaction: WriteTransaction, at: RequestScope, id: UUID, body: wire.SetState
) -> wire.StateResult:
    """Store a state of a run as its last one."""
    run = documents.get(transaction.view, at, FLOW_RUN, id)
    _check_run(transaction.view, run)
    fields = _state(transaction, documents.sent_fields(body.state))
    documents.update(transaction, run, fields)
    return wire.StateResult(state=fields["state"])


@logs.reads("POST", "/filter", workspace(SEE_FLOWS))
def read_logs(
    _view: ReadView,
    body: ObjectPage,  # noqa: ARG001 - of nothing every page is empty
) -> list[Carried]:
    """List the logs of runs: there are none, since nothing runs."""
    return []


router = together(
    DocumentRoutes(DEPLOYMENTS).router(),
    ACCESS.router(),
    schedules,
    of_deployments,
    states,
    logs,
    DocumentRoutes(RUNS).router(),
)
