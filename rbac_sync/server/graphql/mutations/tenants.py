"""Tenants: their names and settings, and new ones."""

from __future__ import annotations

import re

from ...commands.accounts import create_account
from ...commands.profiles import update_account_profile
from ...guarded_store import WriteTransaction
from ...read_view import ReadView
from ..caller import ADMIN
from ..fault import failed, unauthorized
from ..request_context import RequestContext
from . import inputs
from .inputs import Arguments, Payload, reads, writes

UPDATE, DELETE = "update:tenant", "delete:tenant"

SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
UNSLUGGED = 'Slug must be "slugified" (lowercase; no spaces)'
UNCONFIRMED = "Must pass `confirm=True` to proceed."
"""Source of both: the vendor's open server."""

SLUG_STAYS = "A tenant keeps its slug: it stands in the audit trail."
TENANT_STAYS = "A tenant is kept as long as its audit trail."


def create_tenant(context: RequestContext, arguments: Arguments) -> Payload:
    """Create a tenant with the caller as administrator; requires the right to change this one."""
    return _branch(context, arguments, UPDATE)


def create_enterprise_tenant(context: RequestContext, arguments: Arguments) -> Payload:
    """Create a tenant like ``create_tenant``; requires the right to administrate the licence."""
    return _branch(context, arguments, ADMIN)


@writes(UPDATE)
def update_tenant_name(transaction: WriteTransaction, arguments: Arguments) -> Payload:
    """Rename the tenant."""
    name = inputs.text(arguments, "name")
    return _updated(transaction, arguments, {"name": name}, f"is called `{name}` from now on")


@writes(UPDATE)
def update_tenant_settings(transaction: WriteTransaction, arguments: Arguments) -> Payload:
    """Replace the tenant's settings."""
    fields = {"settings": inputs.settings(arguments)}
    return _updated(transaction, arguments, fields, "changed its settings")


@reads
def update_tenant_slug(view: ReadView, arguments: Arguments) -> Payload:
    """Refuse another slug: plans and trails name the tenant by its slug."""
    inputs.holds(view, UPDATE)
    _check_own(view, arguments)
    if arguments["slug"] != view.handle:
        _check(arguments["slug"])
        raise failed(SLUG_STAYS)
    return {"id": view.account_id}


@reads
def delete_tenant(view: ReadView, arguments: Arguments) -> Payload:
    """Refuse: the audit trail of a tenant is kept for good."""
    inputs.holds(view, DELETE)
    _check_own(view, arguments)
    raise failed(TENANT_STAYS if arguments["confirm"] else UNCONFIRMED)


def delete_enterprise_tenant(context: RequestContext, arguments: Arguments) -> Payload:
    """Refuse, as ``delete_tenant`` does."""
    inputs.holds(context.here, ADMIN)
    if all(tenant.account_id != arguments["tenant_id"] for tenant in context.tenants()):
        raise inputs.invalid("tenant")
    raise failed(TENANT_STAYS if arguments["confirm"] else UNCONFIRMED)


def _check_own(view: ReadView, arguments: Arguments) -> None:
    if arguments.get("tenant_id") not in (None, view.account_id):
        raise inputs.invalid("tenant")


def _updated(
    transaction: WriteTransaction, arguments: Arguments, fields: Payload, remark: str
) -> Payload:
    _check_own(transaction.view, arguments)
    update_account_profile(transaction, fields, remark=remark)
    return {"id": transaction.view.account_id}


def _branch(context: RequestContext, arguments: Arguments, permission: str) -> Payload:
    @writes(permission)
    def create(transaction: WriteTransaction, arguments: Arguments) -> Payload:
        if not context.reaches:
            raise unauthorized("this key would not work in the new tenant")
        _check(inputs.text(arguments, "slug"))
        with inputs.conflict(inputs.NOT_UNIQUE):
            made = create_account(transaction, arguments["slug"], inputs.text(arguments, "name"))
        return {"id": made}

    return create(context, arguments)


def _check(slug: str) -> None:
    if not SLUG.fullmatch(slug):
        raise failed(UNSLUGGED)
