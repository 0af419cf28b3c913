"""Custom roles: create, change and delete one."""

from __future__ import annotations

from dataclasses import replace
from typing import TypedDict, Unpack

from ...model import Address, Permissions, Role
from ...planning import Change
from ..guarded_store import WriteTransaction, renamed


class RoleEdit(TypedDict, total=False):
    """The fields of a role that a request replaces; the others stay."""

    name: str
    description: str
    permissions: Permissions
    base: frozenset[Address]


def create_role(transaction: WriteTransaction, role: Role) -> Role:
    """Create *role*, with permissions that the caller can hand out.

    Raises:
        Refusal: the guard refuses it, or there is a role of that name.

    """
    transaction.make(Change(None, role))
    return role


def update_role(transaction: WriteTransaction, role: Role, **edit: Unpack[RoleEdit]) -> Role:
    """Replace fields of *role*; its holdings stay when it is renamed.

    Raises:
        Refusal: the guard refuses it, such as more permissions than the caller can hand out.

    """
    after = replace(role, **edit)
    transaction.make(*renamed(Change(role, after)))
    return after


def delete_role(transaction: WriteTransaction, role: Role) -> None:
    """Delete *role*.

    Raises:
        Refusal: the role is built in or in use, or the guard refuses it.

    """
    transaction.make(Change(role, None))
