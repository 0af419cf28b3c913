"""Runs of flows and deployments: stored with their last state, never executed."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from ....backends.store.documents import Document
from ....wire.prefect_cloud import orchestration as wire
from ...auth import RequestScope, check_held, workspace
from ...guarded_store import WriteTransaction
from ...read_view import ReadView
from ..collection import WORKSPACE, Collection, together
from . import deployments, documents
from .document_collection import DocumentCollection, Lookup, Rights, routes
from .documents import Content
from .lookups import by_id

KIND = "flow-run"
SEE, RUN = "see_flows", "run_flows"


def _prepared(transaction: WriteTransaction, at: RequestScope, content: Content) -> Content:
    """Return a run with a name and a first state, if the request has none.

    Raises:
        NotAllowed: the caller may not run the deployment.
    """
    if content.get("deployment_id"):
        _check_may_run(transaction.view, at, UUID(content["deployment_id"]))
    state = _state(transaction, content.get("state") or {})
    name = content.get("name") or f"run-{uuid4().hex[:8]}"
    return {**content, "name": name, **state}


def _check_may_run(view: ReadView, at: RequestScope, id_: UUID) -> None:
    deployment = documents.get(view, at, deployments.KIND, id_)
    check_held((deployments.RIGHTS["run"],), view.may(deployment.owner))
    deployments.check_may_run(view, deployment)


def _check_run(view: ReadView, run: Document, _changes: Content | None = None) -> None:
    """Refuse changes of a run unless access lists allow the caller to run its deployment.

    *Why* lists alone: workers set states, and their role does not start runs.
    """
    id_ = run.content.get("deployment_id")
    deployment = documents.there(view, run.owner, deployments.KIND, UUID(id_)) if id_ else None
    if deployment is not None:
        deployments.check_may_run(view, deployment)


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
    kind=KIND,
    path="flow_runs",
    tag="Flow Runs",
    rights=Rights(SEE, RUN, RUN, "manage_flows"),
    shape=wire.FlowRun,
    create=wire.FlowRunCreate,
    update=wire.FlowRunUpdate,
    page=wire.ReadFlowRuns,
    criteria="flow_runs",
    name=None,
    fixed=("flow_id", "deployment_id", "state", "state_id", "state_type", "state_name"),
    needs={"flow_id": "flow", "deployment_id": "deployment"},
    prepare=_prepared,
    check_change=_check_run,
    check_free=_check_run,
    lookups=(Lookup("/{id}", by_id(KIND)),),
)

of_deployments = Collection(f"{WORKSPACE}/deployments", "Deployments")
states = Collection(f"{WORKSPACE}/flow_runs", RUNS.tag)
logs = Collection(f"{WORKSPACE}/logs", "Logs")


@of_deployments.writes(
    "POST", "/{id}/create_flow_run", workspace("run_deployments"), status_code=201
)
def create_flow_run_from_deployment(
    transaction: WriteTransaction, at: RequestScope, id: UUID, body: wire.FlowRunOfDeployment
) -> wire.FlowRun:
    """Create a run of a deployment, which takes no permission to run flows by themselves."""
    deployment = documents.get(transaction.view, at, deployments.KIND, id)
    parameters = {**(deployment.content.get("parameters") or {}), **body.parameters}
    whose = {"deployment_id": str(id), "flow_id": deployment.content["flow_id"]}
    content = {**documents.sent_fields(body), **whose, "parameters": parameters}
    run, _ = RUNS.make(transaction, at, content)
    return documents.to_response(transaction.view, run, wire.FlowRun)


@states.writes("POST", "/{id}/set_state", workspace(RUN), status_code=201)
def set_flow_run_state(
    transaction: WriteTransaction, at: RequestScope, id: UUID, body: wire.SetState
) -> wire.StateResult:
    """Keep a state of a run as its last."""
    run = documents.get(transaction.view, at, KIND, id)
    _check_run(transaction.view, run)
    fields = _state(transaction, documents.sent_fields(body.state))
    documents.update(transaction, run, fields)
    return wire.StateResult(state=fields["state"])


@logs.reads("POST", "/filter", workspace(SEE))
def read_logs(
    _view: ReadView,
    body: wire.ObjectPage | None = None,  # noqa: ARG001 - of nothing every page is empty
) -> list[wire.Carried]:
    """List the logs of runs: nothing runs, so that there are none."""
    return []


router = together(of_deployments, states, logs, routes(RUNS))
