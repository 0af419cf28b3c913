"""Projects, and their flows: created in versions, archived and deleted. None is ever executed."""

from __future__ import annotations

import json
import zlib
from base64 import b64decode
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import uuid4

from ....backends.store.documents import Document
from ....model import ACCOUNT
from ...guarded_store import WriteTransaction
from ...limits import LARGEST, is_deep
from ...read_view import ReadView
from .. import scalars
from ..fault import failed
from ..objects import FLOW, PROJECT, source
from ..request_body import MalformedRequest, parsed
from ..request_context import RequestContext
from . import inputs, objects
from .inputs import Arguments, Payload, writes

COLUMNS = ("parameters", "run_config", "storage", "environment", "schedule")
"""The parts of a serialized flow that are columns of their own."""

NO_FLOW = "The serialized flow is none."
TOO_LARGE = f"The flow is larger than {LARGEST >> 20} MiB."
ARCHIVED: Payload = {"archived": True, "is_schedule_active": False}


@writes("create:project")
def create_project(transaction: WriteTransaction, arguments: Arguments) -> Payload:
    """Create a project in the selected tenant."""
    inputs.here(transaction.view, arguments.get("tenant_id"))
    name = inputs.text(arguments, "name")
    content = {"name": name, "description": arguments.get("description")}
    return {"id": objects.create(transaction, PROJECT, content, name).id}


@writes("update:project")
def set_project_name(transaction: WriteTransaction, arguments: Arguments) -> Payload:
    """Rename a project."""
    fields = {"name": inputs.text(arguments, "name")}
    return {"id": objects.update(transaction, PROJECT, arguments, fields).id}


@writes("update:project")
def set_project_description(transaction: WriteTransaction, arguments: Arguments) -> Payload:
    """Replace the description of a project."""
    fields = {"description": arguments.get("description")}
    return {"id": objects.update(transaction, PROJECT, arguments, fields).id}


@writes("delete:project")
def delete_project(transaction: WriteTransaction, arguments: Arguments) -> Payload:
    """Delete a project with its flows and their runs."""
    return objects.delete(transaction, PROJECT, arguments)


def create_flow(context: RequestContext, arguments: Arguments) -> Payload:
    """Create a flow, or the next version of the flow of the same name in the project."""
    return _registered(context, arguments, arguments["serialized_flow"])


def create_flow_from_compressed_string(context: RequestContext, arguments: Arguments) -> Payload:
    """Create a flow from JSON that is compressed by gzip and encoded in base 64."""
    return _registered(context, arguments, _decompressed(arguments["serialized_flow"]))


def register_tasks(context: RequestContext, arguments: Arguments) -> Payload:
    """Store further tasks of a flow: clients send those of a large one in parts."""
    return _extended(context, arguments, "tasks")


def register_edges(context: RequestContext, arguments: Arguments) -> Payload:
    """Store further edges between the tasks of a flow."""
    return _extended(context, arguments, "edges")


@writes("update:flow")
def set_schedule_active(transaction: WriteTransaction, arguments: Arguments) -> Payload:
    """Mark the schedule of a flow as active; no run ever follows from it."""
    objects.update(transaction, FLOW, arguments, {"is_schedule_active": True})
    return inputs.DONE


@writes("update:flow")
def set_schedule_inactive(transaction: WriteTransaction, arguments: Arguments) -> Payload:
    """Mark the schedule of a flow as inactive."""
    objects.update(transaction, FLOW, arguments, {"is_schedule_active": False})
    return inputs.DONE


@writes("update:flow")
def archive_flow(transaction: WriteTransaction, arguments: Arguments) -> Payload:
    """Archive a flow: it stays, and no runs of it can be created."""
    objects.update(transaction, FLOW, arguments, ARCHIVED)
    return inputs.DONE


@writes("delete:flow")
def delete_flow(transaction: WriteTransaction, arguments: Arguments) -> Payload:
    """Delete one version of a flow with its runs."""
    return objects.delete(transaction, FLOW, arguments)


def _registered(context: RequestContext, arguments: Arguments, serialized: Any) -> Payload:
    if not isinstance(serialized, Mapping) or not isinstance(serialized.get("name"), str):
        raise failed(NO_FLOW)

    @writes("create:flow")
    def register(transaction: WriteTransaction, arguments: Arguments) -> Payload:
        project = objects.named_object(transaction.view, PROJECT, arguments)
        versions = _versions(transaction.view, project, arguments, inputs.text(serialized, "name"))
        key = arguments.get("idempotency_key")
        if versions and key is not None and versions[-1].content["idempotency_key"] == key:
            return {"id": versions[-1].id}
        flow = objects.create(transaction, FLOW, _content(project, versions, arguments, serialized))
        objects.keep_source(transaction, flow, serialized)
        for older in versions:
            transaction.documents.put(replace(older, content={**older.content, **ARCHIVED}))
        return {"id": flow.id}

    return register(context, arguments)


def _versions(view: ReadView, project: Document, arguments: Arguments, name: str) -> list[Document]:
    """Return the flows of the version group of a new flow, the newest last."""
    if (group := arguments.get("version_group_id")) is not None:
        place: Payload = {"version_group_id": group}
    else:
        place = {"name": name, FLOW.parent: str(project.id)}
    flows = view.documents.of(FLOW.name, ACCOUNT)
    versions = [flow for flow in flows if place.items() <= flow.content.items()]
    return sorted(versions, key=lambda flow: flow.content["version"])


def _content(
    project: Document, versions: list[Document], arguments: Arguments, serialized: Payload
) -> Payload:
    first: Payload = {"version": 0, "version_group_id": str(uuid4())}
    newest = versions[-1].content if versions else first
    return {
        "name": serialized["name"],
        "description": arguments.get("description"),
        FLOW.parent: str(project.id),
        "version": newest["version"] + 1,
        "version_group_id": arguments.get("version_group_id") or newest["version_group_id"],
        "archived": False,
        "is_schedule_active": bool(arguments.get("set_schedule_active")),
        "idempotency_key": arguments.get("idempotency_key"),
        "core_version": serialized.get("__version__"),
        **{name: serialized.get(name) for name in COLUMNS},
    }


def _extended(context: RequestContext, arguments: Arguments, part: str) -> Payload:
    parts = arguments[f"serialized_{part}"]
    if not isinstance(parts, list):
        raise failed(f"The serialized {part} are no list.")

    @writes("create:flow")
    def extend(transaction: WriteTransaction, arguments: Arguments) -> Payload:
        flow = objects.named_object(transaction.view, FLOW, arguments)
        content = source(transaction.view, flow.id).content
        if not isinstance(content.get(part, []), list):
            raise failed(f"The serialized {part} are no list.")
        extended = {**content, part: [*content.get(part, ()), *parts]}
        if len(json.dumps(extended)) > LARGEST:
            raise failed(TOO_LARGE)
        objects.keep_source(transaction, flow, extended)
        return inputs.DONE

    return extend(context, arguments)


def _decompressed(text: str) -> Any:
    """Return the decompressed JSON of *text*; it must not be larger than a request may be."""
    inflater = zlib.decompressobj(wbits=31)
    try:
        unpacked = inflater.decompress(b64decode(text, validate=True), LARGEST)
        if inflater.unconsumed_tail:
            raise failed(TOO_LARGE)
        value = parsed(unpacked)
    except (ValueError, zlib.error, MalformedRequest):
        raise failed(NO_FLOW) from None
    if is_deep(value):
        raise failed(NO_FLOW)
    return scalars.checked({"serialized_flow": value})["serialized_flow"]
