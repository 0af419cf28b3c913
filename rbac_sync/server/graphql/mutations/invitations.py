"""Invitations: made and withdrawn in a tenant, accepted and declined by whoever is invited."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from ....model import ACCOUNT, User
from ....model.address import user as address_of
from ....planning import Change
from ....wire.prefect_cloud.invitations import InvitationStatus
from ...directory import invitations
from ...guarded_store import WriteTransaction
from ...read_view import ReadView
from .. import ids
from ..fault import failed
from ..request_context import RequestContext
from . import inputs


def create_membership_invitation(
    context: RequestContext, said: Mapping[str, Any]
) -> Mapping[str, Any]:
    """Invite somebody into the tenant selected, with a role."""

    def work(transaction: WriteTransaction) -> Mapping[str, Any]:
        view = transaction.view
        inputs.here(view, said.get("tenant_id"))
        email = inputs.text(said, "email")
        wanted = invitations.change(transaction, email, inputs.some_role(view, said))
        if isinstance(wanted.before, User) and invitations.waits(view, wanted.before):
            wanted = replace(wanted, before=None)
        with inputs.conflict(_there(view, email)):
            transaction.make(wanted)
        return {"id": invitations.kept(transaction, wanted).id}

    return context.write(work)


def delete_membership_invitation(
    context: RequestContext, said: Mapping[str, Any]
) -> Mapping[str, Any]:
    """Withdraw an invitation to this tenant, or decline one to another."""
    id_ = said["invitation_id"]

    def decline(transaction: WriteTransaction) -> Mapping[str, Any]:
        transaction.make_own(Change(_invited(transaction.view, id_), None))
        invitations.close(transaction, transaction.view.caller, InvitationStatus.REJECTED)
        return inputs.DONE

    def revoke(transaction: WriteTransaction) -> Mapping[str, Any]:
        found = ids.invitation(transaction.view, id_)
        if found is None:
            raise inputs.invalid("invitation")
        invitations.revoke(transaction, found)
        return inputs.DONE

    home = _home(context, id_)
    return context.write_at(home, decline) if home else context.write(revoke)


def accept_membership_invitation(
    context: RequestContext, said: Mapping[str, Any]
) -> Mapping[str, Any]:
    """Come into the tenant that has invited the caller."""
    id_ = said["invitation_id"]

    def accept(transaction: WriteTransaction) -> Mapping[str, Any]:
        invited = _invited(transaction.view, id_)
        if not invitations.waits(transaction.view, invited):
            raise failed("This invitation has expired.")
        transaction.make_own(invitations.accepted(invited))
        invitations.close(transaction, invited.address, InvitationStatus.ACCEPTED)
        return {"id": transaction.view.register.held_by(ACCOUNT, invited.address)[0].id}

    home = _home(context, id_)
    if home is None:
        raise inputs.invalid("invitation")
    return context.write_at(home, accept)


def _home(context: RequestContext, id_: UUID) -> str | None:
    """Return the handle of the tenant that invites the person who asks by this invitation."""
    found = (view for view in context.inviting() if _is_mine(view, id_))
    return next((view.handle for view in found), None)


def _is_mine(view: ReadView, id_: UUID) -> bool:
    found = ids.invitation(view, id_)
    return found is not None and address_of(found.email) == view.caller


def _invited(view: ReadView, id_: UUID) -> User:
    invited = view.state.get(view.caller)
    if not _is_mine(view, id_) or not isinstance(invited, User):
        raise inputs.invalid("invitation")
    return invited


def _there(view: ReadView, email: str) -> str:
    """Return why nobody can be invited who is there already. Source: the vendor's interface."""
    member = view.is_member(address_of(email))
    what = "already has a membership in" if member else "has already been invited to"
    return f'A user with email "{email}" {what} tenant {view.account_id}.'
