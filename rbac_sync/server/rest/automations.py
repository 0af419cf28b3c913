"""Automations: stored and shown. The server never executes one."""

from __future__ import annotations

from ...backends.store.documents import Document
from ...wire.prefect_cloud import orchestration as wire
from ..auth import RequestScope, workspace
from ..guarded_store import WriteTransaction
from ..read_view import ReadView
from .collection import WORKSPACE, collection, reads, together, writes
from .workspace_objects import documents
from .workspace_objects.document_collection import DocumentCollection, Lookup, Rights, routes
from .workspace_objects.lookups import by_id

KIND = "automation"
SEE, MANAGE = "see_automations", "manage_automations"
"""The required scopes. The published document has none for these routes; roles name them."""

AUTOMATIONS = DocumentCollection(
    kind=KIND,
    path="automations",
    tag="Automations",
    rights=Rights(SEE, MANAGE, MANAGE, MANAGE),
    shape=wire.Automation,
    create=wire.AutomationCreate,
    update=wire.AutomationUpdate,
    page=wire.ReadAutomations,
    criteria="automations",
    name=None,
    lookups=(Lookup("/{id}", by_id(KIND), frozenset({"GET", "PATCH", "PUT", "DELETE"})),),
)

owned = collection(f"{WORKSPACE}/automations", AUTOMATIONS.tag)


@owned.get("/related-to/{resource_id}")
@reads(workspace(SEE))
def read_automations_related_to(
    view: ReadView, at: RequestScope, resource_id: str
) -> list[wire.Automation]:
    """List those that belong to a resource."""
    there = _owned_by(view, at, resource_id)
    return [documents.to_response(view, each, wire.Automation) for each in there]


@owned.delete("/owned-by/{resource_id}", status_code=202)
@writes(workspace(MANAGE))
def delete_automations_owned_by(
    transaction: WriteTransaction, at: RequestScope, resource_id: str
) -> None:
    """Delete those that belong to a resource."""
    for each in _owned_by(transaction.view, at, resource_id):
        transaction.documents.delete(each)


def _owned_by(view: ReadView, at: RequestScope, resource_id: str) -> list[Document]:
    kept = view.documents.of(KIND, at.workspace(view).address)
    return [each for each in kept if each.content.get("owner_resource") == resource_id]


router = together(owned, routes(AUTOMATIONS))
