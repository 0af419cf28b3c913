"""Custom roles."""

from __future__ import annotations

from dataclasses import replace

from ....model import Level, Role
from ...commands.resources import create, delete, update
from ...guarded_store import WriteTransaction
from ...read_view import ReadView
from .. import ids
from . import inputs
from .inputs import Arguments, Payload, writes

IN_USE = "Role is assigned to existing memberships or invitations."


@writes()
def create_custom_role(transaction: WriteTransaction, arguments: Arguments) -> Payload:
    """Create a role with permissions that the caller has."""
    held = inputs.permissions(transaction.view, arguments["permissions"])
    role = Role(Level.ACCOUNT, inputs.text(arguments, "name"), held)
    with inputs.conflict(inputs.NOT_UNIQUE):
        create(transaction, role)
    return {"id": ids.role_id(transaction.view, role.address)}


@writes()
def update_custom_role_permissions(transaction: WriteTransaction, arguments: Arguments) -> Payload:
    """Replace the permissions of a role, with its base; the guard judges the whole new list."""
    role = _role(transaction.view, arguments)
    held = inputs.permissions(transaction.view, arguments["permissions"])
    update(transaction, role, replace(role, permissions=held, base=frozenset()))
    return inputs.DONE


@writes()
def delete_custom_role(transaction: WriteTransaction, arguments: Arguments) -> Payload:
    """Delete a role that no member, service account or pending user has."""
    with inputs.conflict(IN_USE):
        delete(transaction, _role(transaction.view, arguments))
    return inputs.DONE


def _role(view: ReadView, arguments: Arguments) -> Role:
    role = view.state.get(inputs.some_role(view, {"role_id": arguments["role_id"]}))
    assert isinstance(role, Role), "the address is that of a role"
    return role
