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
from ...gate import Desk
from ...look import Look
from ...rest import inviting
from .. import ids
from ..asking import Asking
from ..fault import failed
from . import meant


def create_membership_invitation(asking: Asking, said: Mapping[str, Any]) -> Mapping[str, Any]:
    """Invite somebody into the tenant selected, with a role."""

    def work(desk: Desk) -> Mapping[str, Any]:
        look = desk.look
        meant.here(look, said.get("tenant_id"))
        email = meant.text(said, "email")
        wanted = inviting.change(desk, email, meant.some_role(look, said))
        if isinstance(wanted.before, User) and inviting.waits(look, wanted.before):
            wanted = replace(wanted, before=None)
        with meant.conflict(_there(look, email)):
            desk.make(wanted)
        return {"id": inviting.kept(desk, wanted).id}

    return asking.write(work)


def delete_membership_invitation(asking: Asking, said: Mapping[str, Any]) -> Mapping[str, Any]:
    """Withdraw an invitation to this tenant, or decline one to another."""
    id_ = said["invitation_id"]

    def decline(desk: Desk) -> Mapping[str, Any]:
        desk.make_own(Change(_invited(desk.look, id_), None))
        inviting.close(desk, desk.look.caller, InvitationStatus.REJECTED)
        return meant.DONE

    def revoke(desk: Desk) -> Mapping[str, Any]:
        found = ids.invitation(desk.look, id_)
        if found is None:
            raise meant.invalid("invitation")
        inviting.revoke(desk, found)
        return meant.DONE

    home = _home(asking, id_)
    return asking.write_at(home, decline) if home else asking.write(revoke)


def accept_membership_invitation(asking: Asking, said: Mapping[str, Any]) -> Mapping[str, Any]:
    """Come into the tenant that has invited the caller."""
    id_ = said["invitation_id"]

    def accept(desk: Desk) -> Mapping[str, Any]:
        invited = _invited(desk.look, id_)
        if not inviting.waits(desk.look, invited):
            raise failed("This invitation has expired.")
        desk.make_own(inviting.accepted(invited))
        inviting.close(desk, invited.address, InvitationStatus.ACCEPTED)
        return {"id": desk.look.register.held_by(ACCOUNT, invited.address)[0].id}

    home = _home(asking, id_)
    if home is None:
        raise meant.invalid("invitation")
    return asking.write_at(home, accept)


def _home(asking: Asking, id_: UUID) -> str | None:
    """Return the handle of the tenant that invites the person who asks by this invitation."""
    found = (look for look in asking.inviting() if _is_mine(look, id_))
    return next((look.handle for look in found), None)


def _is_mine(look: Look, id_: UUID) -> bool:
    found = ids.invitation(look, id_)
    return found is not None and address_of(found.email) == look.caller


def _invited(look: Look, id_: UUID) -> User:
    invited = look.state.get(look.caller)
    if not _is_mine(look, id_) or not isinstance(invited, User):
        raise meant.invalid("invitation")
    return invited


def _there(look: Look, email: str) -> str:
    """Return why nobody can be invited who is there already. Source: the vendor's interface."""
    member = look.is_member(address_of(email))
    what = "already has a membership in" if member else "has already been invited to"
    return f'A user with email "{email}" {what} tenant {look.account_id}.'
