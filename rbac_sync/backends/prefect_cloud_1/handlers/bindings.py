"""Bindings of Prefect Cloud 1: the roles of members and of invited people in the tenant."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar
from uuid import UUID

from ....model import ACCOUNT, Action, Address, Binding, Kind, Status, User, held
from ....wire.prefect_cloud_1.answers import Made
from ....wire.prefect_cloud_1.operations import SET_ROLE
from ..rows import TenantLists, fetched
from .handler import Handler
from .users import Users


class Bindings(Handler):
    """The roles of members and of invited people."""

    kind: ClassVar = Kind.BINDING
    actions: ClassVar = frozenset({Action.UPDATE})

    def read(self, rows: TenantLists) -> Iterator[Binding]:
        for person, place in (*rows.people, *rows.service_accounts):
            principal = self.ids.address(person.id, "")
            yield self._binding(principal, place.role_id, f"{place.id} {place.security_updated}")
        for principal, invitation in rows.invited.items():
            if self.ids.has(principal, "invitation"):
                stamp = f"{invitation.id} {invitation.created}"
                yield self._binding(principal, invitation.role_id, stamp)

    def update(self, _before: Binding, after: Binding) -> None:
        """Replace the role of the principal by that of *after*.

        An invitation cannot be changed, so a new one replaces it.
        """
        principal = after.principal
        if self.ids.has(principal, "invitation"):
            invited = User(principal.key, Status.PENDING)
            Users(self.api, self.ids).replace(invited, invited, after)
            return
        membership, role = self._membership(principal), self.role(after)
        self.api.made(
            SET_ROLE,
            Made,
            lambda: self._seen(membership, role),
            membership_id=str(membership),
            role_id=str(role),
        )

    def _membership(self, principal: Address) -> UUID:
        """Return the id of the membership of *principal*.

        *Why* it may have to be read: the response to a new service account does not have it. A
        reading after each new service account would be in vain, because few get another role.
        """
        if not self.ids.has(principal, "membership"):
            made = self.id(principal)
            if (membership := self.api.polled(lambda: self._place(made))) is not None:
                self.ids.add(principal, membership=membership)
        return self.id(principal, "membership")

    def _place(self, made: UUID) -> UUID | None:
        """Return the membership of the service account with this id, None if it is not visible."""
        members = fetched(self.api).service_accounts
        return next((place.id for person, place in members if person.id == made), None)

    def _seen(self, membership: UUID, role: UUID) -> Made | None:
        """Return the membership if it has the role."""
        rows = fetched(self.api)
        places = (member.membership for member in (*rows.people, *rows.service_accounts))
        is_set = any(place.id == membership and place.role_id == role for place in places)
        return Made(id=membership) if is_set else None

    def _binding(self, principal: Address, role: UUID, stamp: str) -> Binding:
        where = f"a role held by `{principal}`"
        held_role = self.ids.address(role, where, {Kind.ROLE})
        binding = Binding(principal, ACCOUNT, held(held_role))
        self.ids.stamped(binding.address, stamp)
        return binding
