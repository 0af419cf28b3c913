"""Deployments, with their access lists."""

from __future__ import annotations

from dataclasses import replace
from uuid import uuid5

from fastapi import APIRouter

from ....backends.store.documents import Document
from ....backends.store.row_facts import ACCESS as LIST
from ....wire.prefect_cloud import object_access as access
from ....wire.prefect_cloud import orchestration as wire
from ...auth import RequestScope
from ...read_view import ReadView
from . import documents, flows, levels
from .access_lists import AccessListRoutes
from .document_collection import DocumentCollection, Lookup, Repeat, Rights, routes
from .documents import Content, Finder
from .lookups import by_id

KIND = "deployment"
SEE, WRITE, MANAGE = "see_deployments", "write_deployments", "manage_deployments"
RIGHTS = {"manage": MANAGE, "run": "run_deployments", "view": SEE}


def _named(flow_name: str, deployment_name: str) -> Finder:
    def find(view: ReadView, at: RequestScope) -> Document:
        flow = documents.named(view, at, flows.KIND, flow_name)
        return documents.named(view, at, KIND, f"{flow.id}/{deployment_name}")

    return find


def _with_schedules(_view: ReadView, document: Document) -> Content:
    kept = document.content.get("schedules") or ()
    return {"schedules": [_schedule(document, place, each) for place, each in enumerate(kept)]}


def _schedule(document: Document, place: int, kept: Content) -> Content:
    """Return a schedule with a new id."""
    ours = {"id": str(uuid5(document.id, str(place))), "deployment_id": str(document.id)}
    return {"active": True, **kept, **ours}


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
    needs={"flow_id": flows.KIND},
    repeat=Repeat.REPLACE,
    check_change=_check_pools,
    show=_with_schedules,
    lookups=(
        Lookup("/name/{flow_name}/{deployment_name}", _named, frozenset({"GET"})),
        Lookup("/{id}", by_id(KIND)),
    ),
)
ACCESS = AccessListRoutes(
    of=DEPLOYMENTS,
    levels=RIGHTS,
    lookup=Lookup("/{id}", by_id(KIND)),
    create=access.SetDeploymentAccess,
    shape=access.DeploymentAccessControl,
    mine=access.ReadActorsDeploymentAccess,
)

router = APIRouter()
for each in (routes(DEPLOYMENTS), ACCESS.router()):
    router.include_router(each)
