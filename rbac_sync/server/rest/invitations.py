"""Invitations to the account, and the answers of the invited users."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request

from ...backends.store.invitations import proves
from ...backends.store.row_facts import INVITATION
from ...backends.store.session import StoreSession
from ...model import Address
from ...model.address import user as address_of
from ...wire.prefect_cloud import invitations as wire
from ..auth import WORLD, RequestScope, account
from ..commands import invitations as commands
from ..directory import invitations
from ..directory.invitations import Invitation
from ..guarded_store import GuardedStore, WriteTransaction
from ..matching import among, matches
from ..read_view import ReadView
from ..refusals import not_found
from .account_memberships import account_role
from .collection import ACCOUNT, collection, page

router = collection(f"{ACCOUNT}/invitations", "Invitations")
answers = APIRouter(prefix="/invitations/{id}", tags=["Invitations"])

READ = "read:invitation"


@router.post("/", status_code=201)
def create_invitations(
    body: list[wire.InvitationCreate], at: Annotated[RequestScope, account()]
) -> list[wire.InvitationReadResponse]:
    """Invite people; an earlier invitation of the same person is revoked."""

    def work(transaction: WriteTransaction) -> list[wire.InvitationReadResponse]:
        made = commands.invite(transaction, [_guest(transaction.view, each) for each in body])
        return [to_response(transaction.view, invitation) for invitation in made]

    return at.write(work)


def _guest(view: ReadView, body: wire.InvitationCreate) -> tuple[str, Address]:
    return body.email, account_role(view, body.account_role_id)


@router.post("/filter")
def read_invitations(
    at: Annotated[RequestScope, account(READ)], body: wire.ReadInvitations | None = None
) -> list[wire.InvitationReadResponse]:
    """List invitations, answered and revoked ones too."""
    query = body or wire.ReadInvitations()
    with at.view() as view:
        rows = (to_response(view, i) for i in invitations.invitations(view))
        return page([i for i in rows if meets(i, query.invitations)], query)


@router.post("/count")
def count_invitations(
    at: Annotated[RequestScope, account(READ)], body: wire.CountInvitations | None = None
) -> int:
    """Count invitations."""
    where = body.invitations if body else None
    with at.view() as view:
        rows = (to_response(view, i) for i in invitations.invitations(view))
        return sum(meets(each, where) for each in rows)


@router.get("/{id}")
def read_invitation(
    id: UUID,  # noqa: A002
    at: Annotated[RequestScope, account(READ)],
) -> wire.InvitationReadResponse:
    """Read one."""
    with at.view() as view:
        return to_response(view, invitations.invitation(view, id))


@router.post("/{id}/revoke", status_code=204)
def revoke_invitation(id: UUID, at: Annotated[RequestScope, account()]) -> None:  # noqa: A002
    """Withdraw one that waits for an answer."""
    at.write(
        lambda transaction: commands.revoke_invitation(
            transaction, invitations.invitation(transaction.view, id)
        )
    )


@answers.post("/accept", status_code=204)
def accept(id: UUID, invite_code: str, request: Request) -> None:  # noqa: A002
    """Come in. The code says who asks, and is that person's key until the invitation ends."""

    def work(transaction: WriteTransaction) -> None:
        invitation = invitations.by_id(transaction.view, id)
        commands.accept_invitation(transaction, invitation, invite_code)

    _answer(request, id, invite_code, work)


@answers.post("/reject", status_code=204)
def reject(id: UUID, invite_code: str, request: Request) -> None:  # noqa: A002
    """Decline. The code says who asks."""

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
        raise not_found()

    def who(session: StoreSession) -> Address:
        document = session.documents.get(INVITATION, id_)
        if document is None or not proves(code, document.content):
            raise not_found()
        return address_of(str(document.content["email"]))

    with guarded.service.backend(handle, None).open() as session:
        who(session)  # a caller without the code must not take the lock of the account
    guarded.write_as(handle, who, work)


def meets(
    invitation: wire.InvitationReadResponse | wire.WorkspaceInvitationReadResponse,
    where: wire.InvitationFilter | None,
) -> bool:
    """Say whether an invitation meets a filter."""
    if where is None:
        return True
    ends, at = where.expiration, invitation.expiration
    return (
        among(invitation.status, where.status)
        and matches(invitation.email, where.email)
        and (ends is None or ends.before_ is None or at <= ends.before_)
        and (ends is None or ends.after_ is None or at >= ends.after_)
    )


def to_response(view: ReadView, invitation: Invitation) -> wire.InvitationReadResponse:
    """Return an invitation to the account as the API shows it."""
    return wire.InvitationReadResponse(
        id=invitation.id,
        created=invitation.created,
        updated=invitation.updated,
        email=invitation.email,
        account_id=view.account_id,
        account_role_id=invitation.role_id,
        status=wire.InvitationStatus(invitation.status),
        expiration=invitation.expiration,
    )
