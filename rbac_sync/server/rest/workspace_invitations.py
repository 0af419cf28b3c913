"""Invitations to one workspace, of people who are not in the account yet."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from ...model import EVERYONE, Address, Binding, Level, held
from ...model.address import user as address_of
from ...model.resources import role as role_address
from ...planning import Change
from ...wire.prefect_cloud import invitations as wire
from ..auth import RequestScope, workspace_of_account
from ..directory import invitations
from ..guarded_store import WriteTransaction
from ..refusals import conflict
from .collection import WORKSPACE, collection, page

router = collection(f"{WORKSPACE}/invitations", "Workspace Invitations")

READ = "read:workspace_invitation"
Shown = wire.WorkspaceInvitationReadResponse


@router.post("/", status_code=201)
def create_workspace_invitation(
    body: wire.WorkspaceInvitationCreate,
    at: Annotated[RequestScope, workspace_of_account("create:workspace_invitation")],
) -> Shown:
    """Invite somebody to the workspace, with the roles that the server has for guests."""

    def work(transaction: WriteTransaction) -> Shown:
        who, scope = address_of(body.email), at.workspace(transaction.view).address
        role = _role(transaction, scope)
        binding = Binding(who, scope, held(role))
        if transaction.view.state.get(who) and transaction.view.is_member(who):
            raise conflict(f"`{body.email}` is a member already: give it access to the workspace")
        made = _invited(transaction, body.email, binding)
        found = invitations.kept(transaction, made, at.workspace_id, transaction.view.id(role))
        return invitations.workspace_shown(transaction.view, found)

    return at.write(work)


def _invited(transaction: WriteTransaction, email: str, binding: Binding) -> Change:
    """Make the person pending with the binding, or give it to one who is pending already."""
    there = transaction.view.state.get(binding.principal)
    if there is not None:
        before = transaction.view.state.binding(binding.principal, binding.scope)
        transaction.make(Change(before, binding))
        return Change(there, there)
    guest = role_address(Level.ACCOUNT, transaction.guarded.compat.workspace_guest)
    made = invitations.change(transaction, email, guest, binding)
    transaction.make(made)
    return made


def _role(transaction: WriteTransaction, scope: Address) -> Address:
    """Return the workspace's default role, or the one for guests."""
    default = sorted(h.role for h in transaction.view.state.holdings(EVERYONE, scope))
    return next(iter(default), role_address(Level.WORKSPACE, transaction.guarded.compat.guest_role))


@router.get("/{id}")
def read_workspace_invitation(
    id: UUID,  # noqa: A002
    at: Annotated[RequestScope, workspace_of_account(READ)],
) -> Shown:
    """Read one."""
    with at.view() as view:
        found = invitations.invitation(view, id, at.workspace_id)
        return invitations.workspace_shown(view, found)


@router.post("/filter")
def read_workspace_invitations(
    at: Annotated[RequestScope, workspace_of_account(READ)],
    body: wire.ReadWorkspaceInvitations | None = None,
) -> list[Shown]:
    """List invitations to the workspace."""
    asked = body or wire.ReadWorkspaceInvitations()
    with at.view() as view:
        there = invitations.invitations(view, at.workspace_id)
        found = (invitations.workspace_shown(view, i) for i in there)
        return page([i for i in found if invitations.meets(i, asked.workspace_invitations)], asked)


@router.post("/{id}/revoke", status_code=204)
def revoke_workspace_invitation(
    id: UUID,  # noqa: A002
    at: Annotated[RequestScope, workspace_of_account("update:workspace_invitation")],
) -> None:
    """Withdraw one that waits for an answer."""

    def work(transaction: WriteTransaction) -> None:
        invitations.revoke(
            transaction, invitations.invitation(transaction.view, id, at.workspace_id)
        )

    at.write(work)
