"""Invitations: created and revoked in a tenant, accepted and declined by the invited user."""

from __future__ import annotations

from uuid import UUID

from ....model.address import user as address_of
from ...commands.invitations import accept_invitation, invite, reject_invitation, revoke_invitation
from ...directory.invitations import Invitation
from ...guarded_store import WriteTransaction
from ...read_view import ReadView
from .. import ids
from ..request_context import RequestContext
from . import inputs
from .inputs import Arguments, Payload, existing, writes

WHAT = "invitation"


@writes()
def create_membership_invitation(transaction: WriteTransaction, arguments: Arguments) -> Payload:
    """Invite a user to the selected tenant, with a role."""
    view = transaction.view
    inputs.here(view, arguments.get("tenant_id"))
    email, role = inputs.text(arguments, "email"), inputs.some_role(view, arguments)
    with inputs.conflict(_there(view, email)):
        (made,) = invite(transaction, [(email, role)], again=False)
    return {"id": made.id}


def delete_membership_invitation(context: RequestContext, arguments: Arguments) -> Payload:
    """Revoke an invitation to this tenant, or decline one to another."""
    id_ = arguments["invitation_id"]

    def decline(transaction: WriteTransaction) -> Payload:
        reject_invitation(
            transaction, existing(_mine(transaction.view, id_), WHAT), even_expired=True
        )
        return inputs.DONE

    def revoke(transaction: WriteTransaction) -> Payload:
        revoke_invitation(transaction, existing(ids.invitation(transaction.view, id_), WHAT))
        return inputs.DONE

    home = _home(context, id_)
    return context.write_at(home, decline) if home else context.write(revoke)


def accept_membership_invitation(context: RequestContext, arguments: Arguments) -> Payload:
    """Accept an invitation of the caller to a tenant."""
    id_ = arguments["invitation_id"]

    def accept(transaction: WriteTransaction) -> Payload:
        with inputs.conflict("This invitation has expired."):
            member = accept_invitation(transaction, existing(_mine(transaction.view, id_), WHAT))
        return {"id": transaction.view.account_row(member.address).id}

    return context.write_at(existing(_home(context, id_), WHAT), accept)


def _home(context: RequestContext, id_: UUID) -> str | None:
    """Return the handle of the tenant of this invitation of the caller."""
    views = (view for view in context.inviting() if _mine(view, id_))
    return next((view.handle for view in views), None)


def _mine(view: ReadView, id_: UUID) -> Invitation | None:
    invitation = ids.invitation(view, id_)
    return invitation if invitation and address_of(invitation.email) == view.caller else None


def _there(view: ReadView, email: str) -> str:
    """Return the message about a user who is a member, or invited, already.

    Source: the vendor's user interface.
    """
    member = view.is_member(address_of(email))
    what = "already has a membership in" if member else "has already been invited to"
    return f'A user with email "{email}" {what} tenant {view.account_id}.'
