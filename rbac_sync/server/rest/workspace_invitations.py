"""Invitations to one workspace, of people who are not in the account yet."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from ...model import EVERYONE, Address, Binding, Level, held
from ...model.address import user as address_of
from ...model.resources import role as role_address
from ...planning import Change
from ...wire.prefect_cloud import invitations as wire
from ..auth import Place, workspace_of_account
from ..gate import Desk
from ..refusal import conflict
from . import inviting
from .collection import WORKSPACE, collection, page

router = collection(f"{WORKSPACE}/invitations", "Workspace Invitations")

READ = "read:workspace_invitation"
Shown = wire.WorkspaceInvitationReadResponse


@router.post("/", status_code=201)
def create_workspace_invitation(
    body: wire.WorkspaceInvitationCreate,
    at: Annotated[Place, workspace_of_account("create:workspace_invitation")],
) -> Shown:
    """Invite somebody to the workspace, with the roles that the server has for guests."""

    def work(desk: Desk) -> Shown:
        who, scope = address_of(body.email), at.workspace(desk.look).address
        role = _role(desk, scope)
        binding = Binding(who, scope, held(role))
        if desk.look.state.get(who) and desk.look.is_member(who):
            raise conflict(f"`{body.email}` is a member already: give it access to the workspace")
        made = _invited(desk, body.email, binding)
        found = inviting.kept(desk, made, at.workspace_id, desk.look.id(role))
        return inviting.workspace_shown(desk.look, found)

    return at.write(work)


def _invited(desk: Desk, email: str, binding: Binding) -> Change:
    """Make the person pending with the binding, or give it to one who is pending already."""
    there = desk.look.state.get(binding.principal)
    if there is not None:
        before = desk.look.state.binding(binding.principal, binding.scope)
        desk.make(Change(before, binding))
        return Change(there, there)
    guest = role_address(Level.ACCOUNT, desk.gate.manner.workspace_guest)
    made = inviting.change(desk, email, guest, binding)
    desk.make(made)
    return made


def _role(desk: Desk, scope: Address) -> Address:
    """Return the workspace's default role, or the one for guests."""
    default = sorted(h.role for h in desk.look.state.holdings(EVERYONE, scope))
    return next(iter(default), role_address(Level.WORKSPACE, desk.gate.manner.guest_role))


@router.get("/{id}")
def read_workspace_invitation(
    id: UUID,  # noqa: A002
    at: Annotated[Place, workspace_of_account(READ)],
) -> Shown:
    """Read one."""
    with at.look() as look:
        found = inviting.invitation(look, id, at.workspace_id)
        return inviting.workspace_shown(look, found)


@router.post("/filter")
def read_workspace_invitations(
    at: Annotated[Place, workspace_of_account(READ)],
    body: wire.ReadWorkspaceInvitations | None = None,
) -> list[Shown]:
    """List invitations to the workspace."""
    asked = body or wire.ReadWorkspaceInvitations()
    with at.look() as look:
        there = inviting.invitations(look, at.workspace_id)
        found = (inviting.workspace_shown(look, i) for i in there)
        return page([i for i in found if inviting.meets(i, asked.workspace_invitations)], asked)


@router.post("/{id}/revoke", status_code=204)
def revoke_workspace_invitation(
    id: UUID,  # noqa: A002
    at: Annotated[Place, workspace_of_account("update:workspace_invitation")],
) -> None:
    """Withdraw one that waits for an answer."""

    def work(desk: Desk) -> None:
        inviting.revoke(desk, inviting.invitation(desk.look, id, at.workspace_id))

    at.write(work)
