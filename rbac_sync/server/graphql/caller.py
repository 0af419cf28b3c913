"""The caller with its permissions and licence: the queries that read no table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ... import __version__
from ...model import Kind, Level
from ..directory.permissions import of_level
from . import ids, licence
from .fault import unauthorized
from .row import Row
from .tables import OperationTables


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
        "permissions": sorted({*view.may(), *licence.features(view)}),
        "license": licence.licence(view),
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
        Fault: the caller does not administrate it.
    """
    tenant_rows = tables.here
    if not tenant_rows.may(licence.ADMIN):
        raise unauthorized(f"this takes `{licence.ADMIN}`")
    people = (address for address in tenant_rows.held if address.kind is Kind.USER)
    return [
        {**tenant_rows.viewed(a).columns, "memberships": _memberships(tenant_rows.held[a])}
        for a in people
    ]


def _memberships(rows: list[Row]) -> list[Mapping[str, Any]]:
    memberships = (row.columns for row in rows)
    return [{**each, "membership_id": each["id"]} for each in memberships]


def secret_names(_: OperationTables) -> list[str]:
    """List no secrets: this server keeps none."""
    return []
