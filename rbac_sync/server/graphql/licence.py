"""The licence of a tenant: the features of its subscription, in the words of the system."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...backends.store.features import AUDIT_TRAIL, BASIC_RBAC, CUSTOM_ROLES
from ..read_view import ReadView
from . import ids

FEATURES: Mapping[str, str] = {
    BASIC_RBAC: "feature:basic-rbac",
    CUSTOM_ROLES: "feature:custom-role",
    AUDIT_TRAIL: "feature:audit-trail",
}
"""The name of the older system for each feature of an account."""

PLANS = {CUSTOM_ROLES: "ENTERPRISE_2021", BASIC_RBAC: "STANDARD_2021"}
"""The subscription with each feature, the largest first; without a feature it is the free one."""

FREE = "FREE_2021"

ADMIN = "license:admin"
"""The permission to administrate a licence."""


def features(view: ReadView) -> list[str]:
    """Return the features of the tenant's licence."""
    there = view.session.account.features
    return sorted(name for own, name in FEATURES.items() if own in there)


def licence(view: ReadView) -> Mapping[str, Any]:
    """Return the licence of a tenant. Null: without a limit."""
    there = view.session.account.features
    unlimited = ("users", "read_only_users", "history_retention_days", "flow_concurrency")
    return {
        "id": str(ids.license_id(view)),
        "account_name": view.handle,
        "key": None,
        "active": True,
        "stripe_subscription": None,
        "terms": {
            "plan": next((plan for own, plan in PLANS.items() if own in there), FREE),
            "tenants": 1,
            "permissions": features(view),
            **dict.fromkeys(unlimited),
            "is_self_serve": False,
            "is_usage_based": False,
            "frozen": False,
        },
    }
