"""Tenants: their names and settings, and new ones."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ...commands.accounts import create_account
from ...commands.profiles import update_account_profile
from ...guarded_store import WriteTransaction
from ...read_view import ReadView
from .. import licence
from ..fault import failed, unauthorized
from ..request_context import RequestContext
from . import inputs

UPDATE, DELETE = "update:tenant", "delete:tenant"

SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
UNSLUGGED = 'Slug must be "slugified" (lowercase; no spaces)'
UNCONFIRMED = "Must pass `confirm=True` to proceed."
"""Source of both: the vendor's open server."""

SLUG_STAYS = "A tenant keeps its slug: it stands in the audit trail."
TENANT_STAYS = "A tenant is kept as long as its audit trail."


def create_tenant(context: RequestContext, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
    """Create a tenant with the caller as administrator; requires the right to change this one."""
    return _branch(context, arguments, UPDATE)


def create_enterprise_tenant(
    context: RequestContext, arguments: Mapping[str, Any]
) -> Mapping[str, Any]:
    """Create a tenant like ``create_tenant``; requires the right to administrate the licence."""
    return _branch(context, arguments, licence.ADMIN)


def update_tenant_name(context: RequestContext, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
    """Rename the tenant."""
    name = inputs.text(arguments, "name")
    return _updated(context, arguments, {"name": name}, f"is called `{name}` from now on")


def update_tenant_settings(
    context: RequestContext, arguments: Mapping[str, Any]
) -> Mapping[str, Any]:
    """Replace the tenant's settings."""
    return _updated(
        context, arguments, {"settings": inputs.settings(arguments)}, "changed its settings"
    )


def update_tenant_slug(context: RequestContext, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
    """Refuse another slug: plans and trails name the tenant by its slug."""
    with context.view() as view:
        _own(view, arguments, UPDATE)
        if arguments["slug"] != view.handle:
            _check(arguments["slug"])
            raise failed(SLUG_STAYS)
        return {"id": view.account_id}


def delete_tenant(context: RequestContext, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
    """Refuse: the audit trail of a tenant is kept for good."""
    with context.view() as view:
        _own(view, arguments, DELETE)
        raise failed(TENANT_STAYS if arguments["confirm"] else UNCONFIRMED)


def delete_enterprise_tenant(
    context: RequestContext, arguments: Mapping[str, Any]
) -> Mapping[str, Any]:
    """Refuse, as ``delete_tenant`` does."""
    with context.view() as view:
        inputs.holds(view, licence.ADMIN)
        if all(tenant.account_id != arguments["tenant_id"] for tenant in context.tenants()):
            raise inputs.invalid("tenant")
        raise failed(TENANT_STAYS if arguments["confirm"] else UNCONFIRMED)


def _own(view: ReadView, arguments: Mapping[str, Any], permission: str) -> None:
    inputs.holds(view, permission)
    if arguments.get("tenant_id") not in (None, view.account_id):
        raise inputs.invalid("tenant")


def _updated(
    context: RequestContext, arguments: Mapping[str, Any], fields: Mapping[str, Any], remark: str
) -> Mapping[str, Any]:
    def work(transaction: WriteTransaction) -> Mapping[str, Any]:
        view = transaction.view
        _own(view, arguments, UPDATE)
        update_account_profile(transaction, fields, remark=remark)
        return {"id": view.account_id}

    return context.write(work)


def _branch(
    context: RequestContext, arguments: Mapping[str, Any], permission: str
) -> Mapping[str, Any]:
    def work(transaction: WriteTransaction) -> Mapping[str, Any]:
        view = transaction.view
        inputs.holds(view, permission)
        if not context.reaches:
            raise unauthorized("this key would not work in the new tenant")
        _check(inputs.text(arguments, "slug"))
        with inputs.conflict(inputs.NOT_UNIQUE):
            made = create_account(transaction, arguments["slug"], inputs.text(arguments, "name"))
        return {"id": made}

    return context.write(work)


def _check(slug: str) -> None:
    if not SLUG.fullmatch(slug):
        raise failed(UNSLUGGED)
