"""Workspace roles, and the scopes that they can hold."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter

from ...model import Address, Level, Role
from ...wire.prefect_cloud.workspace_roles import (
    ReadWorkspaceRoles,
    WorkspaceRole,
    WorkspaceRoleCreate,
    WorkspaceRoleFilter,
    WorkspaceRoleUpdate,
    WorkspaceScope,
)
from ..auth import RequestScope, account, anywhere
from ..commands.roles import RoleEdit, create_role, delete_role, update_role
from ..directory import roles
from ..directory.permissions import known
from ..guarded_store import WriteTransaction
from ..matching import among
from ..read_view import ReadView
from .collection import ACCOUNT, collection, page

router = APIRouter()
all_ = collection(f"{ACCOUNT}/workspace_roles", "Workspace Roles")
scopes = collection("/workspace_scopes", "Workspace Scopes")


@scopes.get("")
def read_workspace_scopes(at: Annotated[RequestScope, anywhere()]) -> list[WorkspaceScope]:
    """List all that a workspace role can hold, with what it includes."""
    with at.view() as view:
        catalogue = view.catalogue
        titles = ((p, t) for p, t in catalogue.titles.items() if t.level is Level.WORKSPACE)
        return [
            WorkspaceScope(
                name=name,
                title=title.title or title.words or name.replace("_", " ").capitalize(),
                feature_group=title.group,
                includes_scopes=sorted(catalogue.includes.get(name, frozenset()) - {name}),
                see_scope=_see(name, set(catalogue.includes.get(name, ()))),
            )
            for name, title in titles
        ]


def _see(name: str, included: set[str]) -> str | None:
    """Return the scope that shows the object: the first included one with ``see_``."""
    seen = sorted((s for s in {name, *included} if s.startswith("see_")), key=len)
    return seen[0] if seen else None


@all_.post("/", status_code=201)
def create_workspace_role(
    body: WorkspaceRoleCreate, at: Annotated[RequestScope, account()]
) -> WorkspaceRole:
    """Create a custom role."""

    def work(transaction: WriteTransaction) -> WorkspaceRole:
        role = create_role(transaction, _role(transaction.view, body))
        return to_response(transaction.view, role)

    return at.write(work)


def _role(view: ReadView, body: WorkspaceRoleCreate) -> Role:
    return Role(
        Level.WORKSPACE,
        body.name,
        known(view, Level.WORKSPACE, body.scopes, "scopes"),
        _base(view, body.inherited_role_id),
        description=body.description,
    )


@all_.post("/filter")
def read_workspace_roles(
    at: Annotated[RequestScope, account("read:workspace_role")],
    body: ReadWorkspaceRoles | None = None,
) -> list[WorkspaceRole]:
    """List workspace roles, built-in ones too."""
    query = body or ReadWorkspaceRoles()
    where = query.workspace_roles or WorkspaceRoleFilter()
    with at.view() as view:
        rows = [
            to_response(view, role)
            for role in roles.all_of(view, Level.WORKSPACE)
            if where.is_global in (None, role.builtin)
        ]
        return page([r for r in rows if among(r.name, where.name)], query)


@all_.get("/{id}")
def read_workspace_role(
    id: UUID,  # noqa: A002
    at: Annotated[RequestScope, account("read:workspace_role")],
) -> WorkspaceRole:
    """Read one."""
    with at.view() as view:
        return to_response(view, roles.role_by_id(view, Level.WORKSPACE, id))


@all_.patch("/{id}", status_code=204)
def update_workspace_role(
    id: UUID,  # noqa: A002
    body: WorkspaceRoleUpdate,
    at: Annotated[RequestScope, account()],
) -> None:
    """Change a custom role."""

    def work(transaction: WriteTransaction) -> None:
        role = roles.role_by_id(transaction.view, Level.WORKSPACE, id)
        update_role(transaction, role, **_edit(transaction.view, body))

    at.write(work)


def _edit(view: ReadView, body: WorkspaceRoleUpdate) -> RoleEdit:
    edit = RoleEdit()
    if body.name is not None:
        edit["name"] = body.name
    if body.description is not None:
        edit["description"] = body.description
    if "scopes" in body.model_fields_set:
        edit["permissions"] = known(view, Level.WORKSPACE, body.scopes, "scopes")
    if "inherited_role_id" in body.model_fields_set:
        edit["base"] = _base(view, body.inherited_role_id)
    return edit


@all_.delete("/{id}", status_code=204)
def delete_workspace_role(id: UUID, at: Annotated[RequestScope, account()]) -> None:  # noqa: A002
    """Delete a custom role that nobody holds."""
    at.write(
        lambda transaction: delete_role(
            transaction, roles.role_by_id(transaction.view, Level.WORKSPACE, id)
        )
    )


def to_response(view: ReadView, role: Role) -> WorkspaceRole:
    """Return the response for a role: its scopes with included ones, without those of its base."""
    entry = view.entry(role.address)
    return WorkspaceRole(
        id=entry.id,
        created=entry.created,
        updated=entry.updated,
        account_id=None if role.builtin else view.account_id,
        name=view.role_name(role.address),
        description=role.description,
        scopes=sorted(view.catalogue.closed(role.permissions)),
        inherited_role_id=next((view.id(base) for base in role.base), None),
    )


def _base(view: ReadView, id_: UUID | None) -> frozenset[Address]:
    named = {roles.named(view, Level.WORKSPACE, id_, "inherited_role_id")} if id_ else ()
    return frozenset(named)


router.include_router(scopes)
router.include_router(all_)
