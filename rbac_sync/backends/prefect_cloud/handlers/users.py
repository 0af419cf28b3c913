"""People: members of the account, and people with a pending invitation."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import ClassVar
from uuid import UUID

from ....errors import BadResponse
from ....model import ACCOUNT, Action, Address, Binding, Kind, Status, User
from ....model.address import binding
from ....model.address import user as named
from ....wire.prefect_cloud import invitations as wire
from ....wire.prefect_cloud.account_memberships import (
    AccountMembershipFilter,
    AccountMembershipSetActive,
    ReadAccountMemberships,
)
from ....wire.prefect_cloud.filters import AnyOrLikeText
from ...handler import WRITTEN
from ..rows import INVITATIONS, MEMBERS, PENDING, AccountRows
from .handler import Handler

MEMBERSHIP = "account-membership"
"""The type of events about the membership of a user or service account in the account."""


class Users(Handler):
    """Memberships, and invitations as pending users. To create a user is to invite a person."""

    kind: ClassVar = Kind.USER
    actions: ClassVar = WRITTEN | {Action.REPLACE}

    def read(self, rows: AccountRows) -> Iterator[User]:
        """Yield every member, then each invited person who is no member.

        An invitation that has ended does not count; of several, the latest counts.
        """
        for member in rows.members:
            if not member.email or member.user_id is None:
                message = f"the member `{member.id}` has no e-mail address"
                raise BadResponse(message, hint="look at it in the service")
            status = Status.ACTIVE if member.active else Status.SUSPENDED
            user = User(member.email, status)
            ids = {"user": member.user_id, "actor": member.actor_id, "membership": member.id}
            self.ids.learn(user.address, str(member.id), **ids)
            self._reported(user.address, MEMBERSHIP, member.id)
            yield user
        for address, invitation in rows.invited().items():
            if not self.ids.has(address, "user"):
                self.ids.learn(address, str(invitation.id), invitation=invitation.id)
                self._reported(address, "account-invitation", invitation.id)
                yield User(invitation.email, Status.PENDING, invitation.expiration)

    def _reported(self, user: Address, kind: str, id_: UUID) -> None:
        """Record the id of the person in events; it is also the id of their account role."""
        for address in (user, binding(user, ACCOUNT)):
            self.ids.reported(address, kind, id_)

    def create(self, after: User, *brings: Binding) -> None:
        """Invite a person, with the account role in the same request."""
        (role,) = (h.role for b in brings if b.scope == ACCOUNT for h in b.roles)
        self.invite(after, wire.InvitationCreate(email=after.email, account_role_id=self.id(role)))

    def replace(self, _before: User, after: User, *brings: Binding) -> None:
        """Invite a person again; the service withdraws the earlier invitation."""
        self.create(after, *brings)

    def update(self, before: User, after: User) -> None:
        """Suspend a member, or end the suspension."""
        body = AccountMembershipSetActive(active=after.status is Status.ACTIVE)
        path = f"account_memberships/{self.id(before.address, 'membership')}/active"
        self.api.put("PATCH", path, body, "update:account_membership")

    def delete(self, before: User) -> None:
        """Remove a member with all bindings and memberships, or withdraw an invitation."""
        address = before.address
        if self.ids.has(address, "invitation"):
            path = f"invitations/{self.ids.of(address, 'invitation')}/revoke"
            withdrawn = partial(self._is_withdrawn, before)
            self.api.once(path, None, object, "update:invitation", withdrawn)
        else:
            path = f"account_memberships/{self.id(address, 'membership')}"
            self.api.put("DELETE", path, None, "delete:account_membership")
        self.ids.forget(address)

    def _is_withdrawn(self, user: User) -> bool | None:
        """Say whether the invitation of *user* ended otherwise than by making them a member."""
        if self.trace(user) == self.mark(user):
            return None
        such = AccountMembershipFilter(email=AnyOrLikeText(any_=[user.email]))
        page = ReadAccountMemberships(account_memberships=such, only_users=True)
        members = self.api.read_page(replace(MEMBERS, page=page))
        return None if any(named(row.email or "") == user.address for row in members) else True

    def invite(self, user: User, body: wire.InvitationCreate) -> None:
        """Send an invitation, which withdraws an earlier one."""
        before = self.mark(user)

        def seen() -> tuple[wire.InvitationReadResponse] | None:
            invitation = self._pending(user)
            if not invitation or str(invitation.id) == before:
                return None
            return (invitation,) if invitation.account_role_id == body.account_role_id else None

        right, shape = "create:invitation", tuple[wire.InvitationReadResponse]
        sent = {"email": body.email, "account_role_id": body.account_role_id}
        (made,) = self.api.once("invitations/", [body], shape, right, seen, **sent)
        self.ids.forget(user.address)
        self.ids.learn(user.address, invitation=made.id)

    def mark(self, user: User) -> str:
        """Return the id of the invitation before another one is sent; empty if there is none."""
        return self.ids.find(user.address, "invitation")

    def trace(self, user: User) -> str:
        invitation = self._pending(user)
        return str(invitation.id) if invitation else ""

    def _pending(self, user: User) -> wire.InvitationReadResponse | None:
        such = PENDING.model_copy(update={"email": AnyOrLikeText(any_=[user.email])})
        rows = self.api.read_page(replace(INVITATIONS, page=wire.ReadInvitations(invitations=such)))
        pending = (r for r in rows if r.status is wire.InvitationStatus.PENDING)
        mine = (r for r in pending if named(r.email) == user.address)
        return max(mine, key=lambda r: r.expiration, default=None)
