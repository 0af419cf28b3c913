"""What a tenant's plan includes, in the words of the system's licences."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...backends.store.features import AUDIT_TRAIL, CUSTOM_ROLES
from ..look import Look
from . import ids

FEATURES: Mapping[str, str] = {
    CUSTOM_ROLES: "feature:custom-role",
    AUDIT_TRAIL: "feature:audit-trail",
}
"""The system's name of each of an account's features that it had."""

ALWAYS = ("feature:basic-rbac",)


def features(look: Look) -> list[str]:
    """Return the features of the tenant's licence."""
    there = look.session.account.features
    return sorted([*ALWAYS, *(name for own, name in FEATURES.items() if own in there)])


def licence(look: Look) -> Mapping[str, Any]:
    """Return the licence of a tenant. Null: without a limit."""
    whole = CUSTOM_ROLES in look.session.account.features
    unlimited = ("users", "read_only_users", "history_retention_days", "flow_concurrency")
    return {
        "id": str(ids.license_id(look)),
        "account_name": look.handle,
        "key": None,
        "active": True,
        "stripe_subscription": None,
        "terms": {
            "plan": "ENTERPRISE_2021" if whole else "STANDARD_2021",
            "tenants": 1,
            "permissions": features(look),
            **dict.fromkeys(unlimited),
            "is_self_serve": False,
            "is_usage_based": False,
            "frozen": False,
        },
    }
