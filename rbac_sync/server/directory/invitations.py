"""Invitations: a pending user in the model, and a document that keeps the history.

A document names the state of the person's row (and, to a workspace, the row of
the grant) that the invitation made. Once either is another one, whoever changed
it and by whichever entrance, the invitation is over and its code opens nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any
from uuid import UUID

from ...backends.store.documents import Document
from ...backends.store.invitations import new_code
from ...backends.store.row_facts import INVITATION
from ...model import ACCOUNT as ROOT
from ...model import Address, Binding, Instant, Kind, Status, User, held
from ...model.address import user as address_of
from ...model.instant import parsed, rfc3339
from ...planning import Change
from ...wire.prefect_cloud import invitations as wire
from ..guarded_store import WriteTransaction
from ..matching import among, matches
from ..outbox import Letter
from ..read_view import ReadView
from ..refusals import conflict, not_found

PENDING = wire.InvitationStatus.PENDING
REVOKED = wire.InvitationStatus.REVOKED

Answer = Callable[[WriteTransaction, User, str], None]
"""What an invited person does: given the transaction, the person and the code."""


@dataclass(frozen=True, slots=True)
class Invitation:
    """One invitation, with the roles that it gives now, or gave when it ended.

    ``document`` is None for a pending user that no request of ours made.
    """

    id: UUID
    created: Instant
    updated: Instant
    email: str
    status: wire.InvitationStatus
    expiration: Instant
    role_id: UUID
    workspace_id: UUID | None = None
    workspace_role_id: UUID | None = None
    document: Document | None = None


def invitations(view: ReadView, workspace_id: UUID | None = None) -> Iterator[Invitation]:
    """Yield the invitations to the account, or to one workspace, oldest first."""
    documents = view.documents.of(INVITATION)
    for document in documents:
        if _uuid(document.content.get("workspace_id")) == workspace_id:
            yield _of(view, document)
    if workspace_id is None:
        known = {address_of(i.email) for i in map(partial(_of, view), documents) if _waits(i)}
        for user in view.state.of(User).values():
            if user.status is Status.PENDING and user.address not in known:
                yield _untold(view, user)


def kept_as(view: ReadView, id_: UUID) -> Invitation | None:
    """Return the invitation, to the account or a workspace, that the document of this id keeps."""
    document = view.documents.get(INVITATION, id_)
    return _of(view, document) if document else None


def invitation(view: ReadView, id_: UUID, workspace_id: UUID | None = None) -> Invitation:
    """Return the invitation of this id.

    Raises:
        Refusal: there is none.

    """
    for found in invitations(view, workspace_id):
        if found.id == id_:
            return found
    raise not_found()


def _of(view: ReadView, document: Document) -> Invitation:
    content, status = document.content, _status(view, document.content)
    who, workspace = address_of(str(content["email"])), _uuid(content.get("workspace_id"))
    role, workspace_role = UUID(content["role_id"]), _uuid(content.get("workspace_role_id"))
    if status is PENDING:
        role = view.id(view.role_of(who))
        workspace_role = _granted(view, who, workspace) or workspace_role
    return Invitation(
        document.id,
        document.created,
        document.updated,
        str(content["email"]),
        status,
        parsed(content["expiration"]),
        role,
        workspace,
        workspace_role,
        document,
    )


def _granted(view: ReadView, who: Address, workspace_id: UUID | None) -> UUID | None:
    """Return the role that somebody invited to a workspace would hold there now."""
    scope = view.register.find(Kind.WORKSPACE, workspace_id) if workspace_id else None
    grants = view.register.held_by(scope, who) if scope else []
    return view.id(grants[0].role) if grants else None


def _waits(found: Invitation) -> bool:
    return found.status is PENDING


def _uuid(text: str | None) -> UUID | None:
    return UUID(text) if text else None


def _status(view: ReadView, content: Mapping[str, Any]) -> wire.InvitationStatus:
    """Return what became of an invitation, by an answer to it or by other ways."""
    status = wire.InvitationStatus(content["status"])
    if status is not PENDING:
        return status
    who, workspace = address_of(str(content["email"])), _uuid(content.get("workspace_id"))
    there, kept = generation(view, who, workspace), content.get("generation") or {}
    if not there or there["person"] != kept.get("person"):
        return REVOKED
    if view.is_member(who):
        return wire.InvitationStatus.ACCEPTED
    return PENDING if there == kept else REVOKED


def generation(view: ReadView, who: Address, workspace_id: UUID | None) -> Mapping[str, Any]:
    """Return which rows an invitation stands for; nothing if there is nobody to invite.

    Each is named by what no later row can have.
    """
    entry = view.register.named.get(who)
    if entry is None:
        return {}
    scope = view.register.find(Kind.WORKSPACE, workspace_id) if workspace_id else None
    grants = view.register.held_by(scope, who) if scope else []
    return {
        "person": str(entry.id),
        "version": entry.version,
        "grants": sorted(str(row.id) for row in grants),
    }


def _untold(view: ReadView, user: User) -> Invitation:
    entry = view.entry(user.address)
    return Invitation(
        entry.id,
        entry.created,
        entry.updated,
        user.email,
        PENDING,
        user.expires or entry.created,
        view.id(view.role_of(user.address)),
    )


def meets(
    shown: wire.InvitationReadResponse | wire.WorkspaceInvitationReadResponse,
    asked: wire.InvitationFilter | None,
) -> bool:
    """Say whether an invitation is asked for."""
    if asked is None:
        return True
    ends, at = asked.expiration, shown.expiration
    return (
        among(shown.status, asked.status)
        and matches(shown.email, asked.email)
        and (ends is None or ends.before_ is None or at <= ends.before_)
        and (ends is None or ends.after_ is None or at >= ends.after_)
    )


def change(transaction: WriteTransaction, email: str, role: Address, *also: Binding) -> Change:
    """Return the change that invites the owner of *email*, again if it waits for an answer."""
    end = transaction.view.now + transaction.guarded.invitation(transaction.view.catalogue.world)
    invited = User(email, Status.PENDING, end)
    before = transaction.view.state.get(invited.address)
    again = isinstance(before, User) and before.status is Status.PENDING
    account = Binding(invited.address, ROOT, held(role))
    return Change(before if again else None, invited, brings=(account, *also))


def waits(view: ReadView, invited: User) -> bool:
    """Say whether somebody who is invited may still accept."""
    return invited.expires is None or invited.expires > view.now


def accepted(invited: User) -> Change:
    """Return the change by which somebody who is invited comes in."""
    return Change(invited, replace(invited, status=Status.ACTIVE, expires=None))


def kept(
    transaction: WriteTransaction,
    made: Change,
    workspace_id: UUID | None = None,
    role_id: UUID | None = None,
) -> Invitation:
    """Keep the invitation that *made* is, revoke earlier ones, and have its code sent."""
    invited = made.after
    assert isinstance(invited, User), "an invitation is of a user"
    close(transaction, invited.address, REVOKED, workspace_id)
    code, hashed = new_code(transaction.view.session.target.world)
    end = rfc3339(invited.expires or transaction.view.now)
    content = {
        "email": invited.email,
        "status": PENDING,
        "expiration": end,
        "role_id": str(transaction.view.id(transaction.view.role_of(invited.address))),
        "workspace_id": str(workspace_id) if workspace_id else None,
        "workspace_role_id": str(role_id) if role_id else None,
        "generation": generation(transaction.view, invited.address, workspace_id),
        **hashed,
    }
    document = transaction.documents.add(INVITATION, ROOT, None, content)
    letter = Letter(transaction.view.handle, invited.email, str(document.id), code, end)
    transaction.letters.append(letter)
    return _of(transaction.view, document)


def close(
    transaction: WriteTransaction,
    who: Address,
    status: wire.InvitationStatus,
    workspace_id: UUID | None = None,
) -> None:
    """Give *status* to the open invitations of *who*, to a workspace only if one is named."""
    for document in transaction.documents.of(INVITATION):
        content = document.content
        mine = address_of(str(content["email"])) == who and content["status"] == PENDING
        if mine and workspace_id in (None, _uuid(content.get("workspace_id"))):
            transaction.documents.put(replace(document, content={**content, "status": status}))


def revoke(transaction: WriteTransaction, found: Invitation) -> None:
    """Withdraw an invitation; who has no other one is gone.

    Raises:
        Refusal: it does not wait for an answer any more.

    """
    if found.status is not PENDING:
        raise conflict("this invitation has been answered or revoked")
    who = address_of(found.email)
    others = [i for i in _open(transaction.view, who) if i.id != found.id]
    there = transaction.view.state.get(who)
    if found.workspace_id is not None and others:
        scope = transaction.view.register.find(Kind.WORKSPACE, found.workspace_id)
        there = transaction.view.state.binding(who, scope) if scope else None
    if there is not None:
        transaction.make(Change(there, None))
    close(transaction, who, REVOKED, found.workspace_id)


def _open(view: ReadView, who: Address) -> Iterator[Invitation]:
    for document in view.documents.of(INVITATION):
        if address_of(str(document.content["email"])) == who:
            found = _of(view, document)
            if found.status is PENDING:
                yield found


def account_shown(view: ReadView, found: Invitation) -> wire.InvitationReadResponse:
    """Return an invitation to the account as the API shows it."""
    return wire.InvitationReadResponse(
        id=found.id,
        created=found.created,
        updated=found.updated,
        email=found.email,
        account_id=view.account_id,
        account_role_id=found.role_id,
        status=found.status,
        expiration=found.expiration,
    )


def workspace_shown(view: ReadView, found: Invitation) -> wire.WorkspaceInvitationReadResponse:
    """Return an invitation to a workspace as the API shows it."""
    assert found.workspace_id is not None, "it is to a workspace"
    assert found.workspace_role_id is not None, "it is to a workspace"
    return wire.WorkspaceInvitationReadResponse(
        **account_shown(view, found).model_dump(),
        workspace_id=found.workspace_id,
        workspace_role_id=found.workspace_role_id,
    )
