"""Work pools with their access lists, and facts about their types."""

from __future__ import annotations

from ....wire.prefect_cloud import object_access as access
from ....wire.prefect_cloud import orchestration as wire
from ...auth import RequestScope, anywhere, workspace
from ...read_view import ReadView
from ...refusals import not_found
from ..collection import WORKSPACE, collection, reads, together
from . import documents, work_queues
from .access_lists import AccessListRoutes
from .document_collection import Lookup, routes
from .levels import POOL as KIND
from .lookups import by_name
from .work_queues import MANAGE_POOLS as MANAGE
from .work_queues import POOLS
from .work_queues import SEE_POOLS as SEE
from .work_queues import WRITE_POOLS as WRITE

pools = routes(POOLS)
workers = collection(f"{WORKSPACE}/workers", "Workers")
task_workers = collection(f"{WORKSPACE}/task_workers", "Task Workers")
types = collection(f"{WORKSPACE}/collections", "Collections")
views = collection("/collections/views", "Collections")

RIGHTS = {"manage": MANAGE, "run": WRITE, "view": SEE}
WORKERS = "aggregate-worker-metadata"
METADATA: wire.WorkerTypesByPackage = {
    "prefect": {"process": wire.WorkerMetadata(type="process", display_name="Process")}
}
"""The types of work pools that clients read before they create one, with the needed fields."""


ACCESS = AccessListRoutes(
    of=POOLS,
    levels=RIGHTS,
    lookup=Lookup("/{name}", by_name(KIND)),
    create=access.SetWorkPoolAccess,
    shape=access.WorkPoolAccessControl,
    mine=access.ReadActorsWorkPoolAccess,
)


@pools.post("/{name}/workers/filter")
@reads(workspace("see_workers"))
def read_workers(
    view: ReadView,
    at: RequestScope,
    name: str,
    body: wire.ObjectPage | None = None,  # noqa: ARG001 - of nothing every page is empty
) -> list[wire.Carried]:
    """List the workers of one: none ever comes to this server."""
    documents.named(view, at, KIND, name)
    return []


@workers.post("/filter")
@task_workers.post("/filter")
@reads(workspace("see_workers"))
def read_all_workers(
    _view: ReadView,
    body: wire.ObjectPage | None = None,  # noqa: ARG001 - see above
) -> list[wire.Carried]:
    """List the workers of the workspace: none."""
    return []


@types.get("/work_pool_types")
@reads(workspace(SEE))
def read_work_pool_types(_view: ReadView) -> wire.WorkerTypesByPackage:
    """Read the facts about the types of work pools."""
    return METADATA


@views.get("/{name}")
@reads(anywhere())
def read_view(_view: ReadView, name: str) -> wire.WorkerTypesByPackage:
    """Read a view of the collections; there is one."""
    if name != WORKERS:
        raise not_found()
    return METADATA


router = together(pools, ACCESS.router(), work_queues.router, workers, task_workers, types, views)
