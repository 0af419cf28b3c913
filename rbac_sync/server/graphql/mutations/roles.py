"""Custom roles."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from ....model import Level, Role
from ....planning import Change
from ...gate import Desk
from ...look import Look
from .. import ids
from ..asking import Asking
from . import meant

IN_USE = "Role is assigned to existing memberships or invitations."


def create_custom_role(asking: Asking, said: Mapping[str, Any]) -> Mapping[str, Any]:
    """Create a role with no more permissions than the caller holds."""

    def work(desk: Desk) -> Mapping[str, Any]:
        held = meant.permissions(desk.look, said["permissions"])
        made = Role(Level.ACCOUNT, meant.text(said, "name"), held)
        with meant.conflict(meant.TAKEN):
            desk.make(Change(None, made))
        return {"id": ids.role_id(desk.look, made.address)}

    return asking.write(work)


def update_custom_role_permissions(asking: Asking, said: Mapping[str, Any]) -> Mapping[str, Any]:
    """Replace all that a role holds, a base included; the whole new list is judged."""

    def work(desk: Desk) -> Mapping[str, Any]:
        before = _role(desk.look, said["role_id"])
        held = meant.permissions(desk.look, said["permissions"])
        desk.make(Change(before, replace(before, permissions=held, base=frozenset())))
        return meant.DONE

    return asking.write(work)


def delete_custom_role(asking: Asking, said: Mapping[str, Any]) -> Mapping[str, Any]:
    """Delete a role that no member, service account or invited person holds."""

    def work(desk: Desk) -> Mapping[str, Any]:
        with meant.conflict(IN_USE):
            desk.make(Change(_role(desk.look, said["role_id"]), None))
        return meant.DONE

    return asking.write(work)


def _role(look: Look, id_: UUID) -> Role:
    found = look.state.get(meant.some_role(look, {"role_id": id_}))
    assert isinstance(found, Role), "the address is that of a role"
    return found
