"""Roles of the account and of workspaces, and the scopes of the latter.

Built-in roles cannot be changed.
"""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from ...model import Address, Level, Role
from ...wire.prefect_cloud import roles as wire
from ..auth import account, anywhere
from ..commands.resources import create, delete, update
from ..directory import roles
from ..guarded_store import WriteTransaction
from ..matching import compares
from ..read_view import ReadView
from .collection import ACCOUNT, Collection, entity, page, together

of_account = Collection(f"{ACCOUNT}/account_roles", "Account Roles")
of_workspaces = Collection(f"{ACCOUNT}/workspace_roles", "Workspace Roles")
scopes = Collection("/workspace_scopes", "Workspace Scopes")


@of_account.reads("POST", "/filter", account("read:account_role"))
def read_account_roles(view: ReadView, body: wire.ReadAccountRoles) -> list[wire.AccountRole]:
    """List account roles."""
    where = body.account_roles or wire.AccountRoleFilter()
    rows = (_account_role(view, role) for role in roles.all_of(view, Level.ACCOUNT))
    return page((r for r in rows if compares(r.name, where.name)), body)


@of_account.reads("GET", "/{id}", account("read:account_role"))
def read_account_role(view: ReadView, id: UUID) -> wire.AccountRole:
    """Read an account role."""
    return _account_role(view, roles.role_by_id(view, Level.ACCOUNT, id))


@of_account.writes("PATCH", "/{id}", account(), status_code=204)
def update_account_role(
    transaction: WriteTransaction, id: UUID, body: wire.AccountRoleUpdate
) -> None:
    """Change an account role, unless it is built in."""
    view = transaction.view
    after = before = roles.role_by_id(view, Level.ACCOUNT, id)
    if body.name is not None:
        after = replace(after, name=body.name)
    if body.permissions is not None:
        held = roles.known(view, Level.ACCOUNT, body.permissions, "permissions")
        after = replace(after, permissions=held)
    update(transaction, before, after)


@of_account.writes("DELETE", "/{id}", account(), status_code=204)
def delete_account_role(transaction: WriteTransaction, id: UUID) -> None:
    """Delete an account role, unless it is built in."""
    delete(transaction, roles.role_by_id(transaction.view, Level.ACCOUNT, id))


def _account_role(view: ReadView, role: Role) -> wire.AccountRole:
    return wire.AccountRole(
        **entity(view.entry(role.address)),
        account_id=None if role.builtin else view.account_id,
        name=view.role_name(role.address),
        permissions=sorted(view.catalogue.closed(role.permissions)),
        is_system_role=role.builtin,
    )


@scopes.reads("GET", "", anywhere())
def read_workspace_scopes(view: ReadView) -> list[wire.WorkspaceScope]:
    """List the permissions that a workspace role can hold, each with those that it includes."""
    catalogue = view.catalogue
    titles = ((p, t) for p, t in catalogue.titles.items() if t.level is Level.WORKSPACE)
    return [
        wire.WorkspaceScope(
            name=name,
            title=title.title or title.words or name.replace("_", " ").capitalize(),
            feature_group=title.group,
            includes_scopes=sorted(catalogue.includes.get(name, frozenset()) - {name}),
            see_scope=_see(name, set(catalogue.includes.get(name, ()))),
        )
        for name, title in titles
    ]


def _see(name: str, included: set[str]) -> str | None:
    """Return the permission to see the object: the shortest included one with ``see_``."""
    seen = sorted((s for s in {name, *included} if s.startswith("see_")), key=len)
    return seen[0] if seen else None


@of_workspaces.writes("POST", "/", account(), status_code=201)
def create_workspace_role(
    transaction: WriteTransaction, body: wire.WorkspaceRoleCreate
) -> wire.WorkspaceRole:
    """Create a custom role."""
    view = transaction.view
    held = roles.known(view, Level.WORKSPACE, body.scopes, "scopes")
    base = _base(view, body.inherited_role_id)
    role = Role(Level.WORKSPACE, body.name, held, base, description=body.description)
    create(transaction, role)
    return _workspace_role(transaction.view, role)


@of_workspaces.reads("POST", "/filter", account("read:workspace_role"))
def read_workspace_roles(view: ReadView, body: wire.ReadWorkspaceRoles) -> list[wire.WorkspaceRole]:
    """List workspace roles, with the built-in ones."""
    where = body.workspace_roles or wire.WorkspaceRoleFilter()
    rows = (
        _workspace_role(view, role)
        for role in roles.all_of(view, Level.WORKSPACE)
        if where.is_global in (None, role.builtin)
    )
    return page((r for r in rows if compares(r.name, where.name)), body)


@of_workspaces.reads("GET", "/{id}", account("read:workspace_role"))
def read_workspace_role(view: ReadView, id: UUID) -> wire.WorkspaceRole:
    """Read a workspace role."""
    return _workspace_role(view, roles.role_by_id(view, Level.WORKSPACE, id))


@of_workspaces.writes("PATCH", "/{id}", account(), status_code=204)
def update_workspace_role(
    transaction: WriteTransaction, id: UUID, body: wire.WorkspaceRoleUpdate
) -> None:
    """Change a custom role."""
    view = transaction.view
    after = before = roles.role_by_id(view, Level.WORKSPACE, id)
    if body.name is not None:
        after = replace(after, name=body.name)
    if body.description is not None:
        after = replace(after, description=body.description)
    if "scopes" in body.model_fields_set:
        after = replace(
            after, permissions=roles.known(view, Level.WORKSPACE, body.scopes, "scopes")
        )
    if "inherited_role_id" in body.model_fields_set:
        after = replace(after, base=_base(view, body.inherited_role_id))
    update(transaction, before, after)


@of_workspaces.writes("DELETE", "/{id}", account(), status_code=204)
def delete_workspace_role(transaction: WriteTransaction, id: UUID) -> None:
    """Delete a custom role that nobody holds."""
    delete(transaction, roles.role_by_id(transaction.view, Level.WORKSPACE, id))


def _workspace_role(view: ReadView, role: Role) -> wire.WorkspaceRole:
    """Return the response for a role: its scopes with included ones, without those of its base."""
    return wire.WorkspaceRole(
        **entity(view.entry(role.address)),
        account_id=None if role.builtin else view.account_id,
        name=view.role_name(role.address),
        description=role.description,
        scopes=sorted(view.catalogue.closed(role.permissions)),
        inherited_role_id=next((view.id(base) for base in role.base), None),
    )


def _base(view: ReadView, id_: UUID | None) -> frozenset[Address]:
    named = {roles.named(view, Level.WORKSPACE, id_, "inherited_role_id")} if id_ else ()
    return frozenset(named)


router = together(scopes, of_workspaces, of_account)
