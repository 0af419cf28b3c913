"""Invitations to the account, and what the invited answer."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request

from ...backends.store.invitations import FIRST_KEY, proves
from ...backends.store.kept import INVITATION
from ...backends.store.session import StoreSession
from ...model import Address, Key, Level, User
from ...model.address import user as address_of
from ...planning import Change
from ...wire.prefect_cloud import invitations as wire
from ..auth import WORLD, Place, account
from ..gate import Desk, Gate
from ..refusal import conflict, not_found, unprocessable
from . import inviting, roles
from .collection import ACCOUNT, collection, page

router = collection(f"{ACCOUNT}/invitations", "Invitations")
answers = APIRouter(prefix="/invitations/{id}", tags=["Invitations"])

READ = "read:invitation"
Status_ = wire.InvitationStatus


@router.post("/", status_code=201)
def create_invitations(
    body: list[wire.InvitationCreate], at: Annotated[Place, account()]
) -> list[wire.InvitationReadResponse]:
    """Invite people; an earlier invitation of the same person is revoked."""

    def work(desk: Desk) -> list[wire.InvitationReadResponse]:
        look = desk.look
        level, place = Level.ACCOUNT, "account_role_id"
        asked = [
            (each.email, roles.named(look, level, each.account_role_id, place)) for each in body
        ]
        if len({address_of(email) for email, _ in asked}) < len(asked):
            raise unprocessable("the same e-mail address is there twice", "email")
        wanted = [inviting.change(desk, email, role) for email, role in asked]
        desk.make(*wanted)
        return [inviting.account_shown(desk.look, inviting.kept(desk, made)) for made in wanted]

    return at.write(work)


@router.post("/filter")
def read_invitations(
    at: Annotated[Place, account(READ)], body: wire.ReadInvitations | None = None
) -> list[wire.InvitationReadResponse]:
    """List invitations, answered and revoked ones too."""
    asked = body or wire.ReadInvitations()
    with at.look() as look:
        found = (inviting.account_shown(look, i) for i in inviting.invitations(look))
        return page([i for i in found if inviting.meets(i, asked.invitations)], asked)


@router.post("/count")
def count_invitations(
    at: Annotated[Place, account(READ)], body: wire.CountInvitations | None = None
) -> int:
    """Count invitations."""
    wanted = body.invitations if body else None
    with at.look() as look:
        found = (inviting.account_shown(look, i) for i in inviting.invitations(look))
        return sum(inviting.meets(each, wanted) for each in found)


@router.get("/{id}")
def read_invitation(
    id: UUID,  # noqa: A002
    at: Annotated[Place, account(READ)],
) -> wire.InvitationReadResponse:
    """Read one."""
    with at.look() as look:
        return inviting.account_shown(look, inviting.invitation(look, id))


@router.post("/{id}/revoke", status_code=204)
def revoke_invitation(id: UUID, at: Annotated[Place, account()]) -> None:  # noqa: A002
    """Withdraw one that waits for an answer."""
    at.write(lambda desk: inviting.revoke(desk, inviting.invitation(desk.look, id)))


@answers.post("/accept", status_code=204)
def accept(id: UUID, invite_code: str, request: Request) -> None:  # noqa: A002
    """Come in. The code says who asks, and is that person's key until the invitation ends."""
    _answer(request, id, invite_code, _accepted)


@answers.post("/reject", status_code=204)
def reject(id: UUID, invite_code: str, request: Request) -> None:  # noqa: A002
    """Decline. The code says who asks."""
    _answer(request, id, invite_code, _rejected)


def _answer(request: Request, id_: UUID, code: str, answered: inviting.Answer) -> None:
    gate: Gate = request.app.state.gate
    handle = gate.service.account_of(id_, WORLD)
    if handle is None:
        raise not_found()

    def who(session: StoreSession) -> Address:
        document = session.documents.get(INVITATION, id_)
        if document is None or not proves(code, document.content):
            raise not_found()
        return address_of(str(document.content["email"]))

    def work(desk: Desk) -> None:
        invited = _open(desk, id_)
        answered(desk, invited, code)
        status = Status_.ACCEPTED if answered is _accepted else Status_.REJECTED
        inviting.close(desk, invited.address, status)

    with gate.service.backend(handle, None).open() as session:
        who(session)  # nobody without the code gets as far as the account's lock
    gate.write_as(handle, who, work)


def _open(desk: Desk, id_: UUID) -> User:
    """Return who is invited.

    Raises:
        Refusal: the invitation waits for no answer any more.

    """
    found, invited = inviting.kept_as(desk.look, id_), desk.look.state.get(desk.look.caller)
    waits = found is not None and found.status is Status_.PENDING
    if not waits or not isinstance(invited, User):
        raise conflict("this invitation has been answered or revoked")
    if not inviting.waits(desk.look, invited):
        raise conflict("this invitation has expired")
    return invited


def _accepted(desk: Desk, invited: User, code: str) -> None:
    key = Key(invited.address, FIRST_KEY, invited.expires)
    desk.make_own(inviting.accepted(invited), Change(None, key))
    desk.adopt(key, code)


def _rejected(desk: Desk, invited: User, _: str) -> None:
    desk.make_own(Change(invited, None))
