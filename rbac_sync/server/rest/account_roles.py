"""Account roles. Built-in ones can only be read."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from ...model import Level, Role
from ...wire.prefect_cloud.account_roles import (
    AccountRole,
    AccountRoleFilter,
    AccountRoleUpdate,
    ReadAccountRoles,
)
from ..auth import RequestScope, account
from ..commands.roles import RoleEdit, delete_role, update_role
from ..directory import roles
from ..directory.permissions import known
from ..guarded_store import WriteTransaction
from ..matching import among
from ..read_view import ReadView
from .collection import ACCOUNT, collection, page

router = collection(f"{ACCOUNT}/account_roles", "Account Roles")


@router.post("/filter")
def read_account_roles(
    at: Annotated[RequestScope, account("read:account_role")], body: ReadAccountRoles | None = None
) -> list[AccountRole]:
    """List account roles."""
    query = body or ReadAccountRoles()
    where = query.account_roles or AccountRoleFilter()
    with at.view() as view:
        rows = [to_response(view, role) for role in roles.all_of(view, Level.ACCOUNT)]
        return page([r for r in rows if among(r.name, where.name)], query)


@router.get("/{id}")
def read_account_role(
    id: UUID,  # noqa: A002
    at: Annotated[RequestScope, account("read:account_role")],
) -> AccountRole:
    """Read one."""
    with at.view() as view:
        return to_response(view, roles.role_by_id(view, Level.ACCOUNT, id))


@router.patch("/{id}", status_code=204)
def update_account_role(
    id: UUID,  # noqa: A002
    body: AccountRoleUpdate,
    at: Annotated[RequestScope, account()],
) -> None:
    """Change one; the built-in ones refuse it."""

    def work(transaction: WriteTransaction) -> None:
        role = roles.role_by_id(transaction.view, Level.ACCOUNT, id)
        update_role(transaction, role, **_edit(transaction.view, body))

    at.write(work)


def _edit(view: ReadView, body: AccountRoleUpdate) -> RoleEdit:
    edit = RoleEdit()
    if body.name is not None:
        edit["name"] = body.name
    if body.permissions is not None:
        edit["permissions"] = known(view, Level.ACCOUNT, body.permissions, "permissions")
    return edit


@router.delete("/{id}", status_code=204)
def delete_account_role(id: UUID, at: Annotated[RequestScope, account()]) -> None:  # noqa: A002
    """Delete one; the built-in ones refuse it."""
    at.write(
        lambda transaction: delete_role(
            transaction, roles.role_by_id(transaction.view, Level.ACCOUNT, id)
        )
    )


def to_response(view: ReadView, role: Role) -> AccountRole:
    """Return a role as the API shows it."""
    entry = view.entry(role.address)
    return AccountRole(
        id=entry.id,
        created=entry.created,
        updated=entry.updated,
        account_id=None if role.builtin else view.account_id,
        name=view.role_name(role.address),
        permissions=sorted(view.catalogue.closed(role.permissions)),
        is_system_role=role.builtin,
    )
