"""People: members of the tenant, and people with an invitation."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import ClassVar
from uuid import UUID

from ....errors import BadResponse
from ....model import Action, Address, Binding, Kind, Status, User
from ....model.address import user as named
from ....wire.prefect_cloud_1.answers import Made, Success
from ....wire.prefect_cloud_1.operations import DELETE_MEMBERSHIP, INVITE, WITHDRAW
from ..rows import CHECK_THERE, TenantLists, fetched
from .handler import Handler


class Users(Handler):
    """Memberships, and invitations as pending users. To create a user is to invite a person."""

    kind: ClassVar = Kind.USER
    actions: ClassVar = frozenset({Action.CREATE, Action.REPLACE, Action.DELETE})

    def read(self, rows: TenantLists) -> Iterator[User]:
        """Yield every member, then each invited person who is no member."""
        for person, place in rows.people:
            if not person.email:
                message = f"the member `{person.id}` has no e-mail address"
                raise BadResponse(message, hint=CHECK_THERE)
            user = User(person.email)
            self.ids.learn(user.address, str(place.id), user=person.id, membership=place.id)
            yield user
        for address, invitation in rows.invited.items():
            if not self.ids.has(address, "user"):
                self.ids.learn(address, str(invitation.id), invitation=invitation.id)
                yield User(invitation.email, Status.PENDING)

    def create(self, after: User, *brings: Binding) -> None:
        """Invite a person, with the role in the same request."""
        self._invite(after.address, after.email, self.role(*brings))

    def replace(self, before: User, after: User, *brings: Binding) -> None:
        """Withdraw the invitation and send a new one: an invitation cannot be changed."""
        role = self.role(*brings)
        self.delete(before)
        self._invite(after.address, after.email, role)

    def delete(self, before: User) -> None:
        """Remove a member, or withdraw an invitation."""
        address = before.address
        if self.ids.has(address, "invitation"):
            id_ = self.id(address, "invitation")
            withdrawn = partial(self._is_withdrawn, id_, address)
            self.api.made(WITHDRAW, Success, withdrawn, invitation_id=str(id_))
        else:
            id_ = self.id(address, "membership")
            self.remove(DELETE_MEMBERSHIP, id_, membership_id=str(id_))
        self.ids.forget(address)

    def _is_withdrawn(self, id_: UUID, address: Address) -> bool | None:
        """Say whether the invitation ended otherwise than by making the person a member."""
        rows = fetched(self.api)
        members = {named(person.email) for person, _ in rows.people if person.email}
        return None if id_ in rows.ids() or address in members else True

    def mark(self, user: User) -> str:
        """Return the id of the invitation before another one is sent; empty if there is none."""
        return self.ids.find(user.address, "invitation")

    def trace(self, user: User) -> str:
        invitation = fetched(self.api).invited.get(user.address)
        return str(invitation.id) if invitation else ""

    def _invite(self, address: Address, email: str, role: UUID) -> None:
        made = self.api.made(
            INVITE, Made, lambda: self._seen(address, role), email=email, role_id=str(role)
        )
        self.ids.learn(address, invitation=made.id)

    def _seen(self, address: Address, role: UUID) -> Made | None:
        """Return the invitation if its role is equal; else somebody else sent it."""
        invitation = fetched(self.api).invited.get(address)
        return Made(id=invitation.id) if invitation and invitation.role_id == role else None
