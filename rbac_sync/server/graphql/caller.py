"""The caller, its permissions, and the licence of its tenant: the queries that read no table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ... import __version__
from ...backends.store.features import AUDIT_TRAIL, BASIC_RBAC, CUSTOM_ROLES
from ...model import Kind, Level
from ..directory.roles import of_level
from ..read_view import ReadView
from ..refusals import lacking
from . import ids
from .fault import unauthorized
from .tables import OperationTables

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


def api(_: OperationTables) -> Mapping[str, Any]:
    """Return the facts about the API."""
    return {"backend": "CLOUD", "mode": "normal", "version": __version__}


def auth_info(tables: OperationTables) -> Mapping[str, Any]:
    """Return the identity of the caller."""
    view, key = tables.here.view, tables.context.own_key()
    mine = tables.here.mine[0].columns if tables.here.mine else {}
    return {
        "user_id": ids.public_id(view, view.caller),
        "tenant_id": view.account_id,
        "role_id": mine.get("role_id"),
        "role": mine.get("role"),
        "permissions": sorted({*view.may(), *features(view)}),
        "license": licence(view),
        "token_type": "USER",
        "token_id": key.id if key else None,
        "token_expires": key.until if key else None,
    }


def permissions_info(tables: OperationTables) -> Mapping[str, Any]:
    """Return all permissions, and those of the caller."""
    view = tables.here.view
    return {
        "user_permissions_filtered_by_license_features": sorted(view.may()),
        "all_permissions_filtered_by_license_features": sorted(
            of_level(view.catalogue, Level.ACCOUNT)
        ),
    }


def license_users(tables: OperationTables) -> list[Mapping[str, Any]]:
    """List the users of the licence, which is that of one tenant.

    Raises:
        GraphQLFault: the caller does not administrate it.
    """
    tenant_rows = tables.here
    if not tenant_rows.may(ADMIN):
        raise unauthorized(lacking(ADMIN))
    people = (address for address in tenant_rows.held if address.kind is Kind.USER)
    return [
        {
            **tenant_rows.viewed(address).columns,
            "memberships": [
                {**row.columns, "membership_id": row.columns["id"]}
                for row in tenant_rows.held[address]
            ],
        }
        for address in people
    ]


def secret_names(_: OperationTables) -> list[str]:
    """List no secrets: this server keeps none."""
    return []


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
