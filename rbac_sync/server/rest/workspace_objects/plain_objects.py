"""Saved searches of flow runs, variables and notification policies, stored as they are written."""

from __future__ import annotations

from ....wire.prefect_cloud import orchestration as wire
from ..collection import together
from .document_collection import DocumentCollection, Lookup, Repeat, Rights, routes
from .lookups import by_both, by_id

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
    lookups=by_both("variable"),
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
    lookups=(Lookup("/{id}", by_id("saved-search")),),
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
    name=None,
    needs={"block_document_id": "block-document"},
    lookups=(Lookup("/{id}", by_id("notification-policy")),),
)
"""The paths are those of the vendor's open-source server; the names of the rights say their use."""

router = together(*map(routes, (VARIABLES, SEARCHES, NOTIFICATION_POLICIES)))
