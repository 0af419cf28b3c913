"""Invitations to one workspace, of people who are not in the account yet."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from ...wire.prefect_cloud import invitations as wire
from ..auth import RequestScope, workspace_of_account
from ..commands import invitations as commands
from ..directory import invitations
from ..directory.invitations import Invitation
from ..guarded_store import WriteTransaction
from ..read_view import ReadView
from .collection import WORKSPACE, collection, page
from .invitations import meets
from .invitations import to_response as account_response

router = collection(f"{WORKSPACE}/invitations", "Workspace Invitations")

READ = "read:workspace_invitation"
Response = wire.WorkspaceInvitationReadResponse


@router.post("/", status_code=201)
def create_workspace_invitation(
    body: wire.WorkspaceInvitationCreate,
    at: Annotated[RequestScope, workspace_of_account("create:workspace_invitation")],
) -> Response:
    """Invite somebody to the workspace, with the roles that the server has for guests."""

    def work(transaction: WriteTransaction) -> Response:
        scope = at.workspace(transaction.view).address
        invitation = commands.invite_to_workspace(transaction, body.email, scope)
        return to_response(transaction.view, invitation)

    return at.write(work)


@router.get("/{id}")
def read_workspace_invitation(
    id: UUID,  # noqa: A002
    at: Annotated[RequestScope, workspace_of_account(READ)],
) -> Response:
    """Read one."""
    with at.view() as view:
        invitation = invitations.invitation(view, id, at.workspace_id)
        return to_response(view, invitation)


@router.post("/filter")
def read_workspace_invitations(
    at: Annotated[RequestScope, workspace_of_account(READ)],
    body: wire.ReadWorkspaceInvitations | None = None,
) -> list[Response]:
    """List invitations to the workspace."""
    query = body or wire.ReadWorkspaceInvitations()
    with at.view() as view:
        there = invitations.invitations(view, at.workspace_id)
        rows = (to_response(view, i) for i in there)
        return page([i for i in rows if meets(i, query.workspace_invitations)], query)


@router.post("/{id}/revoke", status_code=204)
def revoke_workspace_invitation(
    id: UUID,  # noqa: A002
    at: Annotated[RequestScope, workspace_of_account("update:workspace_invitation")],
) -> None:
    """Withdraw one that waits for an answer."""

    def work(transaction: WriteTransaction) -> None:
        commands.revoke_invitation(
            transaction, invitations.invitation(transaction.view, id, at.workspace_id)
        )

    at.write(work)


def to_response(view: ReadView, invitation: Invitation) -> Response:
    """Return an invitation to a workspace as the API shows it."""
    assert invitation.workspace_id is not None, "it is to a workspace"
    assert invitation.workspace_role_id is not None, "it is to a workspace"
    return Response(
        **account_response(view, invitation).model_dump(),
        workspace_id=invitation.workspace_id,
        workspace_role_id=invitation.workspace_role_id,
    )
