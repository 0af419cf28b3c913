"""Invitations to the account and to workspaces, and the answers of the invited users."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from uuid import UUID

from fastapi import APIRouter, Request

from ...backends.store.invitations import proves
from ...backends.store.row_facts import INVITATION
from ...backends.store.session import StoreSession
from ...model import Address
from ...model.address import user as address_of
from ...wire.prefect_cloud import invitations as wire
from ..auth import WORLD, RequestScope, account, workspace_of_account
from ..commands import invitations as commands
from ..directory import invitations
from ..directory.invitations import Invitation
from ..directory.roles import account_role
from ..guarded_store import GuardedStore, WriteTransaction
from ..http_errors import AsciiResponse
from ..matching import compares
from ..read_view import ReadView
from ..refusals import Missing
from .collection import ACCOUNT, ROOT, WORKSPACE, Collection, entity, page, together

to_account = Collection(f"{ACCOUNT}/invitations", "Invitations")
to_workspace = Collection(f"{WORKSPACE}/invitations", "Workspace Invitations")
answers = APIRouter(
    prefix=f"{ROOT}/invitations/{{id}}",
    tags=["Invitations"],
    default_response_class=AsciiResponse,
)

READ, READ_OF_WORKSPACE = "read:invitation", "read:workspace_invitation"
Response = wire.InvitationReadResponse
WorkspaceResponse = wire.WorkspaceInvitationReadResponse


@to_account.writes("POST", "/", account(), status_code=201)
def create_invitations(
    transaction: WriteTransaction, body: list[wire.InvitationCreate]
) -> list[Response]:
    """Invite people; an earlier invitation of the same person is revoked."""
    view = transaction.view
    guests = [(each.email, account_role(view, each.account_role_id)) for each in body]
    made = commands.invite(transaction, guests)
    return [to_response(transaction.view, invitation) for invitation in made]


@to_account.reads("POST", "/filter", account(READ))
def read_invitations(view: ReadView, body: wire.ReadInvitations) -> list[Response]:
    """List invitations, with answered and revoked ones."""
    return [to_response(view, i) for i in page(_matching(view, body.invitations), body)]


@to_account.reads("POST", "/count", account(READ))
def count_invitations(view: ReadView, body: wire.CountInvitations) -> int:
    """Count invitations."""
    return sum(1 for _ in _matching(view, body.invitations))


@to_account.reads("GET", "/{id}", account(READ))
def read_invitation(view: ReadView, id: UUID) -> Response:
    """Read an invitation to the account."""
    return to_response(view, invitations.invitation(view, id))


@to_account.writes("POST", "/{id}/revoke", account(), status_code=204)
def revoke_invitation(transaction: WriteTransaction, id: UUID) -> None:
    """Revoke an invitation to the account that waits for an answer."""
    commands.revoke_invitation(transaction, invitations.invitation(transaction.view, id))


@to_workspace.writes(
    "POST", "/", workspace_of_account("create:workspace_invitation"), status_code=201
)
def create_workspace_invitation(
    transaction: WriteTransaction, at: RequestScope, body: wire.WorkspaceInvitationCreate
) -> WorkspaceResponse:
    """Invite somebody to the workspace, with the roles that the server has for guests."""
    scope = at.workspace(transaction.view).address
    invitation = commands.invite_to_workspace(transaction, body.email, scope)
    return to_workspace_response(transaction.view, invitation)


@to_workspace.reads("GET", "/{id}", workspace_of_account(READ_OF_WORKSPACE))
def read_workspace_invitation(view: ReadView, at: RequestScope, id: UUID) -> WorkspaceResponse:
    """Read an invitation to the workspace."""
    return to_workspace_response(view, invitations.invitation(view, id, at.workspace_id))


@to_workspace.reads("POST", "/filter", workspace_of_account(READ_OF_WORKSPACE))
def read_workspace_invitations(
    view: ReadView, at: RequestScope, body: wire.ReadWorkspaceInvitations
) -> list[WorkspaceResponse]:
    """List invitations to the workspace."""
    there = _matching(view, body.workspace_invitations, at.workspace_id)
    return [to_workspace_response(view, invitation) for invitation in page(there, body)]


@to_workspace.writes(
    "POST", "/{id}/revoke", workspace_of_account("update:workspace_invitation"), status_code=204
)
def revoke_workspace_invitation(transaction: WriteTransaction, at: RequestScope, id: UUID) -> None:
    """Revoke an invitation to the workspace that waits for an answer."""
    invitation = invitations.invitation(transaction.view, id, at.workspace_id)
    commands.revoke_invitation(transaction, invitation)


@answers.post("/accept", status_code=204)
def accept(id: UUID, invite_code: str, request: Request) -> None:
    """Accept an invitation. Its code identifies the caller, and is a key until its end."""

    def work(transaction: WriteTransaction) -> None:
        invitation = invitations.by_id(transaction.view, id)
        commands.accept_invitation(transaction, invitation, invite_code)

    _answer(request, id, invite_code, work)


@answers.post("/reject", status_code=204)
def reject(id: UUID, invite_code: str, request: Request) -> None:
    """Decline an invitation. The code identifies the caller."""

    def work(transaction: WriteTransaction) -> None:
        commands.reject_invitation(transaction, invitations.by_id(transaction.view, id))

    _answer(request, id, invite_code, work)


def _answer(
    request: Request, id_: UUID, code: str, work: Callable[[WriteTransaction], None]
) -> None:
    """Do *work* as the user whose invitation has this id and code."""
    guarded: GuardedStore = request.app.state.guarded
    handle = guarded.service.account_of(id_, WORLD)
    if handle is None:
        raise Missing

    def who(session: StoreSession) -> Address:
        document = session.documents.get(INVITATION, id_)
        if document is None or not proves(code, document.content):
            raise Missing
        return address_of(str(document.content["email"]))

    with guarded.service.backend(handle, None).open() as session:
        who(session)  # a caller without the code must not take the lock of the account
    guarded.write_as(handle, who, work)


def _matching(
    view: ReadView, where: wire.InvitationFilter | None, workspace_id: UUID | None = None
) -> Iterator[Invitation]:
    """Return the invitations to the account, or to one workspace, that meet a filter."""
    if where is None:
        return invitations.invitations(view, workspace_id)
    emails = where.email.any_ if where.email else None
    people = None if emails is None else frozenset(map(address_of, emails))
    there = invitations.invitations(view, workspace_id, people)
    return (
        each
        for each in there
        if compares(each.status, where.status)
        and compares(each.email, where.email)
        and compares(each.expiration, where.expiration)
    )


def to_response(view: ReadView, invitation: Invitation) -> Response:
    """Return an invitation to the account as the API shows it."""
    return Response(
        **entity(invitation),
        email=invitation.email,
        account_id=view.account_id,
        account_role_id=invitation.role_id,
        status=wire.InvitationStatus(invitation.status),
        expiration=invitation.expiration,
    )


def to_workspace_response(view: ReadView, invitation: Invitation) -> WorkspaceResponse:
    """Return an invitation to a workspace as the API shows it."""
    assert invitation.workspace_id is not None, "it is to a workspace"
    assert invitation.workspace_role_id is not None, "it is to a workspace"
    return WorkspaceResponse(
        **to_response(view, invitation).model_dump(),
        workspace_id=invitation.workspace_id,
        workspace_role_id=invitation.workspace_role_id,
    )


router = together(to_account, answers, to_workspace)
