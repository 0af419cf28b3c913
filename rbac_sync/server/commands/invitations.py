"""Invitations: create one to the account or a workspace, revoke, accept and decline it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from uuid import UUID

from ...backends.store.invitations import FIRST_KEY, new_code
from ...backends.store.row_facts import INVITATION
from ...model import ACCOUNT, Address, Binding, Key, Kind, Level, Status, User, held
from ...model.address import user as address_of
from ...model.instant import rfc3339
from ...model.resources import role as role_address
from ...planning import Change
from ..directory import invitations
from ..directory.invitations import Invitation, InvitationStatus
from ..guarded_store import WriteTransaction
from ..outbox import Letter
from ..read_view import ReadView
from ..refusals import Conflict, InvalidRequest, NotAllowed
from .bindings import assignment

GUEST, WORKSPACE_GUEST = "collaborator", "viewer"
"""The roles of a guest in the account, and in a workspace without a default role. No source."""

TWICE = "the same e-mail address is there twice"
OVER = "this invitation has been answered or revoked"
EXPIRED = "this invitation has expired"
NOT_YOURS = "only the person who is invited answers an invitation"


def invite(
    transaction: WriteTransaction, guests: Sequence[tuple[str, Address]], *, again: bool = True
) -> list[Invitation]:
    """Invite the owner of each e-mail address to the account, with a role; all or none.

    With *again*, an earlier invitation of the same person is revoked; without, it is a conflict.

    Raises:
        Refusal: an address is repeated, its owner is in the account, or the guard refuses it.
    """
    if len({address_of(email) for email, _ in guests}) < len(guests):
        raise InvalidRequest(TWICE, "email")
    made = [_invitation(transaction, email, role) for email, role in guests]
    if not again:
        made = [_unrepeated(transaction.view, change) for change in made]
    transaction.make(*made)
    _close(transaction, {change.address for change in made}, InvitationStatus.REVOKED)
    return [_kept(transaction, change) for change in made]


def invite_to_workspace(transaction: WriteTransaction, email: str, scope: Address) -> Invitation:
    """Invite the owner of *email* to the workspace *scope*, with the roles of a guest.

    A person who is invited to the account already gets access to the workspace, too.

    Raises:
        Refusal: the person is a member of the account, or the guard refuses it.
    """
    view, who = transaction.view, address_of(email)
    if view.state.get(who) and view.is_member(who):
        raise Conflict(f"`{email}` is a member already: give it access to the workspace")
    role = _guest_role(transaction, scope)
    made = _guest(transaction, email, Binding(who, scope, held(role)))
    view = transaction.view
    workspace_id = view.id(scope)
    _close(transaction, {who}, InvitationStatus.REVOKED, workspace_id)
    return _kept(transaction, made, workspace_id, view.id(role))


def revoke_invitation(transaction: WriteTransaction, invitation: Invitation) -> None:
    """Revoke *invitation*; a pending user without another one is removed.

    Raises:
        Refusal: the invitation is not pending any more, or the guard refuses it.
    """
    if invitation.status is not InvitationStatus.PENDING:
        raise Conflict(OVER)
    who = address_of(invitation.email)
    others = [i for i in invitations.waiting_for(transaction.view, who) if i.id != invitation.id]
    there = transaction.view.state.get(who)
    if invitation.workspace_id is not None and others:
        scope = transaction.view.register.find(Kind.WORKSPACE, invitation.workspace_id)
        there = transaction.view.state.binding(who, scope) if scope else None
    if there is not None:
        transaction.make(Change(there, None))
    _close(transaction, {who}, InvitationStatus.REVOKED, invitation.workspace_id)


def accept_invitation(
    transaction: WriteTransaction, invitation: Invitation, code: str | None = None
) -> User:
    """Make the invited caller an active user; *code* becomes the user's first key.

    Raises:
        Refusal: it is another person's, has been answered or revoked, or has expired.
    """
    invited = _answering(transaction.view, invitation)
    member = replace(invited, status=Status.ACTIVE, expires=None)
    key = Key(invited.address, FIRST_KEY, invited.expires)
    transaction.make_own(Change(invited, member), *([Change(None, key)] if code else ()))
    if code:
        transaction.adopt(key, code)
    _close(transaction, {invited.address}, InvitationStatus.ACCEPTED)
    return member


def reject_invitation(
    transaction: WriteTransaction, invitation: Invitation, *, even_expired: bool = False
) -> None:
    """Remove the invited caller, who declines.

    Raises:
        Refusal: it is another person's, has been answered or revoked, or has expired.
    """
    invited = _answering(transaction.view, invitation, even_expired=even_expired)
    transaction.make_own(Change(invited, None))
    _close(transaction, {invited.address}, InvitationStatus.REJECTED)


def _answering(view: ReadView, invitation: Invitation, *, even_expired: bool = False) -> User:
    """Return the caller, who is invited by *invitation*, which is pending.

    Raises:
        Refusal: it is another person's, has been answered or revoked, or has expired.
    """
    if address_of(invitation.email) != view.caller:
        raise NotAllowed(NOT_YOURS)
    invited = view.state.get(view.caller)
    if invitation.status is not InvitationStatus.PENDING or not isinstance(invited, User):
        raise Conflict(OVER)
    if _is_expired(view, invited) and not even_expired:
        raise Conflict(EXPIRED)
    return invited


def _is_expired(view: ReadView, invited: User) -> bool:
    """Say whether the invitation has expired."""
    return invited.expires is not None and invited.expires <= view.now


def _invitation(transaction: WriteTransaction, email: str, role: Address, *also: Binding) -> Change:
    """Return the change that invites the owner of *email*, or renews a pending invitation."""
    end = transaction.view.now + transaction.guarded.invitation(transaction.view.catalogue.world)
    invited = User(email, Status.PENDING, end)
    before = transaction.view.state.get(invited.address)
    again = isinstance(before, User) and before.status is Status.PENDING
    account = Binding(invited.address, ACCOUNT, held(role))
    return Change(before if again else None, invited, brings=(account, *also))


def _unrepeated(view: ReadView, change: Change) -> Change:
    """Return *change*, or refuse it if an invitation can still be accepted."""
    before = change.before
    open_ = isinstance(before, User) and not _is_expired(view, before)
    return replace(change, before=None) if open_ else change


def _guest(transaction: WriteTransaction, email: str, binding: Binding) -> Change:
    """Return the change that creates a pending user with *binding*, or adds it to a pending one.

    A pending user whose invitation has expired is invited anew, as a guest.
    """
    invited = transaction.view.state.get(binding.principal)
    if isinstance(invited, User) and not _is_expired(transaction.view, invited):
        before = transaction.view.state.binding(binding.principal, binding.scope)
        transaction.make(assignment(transaction.view, before, binding))
        return Change(invited, invited)
    guest = role_address(Level.ACCOUNT, GUEST)
    made = _invitation(transaction, email, guest, binding)
    transaction.make(made)
    return made


def _guest_role(transaction: WriteTransaction, scope: Address) -> Address:
    """Return the default role of the workspace, or the role for guests."""
    default = transaction.view.default_roles(scope)
    return next(iter(default), role_address(Level.WORKSPACE, WORKSPACE_GUEST))


def _kept(
    transaction: WriteTransaction,
    made: Change,
    workspace_id: UUID | None = None,
    role_id: UUID | None = None,
) -> Invitation:
    """Store the invitation of the change *made*, and have its code sent."""
    invited, view = made.after, transaction.view
    assert isinstance(invited, User), "an invitation is of a user"
    code, hashed = new_code(view.session.target.world)
    end = rfc3339(invited.expires or view.now)
    content = {
        "email": invited.email,
        "status": InvitationStatus.PENDING,
        "expiration": end,
        "role_id": str(view.id(view.role_of(invited.address))),
        "workspace_id": str(workspace_id) if workspace_id else None,
        "workspace_role_id": str(role_id) if role_id else None,
        "generation": invitations.generation(view, invited.address, workspace_id),
        **hashed,
    }
    document = transaction.documents.add(
        INVITATION, ACCOUNT, invitations.new_name(invited.address), content
    )
    transaction.letters.append(Letter(view.handle, invited.email, str(document.id), code, end))
    return invitations.kept_in(view, document)


def _close(
    transaction: WriteTransaction,
    people: Collection[Address],
    status: InvitationStatus,
    workspace_id: UUID | None = None,
) -> None:
    """Write *status* to the open invitations of *people*, only to one workspace if it is named."""
    named = str(workspace_id) if workspace_id else None
    for document in invitations.kept_of(transaction.documents, people):
        content = document.content
        is_open = content["status"] == InvitationStatus.PENDING
        if is_open and named in (None, content.get("workspace_id")):
            transaction.documents.put(replace(document, content={**content, "status": status}))
