"""Projects: created, renamed, described and deleted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...guarded_store import WriteTransaction
from ..objects import PROJECT
from ..request_context import RequestContext
from . import inputs, objects


def create_project(context: RequestContext, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
    """Create a project in the selected tenant."""

    def work(transaction: WriteTransaction) -> Mapping[str, Any]:
        inputs.here(transaction.view, arguments.get("tenant_id"))
        name = inputs.text(arguments, "name")
        content = {"name": name, "description": arguments.get("description")}
        return {"id": objects.create(transaction, PROJECT, content, name).id}

    return objects.written(context, "create:project", work)


def set_project_name(context: RequestContext, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
    """Rename a project."""
    fields = {"name": inputs.text(arguments, "name")}
    return {"id": objects.update(context, PROJECT, arguments, fields).id}


def set_project_description(
    context: RequestContext, arguments: Mapping[str, Any]
) -> Mapping[str, Any]:
    """Replace the description of a project."""
    fields = {"description": arguments.get("description")}
    return {"id": objects.update(context, PROJECT, arguments, fields).id}


def delete_project(context: RequestContext, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
    """Delete a project with its flows and their runs."""
    return objects.delete(context, PROJECT, arguments)
