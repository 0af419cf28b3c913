"""Work pools with their access lists, and their queues. The server hands out no work."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from itertools import count
from uuid import UUID

from ....backends.store.documents import Document
from ....wire.prefect_cloud import access
from ....wire.prefect_cloud.workspace_objects import work_pools as wire
from ....wire.prefect_cloud.workspace_objects.deployments import FlowRun
from ....wire.prefect_cloud.workspace_objects.documents import Carried, ObjectPage
from ...auth import RequestScope, anywhere, workspace
from ...guarded_store import WriteTransaction
from ...read_view import ReadView
from ...refusals import Missing
from ..collection import WORKSPACE, Collection, together
from . import documents, levels
from .access_lists import AccessListRoutes
from .document_collection import DocumentCollection, Rights, Within
from .document_routes import DocumentRoutes
from .documents import Content
from .levels import POOL, QUEUE
from .lookups import BY_ID, READ, Lookup, by_name, by_name_within

SEE, WRITE, MANAGE = "see_work_queues", "write_work_queues", "manage_work_queues"
SEE_POOLS, WRITE_POOLS, MANAGE_POOLS = "see_work_pools", "write_work_pools", "manage_work_pools"
WORKERS = "aggregate-worker-metadata"
METADATA: wire.WorkerTypesByPackage = {
    "prefect": {"process": wire.WorkerMetadata(type="process", display_name="Process")}
}
"""The types of work pools that clients read before they create one, with the needed fields."""

NEW_POOL = {"type": "prefect-agent", "base_job_template": {}}
DEFAULT = "default"
NEW_QUEUE = {"name": DEFAULT, "description": "The work pool's default queue.", "priority": 1}
DEFAULT_POOL = "default-agent-pool"
"""The pool of the queues that are created without one."""


def _within_pool(work_pool_name: str) -> Within:
    return lambda view, at: {
        "work_pool_id": str(documents.named(view, at, POOL, work_pool_name).id)
    }


def _with_pool(view: ReadView, document: Document) -> Content:
    pool = view.documents.get(POOL, UUID(document.content["work_pool_id"]))
    return {"work_pool_name": pool.name if pool else None, **_with_status(view, document)}


def _in_a_pool(transaction: WriteTransaction, at: RequestScope, content: Content) -> Content:
    """Return a queue with the id of its pool, if the access list of the pool allows it."""
    id_ = content.get("work_pool_id")
    if id_:
        pool = documents.get(transaction.view, at, POOL, UUID(id_))
    else:
        kept = documents.find_named(transaction.view, at, POOL, DEFAULT_POOL)
        pool = kept or POOLS.make(transaction, at, {"name": DEFAULT_POOL})[0]
    levels.check(transaction.view, pool, levels.MANAGE)
    return {**content, "work_pool_id": str(pool.id)}


def _with_default_queue(
    transaction: WriteTransaction, at: RequestScope, pool: Document
) -> Document:
    """Create the default queue of a new pool; return the pool, which names it."""
    if "default_queue_id" in pool.content:
        return pool
    content = {**NEW_QUEUE, "work_pool_id": str(pool.id)}
    queue = documents.create(transaction, at, QUEUE, f"{pool.id}/{DEFAULT}", content)
    return documents.update(transaction, pool, {"default_queue_id": str(queue.id)})


def _priority(queue: Document) -> int:
    return queue.content.get("priority") or 1


def _in_order(transaction: WriteTransaction, _at: RequestScope, queue: Document) -> Document:
    """Give a queue the first free priority if it has none; else move those behind it back.

    Source: [S], the vendor's open-source server.
    """
    pool = queue.content["work_pool_id"]
    kept = transaction.documents.of(QUEUE, queue.owner)
    others = [o for o in kept if o.content["work_pool_id"] == pool and o.id != queue.id]
    if queue.content.get("priority") is None:
        used = {_priority(each) for each in others}
        free = next(number for number in count(1) if number not in used)
        return documents.update(transaction, queue, {"priority": free})
    last = _priority(queue)
    for each in sorted((o for o in others if _priority(o) >= last), key=_priority):
        last = max(last + 1, _priority(each))
        if last != _priority(each):
            documents.update(transaction, each, {"priority": last})
    return queue


def _with_status(_view: ReadView, document: Document) -> Content:
    """Return the status of a pool or queue, which depends on whether it is paused."""
    return {"status": "PAUSED" if document.content.get("is_paused") else "NOT_READY"}


POOLS = DocumentCollection(
    kind=POOL,
    path="work_pools",
    tag="Work Pools",
    rights=Rights(SEE_POOLS, WRITE_POOLS, WRITE_POOLS, MANAGE_POOLS),
    shape=wire.WorkPool,
    create=wire.WorkPoolCreate,
    update=wire.WorkPoolUpdate,
    page=wire.ReadWorkPools,
    criteria="work_pools",
    fixed=("name", "type", "default_queue_id"),
    owns={QUEUE: "work_pool_id"},
    named_in={levels.DEPLOYMENT: "work_pool_name"},
    prepare=lambda _transaction, _at, content: {**NEW_POOL, **content},
    update_others=_with_default_queue,
    check_free=levels.check_free,
    show=_with_status,
    lookups=(Lookup("/{name}", by_name),),
)

IN_POOL = partial(by_name_within, parent=POOL, of="work_pool_name")
OF_WORKSPACE = DocumentCollection(
    kind=QUEUE,
    path="work_queues",
    tag="Work Queues",
    rights=Rights(SEE, SEE, WRITE, MANAGE),
    shape=wire.WorkQueue,
    create=wire.WorkQueueCreate,
    update=wire.WorkQueueUpdate,
    page=wire.ReadWorkQueues,
    criteria="work_queues",
    parent="work_pool_id",
    fixed=("work_pool_id",),
    show=_with_pool,
    prepare=_in_a_pool,
    update_others=_in_order,
    lookups=(
        Lookup("/name/{name}", lambda kind: partial(IN_POOL(kind), DEFAULT_POOL), READ),
        BY_ID,
    ),
)
"""The queues of a workspace. Creation requires the right to see. Source: the published document."""

OF_POOL = replace(
    OF_WORKSPACE,
    path="work_pools/{work_pool_name}/queues",
    create_path="",
    rights=Rights(SEE, WRITE, WRITE, MANAGE),
    within=_within_pool,
    order="PRIORITY_ASC",
    lookups=(Lookup("/{name}", IN_POOL),),
)

ACCESS = AccessListRoutes(
    of=POOLS,
    levels={"manage": MANAGE_POOLS, "run": WRITE_POOLS, "view": SEE_POOLS},
    create=access.SetWorkPoolAccess,
    shape=access.WorkPoolAccessControl,
    mine=access.ReadActorsWorkPoolAccess,
)

pools = DocumentRoutes(POOLS).router()
queues = Collection(f"{WORKSPACE}/work_queues", OF_WORKSPACE.tag)
workers = Collection(f"{WORKSPACE}/workers", "Workers")
task_workers = Collection(f"{WORKSPACE}/task_workers", "Task Workers")
types = Collection(f"{WORKSPACE}/collections", "Collections")
views = Collection("/collections/views", "Collections")


@queues.reads("GET", "/{id}/status", workspace(SEE))
def read_work_queue_status(view: ReadView, at: RequestScope, id: UUID) -> wire.WorkQueueStatus:
    """Read the health of a work queue."""
    documents.get(view, at, QUEUE, id)
    return wire.WorkQueueStatus()


@queues.reads("POST", "/{id}/get_runs", workspace(SEE))
def get_work_queue_runs(view: ReadView, at: RequestScope, id: UUID) -> list[FlowRun]:
    """List the runs that wait in a work queue: none, since nothing is executed."""
    documents.get(view, at, QUEUE, id)
    return []


@pools.reads("POST", "/{name}/get_scheduled_flow_runs", workspace(SEE))
def get_scheduled_flow_runs(view: ReadView, at: RequestScope, name: str) -> list[Carried]:
    """List the runs that wait in a work pool: none, since nothing is executed."""
    documents.named(view, at, POOL, name)
    return []


@pools.reads("POST", "/{name}/workers/filter", workspace("see_workers"))
def read_workers(
    view: ReadView,
    at: RequestScope,
    name: str,
    body: ObjectPage,  # noqa: ARG001 - of nothing every page is empty
) -> list[Carried]:
    """List the workers of a work pool: none, since no worker is stored."""
    documents.named(view, at, POOL, name)
    return []


@pools.reads("POST", "/{name}/workers/heartbeat", workspace("write_workers"), status_code=204)
def worker_heartbeat(view: ReadView, at: RequestScope, name: str) -> None:
    """Accept the report of a worker of a work pool. The worker is not stored, and gets no work."""
    documents.named(view, at, POOL, name)


@workers.reads("POST", "/filter", workspace("see_workers"))
@task_workers.reads("POST", "/filter", workspace("see_workers"))
def read_all_workers(
    _view: ReadView,
    body: ObjectPage,  # noqa: ARG001 - see above
) -> list[Carried]:
    """List the workers of the workspace: none."""
    return []


@types.reads("GET", "/work_pool_types", workspace(SEE_POOLS))
def read_work_pool_types(_view: ReadView) -> wire.WorkerTypesByPackage:
    """Read the metadata of the types of work pools."""
    return METADATA


@views.reads("GET", "/{name}", anywhere())
def read_view(_view: ReadView, name: str) -> wire.WorkerTypesByPackage:
    """Read a view of the collections; there is only one."""
    if name != WORKERS:
        raise Missing
    return METADATA


router = together(
    pools,
    ACCESS.router(),
    queues,
    DocumentRoutes(OF_WORKSPACE).router(),
    DocumentRoutes(OF_POOL).router(),
    workers,
    task_workers,
    types,
    views,
)
