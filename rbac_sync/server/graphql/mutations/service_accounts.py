"""Service accounts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ....model import ACCOUNT, Binding, ServiceAccount, held
from ....planning import Change
from ...gate import Desk
from .. import ids
from ..asking import Asking
from . import meant


def create_service_account(asking: Asking, said: Mapping[str, Any]) -> Mapping[str, Any]:
    """Create a service account in the tenant selected; without a role it is an administrator."""

    def work(desk: Desk) -> Mapping[str, Any]:
        look = desk.look
        meant.here(look, said["tenant_id"])
        role = meant.role(look, said) or look.catalogue.owner
        made = ServiceAccount(meant.text(said, "name"))
        with meant.conflict(meant.TAKEN):
            desk.make(Change(None, made, brings=(Binding(made.address, ACCOUNT, held(role)),)))
        return {"id": ids.shown_id(desk.look, made.address)}

    return asking.write(work)


def delete_service_account(asking: Asking, said: Mapping[str, Any]) -> Mapping[str, Any]:
    """Delete a service account with its keys."""

    def work(desk: Desk) -> Mapping[str, Any]:
        desk.make(Change(meant.service_account(desk.look, said["user_id"]), None))
        return meant.DONE

    return asking.write(work)
