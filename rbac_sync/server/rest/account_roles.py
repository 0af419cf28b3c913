"""Account roles: read, and nearly never written, since the built-in ones cannot be."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated
from uuid import UUID

from ...model import Level, Role
from ...planning import Change
from ...wire.prefect_cloud.account_roles import (
    AccountRole,
    AccountRoleFilter,
    AccountRoleUpdate,
    ReadAccountRoles,
)
from ..auth import Place, account
from ..gate import Desk, renamed
from ..look import Look
from . import roles
from .collection import ACCOUNT, among, collection, page
from .permissions import known

router = collection(f"{ACCOUNT}/account_roles", "Account Roles")


@router.post("/filter")
def read_account_roles(
    at: Annotated[Place, account("read:account_role")], body: ReadAccountRoles | None = None
) -> list[AccountRole]:
    """List account roles."""
    asked = body or ReadAccountRoles()
    wanted = asked.account_roles or AccountRoleFilter()
    with at.look() as look:
        rows = [shown(look, role) for role in roles.all_of(look, Level.ACCOUNT)]
        return page([r for r in rows if among(r.name, wanted.name)], asked)


@router.get("/{id}")
def read_account_role(
    id: UUID,  # noqa: A002
    at: Annotated[Place, account("read:account_role")],
) -> AccountRole:
    """Read one."""
    with at.look() as look:
        return shown(look, roles.found(look, Level.ACCOUNT, id))


@router.patch("/{id}", status_code=204)
def update_account_role(
    id: UUID,  # noqa: A002
    body: AccountRoleUpdate,
    at: Annotated[Place, account()],
) -> None:
    """Change one; the built-in ones refuse it."""

    def work(desk: Desk) -> None:
        before = roles.found(desk.look, Level.ACCOUNT, id)
        permissions = before.permissions
        if body.permissions is not None:
            permissions = known(desk.look, Level.ACCOUNT, body.permissions, "permissions")
        after = replace(before, name=body.name or before.name, permissions=permissions)
        desk.make(*renamed(Change(before, after)))

    at.write(work)


@router.delete("/{id}", status_code=204)
def delete_account_role(id: UUID, at: Annotated[Place, account()]) -> None:  # noqa: A002
    """Delete one; the built-in ones refuse it."""
    at.write(lambda desk: desk.make(Change(roles.found(desk.look, Level.ACCOUNT, id), None)))


def shown(look: Look, found: Role) -> AccountRole:
    """Return a role as the API shows it."""
    entry = look.entry(found.address)
    return AccountRole(
        id=entry.id,
        created=entry.created,
        updated=entry.updated,
        account_id=None if found.builtin else look.account_id,
        name=look.role_name(found.address),
        permissions=sorted(look.catalogue.closed(found.permissions)),
        is_system_role=found.builtin,
    )
