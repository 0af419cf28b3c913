"""Custom roles."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from ....model import Level, Role
from ...commands.roles import create_role, delete_role, update_role
from ...guarded_store import WriteTransaction
from ...read_view import ReadView
from .. import ids
from ..request_context import RequestContext
from . import inputs

IN_USE = "Role is assigned to existing memberships or invitations."


def create_custom_role(context: RequestContext, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
    """Create a role with permissions that the caller has."""

    def work(transaction: WriteTransaction) -> Mapping[str, Any]:
        held = inputs.permissions(transaction.view, arguments["permissions"])
        role = Role(Level.ACCOUNT, inputs.text(arguments, "name"), held)
        with inputs.conflict(inputs.NOT_UNIQUE):
            create_role(transaction, role)
        return {"id": ids.role_id(transaction.view, role.address)}

    return context.write(work)


def update_custom_role_permissions(
    context: RequestContext, arguments: Mapping[str, Any]
) -> Mapping[str, Any]:
    """Replace the permissions of a role, with its base; the guard judges the whole new list."""

    def work(transaction: WriteTransaction) -> Mapping[str, Any]:
        role = _role(transaction.view, arguments["role_id"])
        held = inputs.permissions(transaction.view, arguments["permissions"])
        update_role(transaction, role, permissions=held, base=frozenset())
        return inputs.DONE

    return context.write(work)


def delete_custom_role(context: RequestContext, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
    """Delete a role that no member, service account or pending user has."""

    def work(transaction: WriteTransaction) -> Mapping[str, Any]:
        with inputs.conflict(IN_USE):
            delete_role(transaction, _role(transaction.view, arguments["role_id"]))
        return inputs.DONE

    return context.write(work)


def _role(view: ReadView, id_: UUID) -> Role:
    role = view.state.get(inputs.some_role(view, {"role_id": id_}))
    assert isinstance(role, Role), "the address is that of a role"
    return role
