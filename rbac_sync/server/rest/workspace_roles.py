"""Workspace roles, and the scopes that they can hold."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter

from ...model import Address, Level, Role
from ...planning import Change
from ...wire.prefect_cloud.workspace_roles import (
    ReadWorkspaceRoles,
    WorkspaceRole,
    WorkspaceRoleCreate,
    WorkspaceRoleFilter,
    WorkspaceRoleUpdate,
    WorkspaceScope,
)
from ..auth import Place, account, anywhere
from ..gate import Desk, renamed
from ..look import Look
from . import roles
from .collection import ACCOUNT, among, collection, page
from .permissions import known

router = APIRouter()
all_ = collection(f"{ACCOUNT}/workspace_roles", "Workspace Roles")
scopes = collection("/workspace_scopes", "Workspace Scopes")


@scopes.get("")
def read_workspace_scopes(at: Annotated[Place, anywhere()]) -> list[WorkspaceScope]:
    """List all that a workspace role can hold, with what it includes."""
    with at.look() as look:
        catalogue = look.catalogue
        found = ((p, t) for p, t in catalogue.titles.items() if t.level is Level.WORKSPACE)
        return [
            WorkspaceScope(
                name=name,
                title=title.title or title.words or name.replace("_", " ").capitalize(),
                feature_group=title.group,
                includes_scopes=sorted(catalogue.includes.get(name, frozenset()) - {name}),
                see_scope=_see(name, set(catalogue.includes.get(name, ()))),
            )
            for name, title in found
        ]


def _see(name: str, included: set[str]) -> str | None:
    """Return the scope that shows the object: the first ``see_`` that is included."""
    seen = sorted((s for s in {name, *included} if s.startswith("see_")), key=len)
    return seen[0] if seen else None


@all_.post("/", status_code=201)
def create_workspace_role(
    body: WorkspaceRoleCreate, at: Annotated[Place, account()]
) -> WorkspaceRole:
    """Create a custom role."""

    def work(desk: Desk) -> WorkspaceRole:
        look = desk.look
        new = Role(
            Level.WORKSPACE,
            body.name,
            known(look, Level.WORKSPACE, body.scopes, "scopes"),
            _base(look, body.inherited_role_id),
            description=body.description,
        )
        desk.make(Change(None, new))
        return shown(desk.look, new)

    return at.write(work)


@all_.post("/filter")
def read_workspace_roles(
    at: Annotated[Place, account("read:workspace_role")], body: ReadWorkspaceRoles | None = None
) -> list[WorkspaceRole]:
    """List workspace roles, built-in ones too."""
    asked = body or ReadWorkspaceRoles()
    wanted = asked.workspace_roles or WorkspaceRoleFilter()
    with at.look() as look:
        rows = [
            shown(look, role)
            for role in roles.all_of(look, Level.WORKSPACE)
            if wanted.is_global in (None, role.builtin)
        ]
        return page([r for r in rows if among(r.name, wanted.name)], asked)


@all_.get("/{id}")
def read_workspace_role(
    id: UUID,  # noqa: A002
    at: Annotated[Place, account("read:workspace_role")],
) -> WorkspaceRole:
    """Read one."""
    with at.look() as look:
        return shown(look, roles.found(look, Level.WORKSPACE, id))


@all_.patch("/{id}", status_code=204)
def update_workspace_role(
    id: UUID,  # noqa: A002
    body: WorkspaceRoleUpdate,
    at: Annotated[Place, account()],
) -> None:
    """Change a custom role."""

    def work(desk: Desk) -> None:
        before = roles.found(desk.look, Level.WORKSPACE, id)
        desk.make(*renamed(Change(before, _updated(desk.look, before, body))))

    at.write(work)


def _updated(look: Look, before: Role, body: WorkspaceRoleUpdate) -> Role:
    said, after = body.model_fields_set, before
    if body.name is not None:
        after = replace(after, name=body.name)
    if body.description is not None:
        after = replace(after, description=body.description)
    if "scopes" in said:
        after = replace(after, permissions=known(look, Level.WORKSPACE, body.scopes, "scopes"))
    if "inherited_role_id" in said:
        after = replace(after, base=_base(look, body.inherited_role_id))
    return after


@all_.delete("/{id}", status_code=204)
def delete_workspace_role(id: UUID, at: Annotated[Place, account()]) -> None:  # noqa: A002
    """Delete a custom role that nobody holds."""
    at.write(lambda desk: desk.make(Change(roles.found(desk.look, Level.WORKSPACE, id), None)))


def shown(look: Look, found: Role) -> WorkspaceRole:
    """Return a role as the API shows it: its scopes closed, without those of its base."""
    entry = look.entry(found.address)
    return WorkspaceRole(
        id=entry.id,
        created=entry.created,
        updated=entry.updated,
        account_id=None if found.builtin else look.account_id,
        name=look.role_name(found.address),
        description=found.description,
        scopes=sorted(look.catalogue.closed(found.permissions)),
        inherited_role_id=next((look.id(base) for base in found.base), None),
    )


def _base(look: Look, id_: UUID | None) -> frozenset[Address]:
    named = {roles.named(look, Level.WORKSPACE, id_, "inherited_role_id")} if id_ else ()
    return frozenset(named)


router.include_router(scopes)
router.include_router(all_)
