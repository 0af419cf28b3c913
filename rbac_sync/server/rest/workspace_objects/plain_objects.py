"""Objects without access lists, stored as they are written: flows, automations, limits and others.

The server executes nothing, so that no automation acts and no limit is reached.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from pydantic import BaseModel

from ....backends.store.documents import Document
from ....wire.prefect_cloud.workspace_objects import plain_objects as wire
from ...auth import RequestScope, workspace
from ...guarded_store import WriteTransaction
from ...read_view import ReadView
from ..collection import WORKSPACE, Collection, depends, together
from . import documents
from .document_collection import DocumentCollection, Repeat, Rights
from .document_routes import DocumentRoutes
from .documents import Finder
from .listing import OLDEST_FIRST
from .lookups import BY_ID, READ, Lookup, by_id, by_id_or_name, by_name

SEE_LIMITS, MANAGE_LIMITS = "see_concurrency_limits", "manage_concurrency_limits"
SEE_AUTOMATIONS, MANAGE_AUTOMATIONS = "see_automations", "manage_automations"
"""The scopes of automations. The published document has none for these routes; roles name them."""

FLOWS = DocumentCollection(
    kind="flow",
    path="flows",
    tag="Flows",
    rights=Rights("see_flows", "run_flows", "run_flows", "manage_flows"),
    shape=wire.Flow,
    create=wire.FlowCreate,
    update=wire.FlowUpdate,
    page=wire.ReadFlows,
    criteria="flows",
    fixed=("name",),
    owns={"deployment": "flow_id", "flow-run": "flow_id"},
    repeat=Repeat.RETURN,
    lookups=(
        Lookup("/name/{name}", by_name, READ),
        BY_ID,
    ),
)
VARIABLES = DocumentCollection(
    kind="variable",
    path="variables",
    tag="Variables",
    rights=Rights("see_variables", "write_variables", "write_variables", "manage_variables"),
    shape=wire.Variable,
    create=wire.VariableCreate,
    update=wire.VariableUpdate,
    page=wire.ReadVariables,
    criteria="variables",
    lookups=(Lookup("/name/{name}", by_name), BY_ID),
)
SEARCHES = DocumentCollection(
    kind="saved-search",
    path="saved_searches",
    tag="Saved Searches",
    rights=Rights("see_flows", *("manage_saved_search",) * 3),
    shape=wire.SavedSearch,
    create=wire.SavedSearchCreate,
    create_method="PUT",
    repeat=Repeat.REPLACE,
)
NOTIFICATION_POLICIES = DocumentCollection(
    kind="notification-policy",
    path="flow_run_notification_policies",
    tag="Flow Run Notification Policies",
    rights=Rights(
        "see_notifications", "write_notifications", "write_notifications", "manage_notifications"
    ),
    shape=wire.NotificationPolicy,
    create=wire.NotificationPolicyCreate,
    update=wire.NotificationPolicyUpdate,
    page=wire.ReadNotificationPolicies,
    criteria="flow_run_notification_policy_filter",
    order=OLDEST_FIRST,
    name=None,
    needs={"block_document_id": "block-document"},
)
"""The paths are those of the vendor's open-source server; the names of the rights say their use."""
TAG_LIMITS = DocumentCollection(
    kind="concurrency-limit",
    path="concurrency_limits",
    tag="Concurrency Limits",
    rights=Rights(SEE_LIMITS, *(MANAGE_LIMITS,) * 3),
    shape=wire.TagLimit,
    create=wire.TagLimitCreate,
    name="tag",
    order="TAG_ASC",
    repeat=Repeat.REPLACE,
    deleted=200,
    lookups=(
        Lookup("/tag/{tag}", partial(by_name, parameter="tag")),
        BY_ID,
    ),
)
GLOBAL_LIMITS = DocumentCollection(
    kind="global-concurrency-limit",
    path="v2/concurrency_limits",
    tag="Concurrency Limits V2",
    rights=Rights(SEE_LIMITS, *(MANAGE_LIMITS,) * 3),
    shape=wire.GlobalLimit,
    create=wire.GlobalLimitCreate,
    update=wire.GlobalLimitUpdate,
    lookups=(Lookup("/{id_or_name}", by_id_or_name),),
)
AUTOMATIONS = DocumentCollection(
    kind="automation",
    path="automations",
    tag="Automations",
    rights=Rights(SEE_AUTOMATIONS, *(MANAGE_AUTOMATIONS,) * 3),
    shape=wire.Automation,
    create=wire.AutomationCreate,
    update=wire.AutomationUpdate,
    page=wire.ReadAutomations,
    criteria="automations",
    name=None,
    show=lambda view, kept: {"account": view.account_id, "workspace": view.id(kept.owner)},
)

automations = DocumentRoutes(AUTOMATIONS).router()
owned = Collection(f"{WORKSPACE}/automations", AUTOMATIONS.tag)
resets = Collection(f"{WORKSPACE}/concurrency_limits", TAG_LIMITS.tag)


@owned.reads(
    "GET",
    "/related-to/{resource_id}",
    workspace(SEE_AUTOMATIONS),
    response_model=list[AUTOMATIONS.shape],  # type: ignore[name-defined]
)
def read_automations_related_to(
    view: ReadView, at: RequestScope, resource_id: str
) -> list[BaseModel]:
    """List the automations that belong to a resource."""
    there = _owned_by(view, at, resource_id)
    return [AUTOMATIONS.answer(view, each) for each in there]


@owned.writes("DELETE", "/owned-by/{resource_id}", workspace(MANAGE_AUTOMATIONS), status_code=202)
def delete_automations_owned_by(
    transaction: WriteTransaction, at: RequestScope, resource_id: str
) -> None:
    """Delete the automations that belong to a resource."""
    for each in _owned_by(transaction.view, at, resource_id):
        transaction.documents.delete(each)


def _owned_by(view: ReadView, at: RequestScope, resource_id: str) -> list[Document]:
    kept = view.documents.of(AUTOMATIONS.kind, at.workspace(view).address)
    return [each for each in kept if each.content.get("owner_resource") == resource_id]


@automations.writes(
    "PUT",
    "/{id}",
    workspace(MANAGE_AUTOMATIONS),
    {"find": depends(by_id(AUTOMATIONS.kind))},
    name="replace_automation",
    status_code=204,
)
def replace_automation(
    transaction: WriteTransaction, at: RequestScope, body: wire.AutomationCreate, find: Finder
) -> None:
    """Replace a whole automation."""
    changed = replace(find(transaction.view, at), content=documents.sent_fields(body))
    AUTOMATIONS.checked(transaction.view, transaction.documents.put(changed))


@resets.reads("POST", "/tag/{tag}/reset", workspace(MANAGE_LIMITS))
def reset_concurrency_limit(view: ReadView, at: RequestScope, tag: str) -> None:
    """Free the slots of a concurrency limit: none is ever taken."""
    documents.named(view, at, TAG_LIMITS.kind, tag)


router = together(
    *(
        DocumentRoutes(each).router()
        for each in (FLOWS, VARIABLES, SEARCHES, NOTIFICATION_POLICIES, TAG_LIMITS, GLOBAL_LIMITS)
    ),
    resets,
    owned,
    automations,
)
