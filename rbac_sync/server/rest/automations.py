"""Automations: stored and shown. The server never executes one."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter

from ...backends.store.documents import Document
from ...wire.prefect_cloud import orchestration as wire
from ..auth import RequestScope, workspace
from ..guarded_store import WriteTransaction
from ..read_view import ReadView
from .collection import WORKSPACE, collection
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
def read_automations_related_to(
    resource_id: str, at: Annotated[RequestScope, workspace(SEE)]
) -> list[wire.Automation]:
    """List those that belong to a resource."""
    with at.view() as view:
        return [
            wire.Automation.model_validate(AUTOMATIONS.answer(view, each), from_attributes=True)
            for each in _owned_by(view, at, resource_id)
        ]


@owned.delete("/owned-by/{resource_id}", status_code=202)
def delete_automations_owned_by(
    resource_id: str, at: Annotated[RequestScope, workspace(MANAGE)]
) -> None:
    """Delete those that belong to a resource."""

    def work(transaction: WriteTransaction) -> None:
        for each in _owned_by(transaction.view, at, resource_id):
            transaction.documents.delete(each)

    at.write(work)


def _owned_by(view: ReadView, at: RequestScope, resource_id: str) -> list[Document]:
    kept = view.documents.of(KIND, at.workspace(view).address)
    return [each for each in kept if each.content.get("owner_resource") == resource_id]


router = APIRouter()
router.include_router(owned)
router.include_router(routes(AUTOMATIONS))
