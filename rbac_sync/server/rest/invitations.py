"""Invitations to the account, and what the invited answer."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request

from ...backends.store.invitations import FIRST_KEY, proves
from ...backends.store.row_facts import INVITATION
from ...backends.store.session import StoreSession
from ...model import Address, Key, Level, User
from ...model.address import user as address_of
from ...planning import Change
from ...wire.prefect_cloud import invitations as wire
from ..auth import WORLD, RequestScope, account
from ..directory import invitations, roles
from ..guarded_store import GuardedStore, WriteTransaction
from ..refusals import conflict, not_found, unprocessable
from .collection import ACCOUNT, collection, page

router = collection(f"{ACCOUNT}/invitations", "Invitations")
answers = APIRouter(prefix="/invitations/{id}", tags=["Invitations"])

READ = "read:invitation"
Status_ = wire.InvitationStatus


@router.post("/", status_code=201)
def create_invitations(
    body: list[wire.InvitationCreate], at: Annotated[RequestScope, account()]
) -> list[wire.InvitationReadResponse]:
    """Invite people; an earlier invitation of the same person is revoked."""

    def work(transaction: WriteTransaction) -> list[wire.InvitationReadResponse]:
        view = transaction.view
        level, place = Level.ACCOUNT, "account_role_id"
        asked = [
            (each.email, roles.named(view, level, each.account_role_id, place)) for each in body
        ]
        if len({address_of(email) for email, _ in asked}) < len(asked):
            raise unprocessable("the same e-mail address is there twice", "email")
        wanted = [invitations.change(transaction, email, role) for email, role in asked]
        transaction.make(*wanted)
        return [
            invitations.account_shown(transaction.view, invitations.kept(transaction, made))
            for made in wanted
        ]

    return at.write(work)


@router.post("/filter")
def read_invitations(
    at: Annotated[RequestScope, account(READ)], body: wire.ReadInvitations | None = None
) -> list[wire.InvitationReadResponse]:
    """List invitations, answered and revoked ones too."""
    asked = body or wire.ReadInvitations()
    with at.view() as view:
        found = (invitations.account_shown(view, i) for i in invitations.invitations(view))
        return page([i for i in found if invitations.meets(i, asked.invitations)], asked)


@router.post("/count")
def count_invitations(
    at: Annotated[RequestScope, account(READ)], body: wire.CountInvitations | None = None
) -> int:
    """Count invitations."""
    wanted = body.invitations if body else None
    with at.view() as view:
        found = (invitations.account_shown(view, i) for i in invitations.invitations(view))
        return sum(invitations.meets(each, wanted) for each in found)


@router.get("/{id}")
def read_invitation(
    id: UUID,  # noqa: A002
    at: Annotated[RequestScope, account(READ)],
) -> wire.InvitationReadResponse:
    """Read one."""
    with at.view() as view:
        return invitations.account_shown(view, invitations.invitation(view, id))


@router.post("/{id}/revoke", status_code=204)
def revoke_invitation(id: UUID, at: Annotated[RequestScope, account()]) -> None:  # noqa: A002
    """Withdraw one that waits for an answer."""
    at.write(
        lambda transaction: invitations.revoke(
            transaction, invitations.invitation(transaction.view, id)
        )
    )


@answers.post("/accept", status_code=204)
def accept(id: UUID, invite_code: str, request: Request) -> None:  # noqa: A002
    """Come in. The code says who asks, and is that person's key until the invitation ends."""
    _answer(request, id, invite_code, _accepted)


@answers.post("/reject", status_code=204)
def reject(id: UUID, invite_code: str, request: Request) -> None:  # noqa: A002
    """Decline. The code says who asks."""
    _answer(request, id, invite_code, _rejected)


def _answer(request: Request, id_: UUID, code: str, answered: invitations.Answer) -> None:
    guarded: GuardedStore = request.app.state.guarded
    handle = guarded.service.account_of(id_, WORLD)
    if handle is None:
        raise not_found()

    def who(session: StoreSession) -> Address:
        document = session.documents.get(INVITATION, id_)
        if document is None or not proves(code, document.content):
            raise not_found()
        return address_of(str(document.content["email"]))

    def work(transaction: WriteTransaction) -> None:
        invited = _open(transaction, id_)
        answered(transaction, invited, code)
        status = Status_.ACCEPTED if answered is _accepted else Status_.REJECTED
        invitations.close(transaction, invited.address, status)

    with guarded.service.backend(handle, None).open() as session:
        who(session)  # nobody without the code gets as far as the account's lock
    guarded.write_as(handle, who, work)


def _open(transaction: WriteTransaction, id_: UUID) -> User:
    """Return who is invited.

    Raises:
        Refusal: the invitation waits for no answer any more.

    """
    found, invited = (
        invitations.kept_as(transaction.view, id_),
        transaction.view.state.get(transaction.view.caller),
    )
    waits = found is not None and found.status is Status_.PENDING
    if not waits or not isinstance(invited, User):
        raise conflict("this invitation has been answered or revoked")
    if not invitations.waits(transaction.view, invited):
        raise conflict("this invitation has expired")
    return invited


def _accepted(transaction: WriteTransaction, invited: User, code: str) -> None:
    key = Key(invited.address, FIRST_KEY, invited.expires)
    transaction.make_own(invitations.accepted(invited), Change(None, key))
    transaction.adopt(key, code)


def _rejected(transaction: WriteTransaction, invited: User, _: str) -> None:
    transaction.make_own(Change(invited, None))
