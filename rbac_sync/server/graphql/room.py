"""One tenant as rows: who is in it, with which roles, and by which keys."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any

from ...backends.store.register import Held
from ...model import ACCOUNT, Address, Kind, Permission, Permissions, Role
from ..look import Look
from ..rest.accounts import PROFILE
from ..rest.profiles import profile
from . import builtin, ids
from .row import Row

USER, SERVICE = "USER", "SERVICE"


class Room:
    """The rows of one tenant, as far as the person who asks may see them.

    ``own`` gives what the caller has in all tenants together: its memberships.
    """

    def __init__(self, look: Look, own: Callable[[], list[Row]]) -> None:
        """Show what *look* sees."""
        self.look, self._own = look, own
        self._people: dict[Address, Row] = {}

    def may(self, permission: str) -> bool:
        """Say whether the caller holds *permission* here."""
        return Permission(permission) in self._permissions

    @cached_property
    def _permissions(self) -> Permissions:
        return self.look.may()

    @cached_property
    def tenant(self) -> Row:
        """The tenant's own row."""
        look, document = self.look, self.look.documents.named(PROFILE, ACCOUNT)
        told: Mapping[str, Any] = document.content if document else {}
        made = look.session.account.created
        columns = {
            "id": look.account_id,
            "name": told.get("name") or look.handle,
            "slug": look.handle,
            "info": {},
            "settings": told.get("settings") or {},
            "prefect_admin_settings": None,
            "stripe_customer": None,
            "license_id": ids.license_id(look),
            "created": made,
            "updated": document.updated if document else made,
        }
        return Row(columns, {})

    @property
    def door(self) -> Row:
        """The tenant's row as somebody sees it who is only invited."""
        columns = self.tenant.columns
        return Row({**columns, "settings": {}, "license_id": None}, {})

    @cached_property
    def roles(self) -> Mapping[Address, Row]:
        """Every role, built in or the tenant's own."""
        there = self.look.state.of(Role).items()
        return {a: self._role(role) for a, role in there if builtin.has(self.look, role)}

    def _role(self, role: Role) -> Row:
        look = self.look
        entry = look.register.named.get(role.address)
        made = look.session.account.created
        permissions = look.catalogue.expanded(role, look.state.get)
        columns = {
            "id": ids.role_id(look, role.address),
            "name": look.role_name(role.address),
            "permissions": sorted(permissions),
            "tenant_id": None if role.builtin else look.account_id,
            "created": entry.created if entry else made,
            "updated": entry.updated if entry else made,
        }
        return Row(columns, {"tenant": lambda: None if role.builtin else self.tenant})

    @cached_property
    def held(self) -> Mapping[Address, list[Row]]:
        """The memberships by member, those who are only invited left out."""
        found: dict[Address, list[Row]] = {}
        for row in self.look.register.held_in(ACCOUNT):
            if self.look.is_member(row.principal):
                found.setdefault(row.principal, []).append(self._membership(row))
        return found

    @property
    def mine(self) -> list[Row]:
        """The caller's own memberships here."""
        return self.held.get(self.look.caller, [])

    def _membership(self, row: Held) -> Row:
        role = self.look.state.get(row.role)
        builtin = isinstance(role, Role) and role.builtin
        columns = {
            "id": row.id,
            "role": self.look.role_name(row.role) if builtin else None,
            "role_id": ids.role_id(self.look, row.role),
            "tenant_id": self.look.account_id,
            "user_id": ids.shown_id(self.look, row.principal),
            "created": row.created,
            "updated": row.updated,
            "security_updated": row.updated,
        }
        return Row(
            columns,
            {
                "role_detail": lambda: self.roles[row.role],
                "tenant": lambda: self.tenant,
                "user": lambda: self.person(row.principal),
            },
        )

    def person(self, principal: Address) -> Row:
        """Return the row of a user or service account, with what others may not see left out."""
        if principal not in self._people:
            own = principal == self.look.caller
            self._people[principal] = self._own_person() if own else self._person(principal)
        return self._people[principal]

    def _person(self, principal: Address) -> Row:
        columns = {**self._named(principal), "settings": None, "default_membership_id": None}
        memberships = self._seen_of(principal)
        return Row(columns, {"default_membership": lambda: None, "memberships": memberships})

    def _own_person(self) -> Row:
        mine = self.mine[0] if self.mine else None
        principal = self.look.caller
        told = profile(self.look, principal).told if principal.kind is Kind.USER else {}
        columns = {
            **self._named(principal),
            "settings": told.get("settings") or {},
            "default_membership_id": mine.columns["id"] if mine else None,
        }
        return Row(columns, {"default_membership": lambda: mine, "memberships": self._own})

    def _seen_of(self, principal: Address) -> Callable[[], list[Row]]:
        if principal == self.look.caller or self.may("read:membership"):
            return lambda: self.held.get(principal, [])
        return list

    def viewed(self, principal: Address) -> Row:
        """Return the row of a member in the view of all members."""
        return Row(self._named(principal), {"memberships": self._seen_of(principal)})

    def _named(self, principal: Address) -> Mapping[str, Any]:
        id_ = ids.shown_id(self.look, principal)
        if principal.kind is not Kind.USER:
            name = principal.key
            told = {"email": None, "first_name": name, "last_name": None, "username": name}
            return {"id": id_, "account_type": SERVICE, **told}
        found = profile(self.look, principal)
        names = {"first_name": found.first_name, "last_name": found.last_name}
        mail = {"email": found.email, "username": found.email}
        return {"id": id_, "account_type": USER, **mail, **names}
