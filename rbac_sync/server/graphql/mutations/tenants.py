"""Tenants: what they are called, how they are set up, and new ones."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ....model import ACCOUNT, User
from ...gate import Desk
from ...look import Look
from ...rest.accounts import PROFILE
from .. import licence
from ..asking import Asking
from ..fault import failed, unauthorized
from . import meant

UPDATE, DELETE = "update:tenant", "delete:tenant"

SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
UNSLUGGED = 'Slug must be "slugified" (lowercase; no spaces)'
UNCONFIRMED = "Must pass `confirm=True` to proceed."
"""Source of both: the vendor's open server."""

SLUG_STAYS = "A tenant keeps its slug: it stands in the audit trail."
TENANT_STAYS = "A tenant is kept as long as its audit trail."


def create_tenant(asking: Asking, said: Mapping[str, Any]) -> Mapping[str, Any]:
    """Create a tenant whose administrator is the caller; takes who may change the one selected."""
    return _branch(asking, said, UPDATE)


def create_enterprise_tenant(asking: Asking, said: Mapping[str, Any]) -> Mapping[str, Any]:
    """Create a tenant as ``create_tenant`` does; takes who administrates the licence."""
    return _branch(asking, said, licence.ADMIN)


def update_tenant_name(asking: Asking, said: Mapping[str, Any]) -> Mapping[str, Any]:
    """Call the tenant something else."""
    name = meant.text(said, "name")
    return _told(asking, said, {"name": name}, f"is called `{name}` from now on")


def update_tenant_settings(asking: Asking, said: Mapping[str, Any]) -> Mapping[str, Any]:
    """Replace the tenant's settings."""
    return _told(asking, said, {"settings": meant.settings(said)}, "changed its settings")


def update_tenant_slug(asking: Asking, said: Mapping[str, Any]) -> Mapping[str, Any]:
    """Refuse another slug: what was written of the tenant names it by the one it has."""
    with asking.look() as look:
        _own(look, said, UPDATE)
        if said["slug"] != look.handle:
            _check(said["slug"])
            raise failed(SLUG_STAYS)
        return {"id": look.account_id}


def delete_tenant(asking: Asking, said: Mapping[str, Any]) -> Mapping[str, Any]:
    """Refuse: an audit trail is kept for good, and so is its tenant."""
    with asking.look() as look:
        _own(look, said, DELETE)
        raise failed(TENANT_STAYS if said["confirm"] else UNCONFIRMED)


def delete_enterprise_tenant(asking: Asking, said: Mapping[str, Any]) -> Mapping[str, Any]:
    """Refuse, as ``delete_tenant`` does."""
    with asking.look() as look:
        meant.holds(look, licence.ADMIN)
        if all(tenant.account_id != said["tenant_id"] for tenant in asking.tenants()):
            raise meant.invalid("tenant")
        raise failed(TENANT_STAYS if said["confirm"] else UNCONFIRMED)


def _own(look: Look, said: Mapping[str, Any], permission: str) -> None:
    meant.holds(look, permission)
    if said.get("tenant_id") not in (None, look.account_id):
        raise meant.invalid("tenant")


def _told(
    asking: Asking, said: Mapping[str, Any], told: Mapping[str, Any], words: str
) -> Mapping[str, Any]:
    def work(desk: Desk) -> Mapping[str, Any]:
        look = desk.look
        _own(look, said, UPDATE)
        there = desk.documents.named(PROFILE, ACCOUNT)
        desk.documents.set(PROFILE, ACCOUNT, {**(there.content if there else {}), **told})
        desk.remark(ACCOUNT, words)
        return {"id": look.account_id}

    return asking.write(work)


def _branch(asking: Asking, said: Mapping[str, Any], permission: str) -> Mapping[str, Any]:
    def work(desk: Desk) -> Mapping[str, Any]:
        look = desk.look
        meant.holds(look, permission)
        owner = look.state.get(look.caller)
        if not isinstance(owner, User) or not asking.reaches:
            raise unauthorized("this key would not work in the new tenant")
        _check(meant.text(said, "slug"))
        reason, name = f"founded from tenant `{look.handle}`", meant.text(said, "name")
        made = desk.branch(said["slug"], User(owner.email), reason, {PROFILE: {"name": name}})
        if made is None:
            raise failed(meant.TAKEN)
        return {"id": made}

    return asking.write(work)


def _check(slug: str) -> None:
    if not SLUG.fullmatch(slug):
        raise failed(UNSLUGGED)
