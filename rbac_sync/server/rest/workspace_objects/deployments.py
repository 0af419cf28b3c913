"""Deployments, with their access lists."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID, uuid5

from ....backends.store.documents import Document
from ....backends.store.row_facts import ACCESS as LIST
from ....wire.prefect_cloud import access
from ....wire.prefect_cloud import orchestration as wire
from ...auth import RequestScope
from ...read_view import ReadView
from ..collection import together
from . import documents, levels
from .access_lists import AccessListRoutes
from .document_collection import DocumentCollection, Lookup, Repeat, Rights, routes
from .documents import Content, Finder
from .lookups import by_id
from .plain_objects import FLOWS, GLOBAL_LIMITS

KIND = "deployment"
SEE, WRITE, MANAGE = "see_deployments", "write_deployments", "manage_deployments"
LIMITS = ("global_concurrency_limit_id", "concurrency_limit")
"""The fields that set the limit of a deployment, of which one is set at a time."""

RIGHTS = {"manage": MANAGE, "run": "run_deployments", "view": SEE}


def _named(flow_name: str, deployment_name: str) -> Finder:
    def find(view: ReadView, at: RequestScope) -> Document:
        flow = documents.named(view, at, FLOWS.kind, flow_name)
        return documents.named(view, at, KIND, f"{flow.id}/{deployment_name}")

    return find


def _computed_fields(view: ReadView, document: Document) -> Content:
    kept = document.content.get("schedules") or ()
    schedules = [_schedule(document, place, each) for place, each in enumerate(kept)]
    return {"schedules": schedules, "global_concurrency_limit": _limit(view, document)}


def _schedule(document: Document, place: int, kept: Content) -> Content:
    """Return a schedule with a new id."""
    ours = {"id": str(uuid5(document.id, str(place))), "deployment_id": str(document.id)}
    return {"active": True, **kept, **ours}


def _limit(view: ReadView, document: Document) -> Content | None:
    """Return the limit of a deployment: its own, or the global one that it names.

    Source: [P], the provider's resource of deployments.
    """
    content = document.content
    if (own := content.get("concurrency_limit")) is not None:
        name = f"deployment:{document.id}"
        return {"id": str(uuid5(document.id, name)), "name": name, "limit": own, "active": True}
    if (named := content.get("global_concurrency_limit_id")) is None:
        return None
    limit = view.documents.get(GLOBAL_LIMITS.kind, UUID(named))
    is_there = limit is not None and limit.owner == document.owner
    return {"active": True, **limit.content, "id": named} if limit and is_there else None


def _one_limit(fields: Content) -> Content:
    """Return the fields such that the limit that they set takes the place of the other one."""
    for limit, other in (LIMITS, LIMITS[::-1]):
        if fields.get(limit) is not None:
            return {**fields, other: None}
    return fields


def check_may_run(view: ReadView, deployment: Document) -> None:
    """Refuse a run that the access list of the deployment or of its work pool does not allow.

    Source: [D], on delegated access control.
    """
    levels.check(view, deployment, levels.VIEW)
    name = deployment.content.get("work_pool_name") or ""
    pool = view.documents.named(levels.POOL, deployment.owner, name)
    has_list = pool is not None and pool.content.get(LIST) is not None
    levels.check_level(view, pool if pool is not None and has_list else deployment, levels.RUN)


def _check_pools(view: ReadView, deployment: Document, changes: Content) -> None:
    """Refuse a move to another work pool unless the caller may run the deployment in both."""
    moved = replace(deployment, content={**deployment.content, **changes})
    if moved.content.get("work_pool_name") != deployment.content.get("work_pool_name"):
        check_may_run(view, deployment)
        check_may_run(view, moved)


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
    needs={"flow_id": FLOWS.kind, "global_concurrency_limit_id": GLOBAL_LIMITS.kind},
    repeat=Repeat.REPLACE,
    prepare=lambda _transaction, _at, content: _one_limit(content),
    merge=lambda _document, fields: _one_limit(fields),
    check_change=_check_pools,
    show=_computed_fields,
    lookups=(
        Lookup("/name/{flow_name}/{deployment_name}", _named, frozenset({"GET"})),
        Lookup("/{id}", by_id(KIND)),
    ),
)
ACCESS = AccessListRoutes(
    of=DEPLOYMENTS,
    levels=RIGHTS,
    create=access.SetDeploymentAccess,
    shape=access.DeploymentAccessControl,
    mine=access.ReadActorsDeploymentAccess,
)

router = together(routes(DEPLOYMENTS), ACCESS.router())
