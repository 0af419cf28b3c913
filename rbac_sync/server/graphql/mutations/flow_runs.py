"""Flow runs: created, renamed and deleted. They stay scheduled: nothing executes them."""

from __future__ import annotations

from uuid import uuid4

from ....backends.store.documents import Document
from ....model import ACCOUNT
from ....model.instant import rfc3339
from ...guarded_store import WriteTransaction
from ...read_view import ReadView
from .. import ids
from ..fault import failed
from ..objects import FLOW, FLOW_RUN
from . import inputs, objects
from .inputs import Arguments, Payload, writes

SCHEDULED = "Flow run scheduled."


@writes("create:run")
def create_flow_run(transaction: WriteTransaction, arguments: Arguments) -> Payload:
    """Schedule a run of a flow, or of the newest version of a group."""
    flow = _flow(transaction.view, arguments)
    if (there := _repeated(transaction.view, flow, arguments)) is not None:
        return {"id": there.id}
    content = _content(transaction.view, flow, arguments)
    return {"id": objects.create(transaction, FLOW_RUN, content).id}


@writes("update:run")
def set_flow_run_name(transaction: WriteTransaction, arguments: Arguments) -> Payload:
    """Rename a flow run."""
    objects.update(transaction, FLOW_RUN, arguments, {"name": inputs.text(arguments, "name")})
    return inputs.DONE


@writes("delete:run")
def delete_flow_run(transaction: WriteTransaction, arguments: Arguments) -> Payload:
    """Delete a flow run."""
    return objects.delete(transaction, FLOW_RUN, arguments)


def _flow(view: ReadView, arguments: Arguments) -> Document:
    """Return the flow of an input, by its id or its version group."""
    if arguments.get("flow_id") is not None:
        flow = objects.named_object(view, FLOW, arguments)
        if flow.content["archived"]:
            raise failed(f"Flow {flow.id} is archived.")
        return flow
    group = arguments.get("version_group_id")
    flows = view.documents.of(FLOW.name, ACCOUNT) if group is not None else ()
    for flow in flows:
        if flow.content["version_group_id"] == group and not flow.content["archived"]:
            return flow
    raise failed("Must provide either flow_id or version_group_id of a flow that is not archived.")


def _repeated(view: ReadView, flow: Document, arguments: Arguments) -> Document | None:
    """Return the run of *flow* with the same idempotency key, if there is one."""
    key = arguments.get("idempotency_key")
    if key is None:
        return None
    place = {FLOW_RUN.parent: str(flow.id), "idempotency_key": key}
    runs = view.documents.of(FLOW_RUN.name, ACCOUNT)
    return next((r for r in runs if all(r.content[k] == v for k, v in place.items())), None)


def _content(view: ReadView, flow: Document, arguments: Arguments) -> Payload:
    start = rfc3339(arguments.get("scheduled_start_time") or view.now)
    named = arguments.get("flow_run_name") is not None
    return {
        "name": inputs.text(arguments, "flow_run_name") if named else f"run-{uuid4().hex[:8]}",
        FLOW_RUN.parent: str(flow.id),
        "parameters": arguments.get("parameters") or {},
        "context": arguments.get("context"),
        "labels": arguments.get("labels") or [],
        "run_config": arguments.get("run_config") or flow.content["run_config"],
        "idempotency_key": arguments.get("idempotency_key"),
        "scheduled_start_time": start,
        "start_time": None,
        "end_time": None,
        "state": "Scheduled",
        "state_message": SCHEDULED,
        "state_timestamp": rfc3339(view.now),
        "serialized_state": {"type": "Scheduled", "message": SCHEDULED, "start_time": start},
        "version": 1,
        "created_by_user_id": str(ids.public_id(view, view.caller)),
    }
