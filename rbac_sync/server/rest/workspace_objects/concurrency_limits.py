"""Concurrency limits: by tag of task runs, and by name. The server executes no runs."""

from __future__ import annotations

from ....wire.prefect_cloud import orchestration as wire
from ...auth import RequestScope, workspace
from ...read_view import ReadView
from ..collection import WORKSPACE, collection, reads, together
from . import documents
from .document_collection import DocumentCollection, Lookup, Repeat, Rights, routes
from .lookups import by_id, by_id_or_name, by_tag

SEE, MANAGE = "see_concurrency_limits", "manage_concurrency_limits"
RIGHTS = Rights(SEE, MANAGE, MANAGE, MANAGE)
GLOBAL_LIMIT = "global-concurrency-limit"

OF_TAG = DocumentCollection(
    kind="concurrency-limit",
    path="concurrency_limits",
    tag="Concurrency Limits",
    rights=RIGHTS,
    shape=wire.TagLimit,
    create=wire.TagLimitCreate,
    name="tag",
    repeat=Repeat.REPLACE,
    deleted=200,
    lookups=(
        Lookup("/tag/{tag}", by_tag("concurrency-limit")),
        Lookup("/{id}", by_id("concurrency-limit")),
    ),
)
OF_NAME = DocumentCollection(
    kind=GLOBAL_LIMIT,
    path="v2/concurrency_limits",
    tag="Concurrency Limits V2",
    rights=RIGHTS,
    shape=wire.GlobalLimit,
    create=wire.GlobalLimitCreate,
    update=wire.GlobalLimitUpdate,
    lookups=(Lookup("/{id_or_name}", by_id_or_name(GLOBAL_LIMIT)),),
)

resets = collection(f"{WORKSPACE}/concurrency_limits", OF_TAG.tag)


@resets.post("/tag/{tag}/reset")
@reads(workspace(MANAGE))
def reset_concurrency_limit(view: ReadView, at: RequestScope, tag: str) -> None:
    """Free the slots of a limit: none is ever taken."""
    documents.named(view, at, OF_TAG.kind, tag)


router = together(routes(OF_TAG), routes(OF_NAME), resets)
