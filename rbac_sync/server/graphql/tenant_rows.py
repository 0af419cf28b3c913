"""The rows of one tenant: members, roles and keys."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any

from ...backends.store.id_rows import HeldRow
from ...model import ACCOUNT, Address, Kind, Permission, Permissions, Role
from ..directory.profiles import ACCOUNT_PROFILE, profile
from ..read_view import ReadView
from . import ids
from .filters import Row

USER, SERVICE = "USER", "SERVICE"


class TenantRows:
    """The rows of one tenant that the caller may see.

    ``own`` has the memberships of the caller in all tenants.
    """

    def __init__(self, view: ReadView, own: Callable[[], list[Row]]) -> None:
        """Read the rows from *view*."""
        self.view, self._own = view, own
        self._people: dict[Address, Row] = {}

    def may(self, permission: str) -> bool:
        """Say whether the caller has *permission* in this tenant."""
        return Permission(permission) in self._permissions

    @cached_property
    def _permissions(self) -> Permissions:
        return self.view.may()

    @cached_property
    def tenant(self) -> Row:
        """The row of the tenant."""
        view, document = self.view, self.view.documents.named(ACCOUNT_PROFILE, ACCOUNT)
        content: Mapping[str, Any] = document.content if document else {}
        made = view.session.account.created
        columns = {
            "id": view.account_id,
            "name": content.get("name") or view.handle,
            "slug": view.handle,
            "info": {},
            "settings": content.get("settings") or {},
            "prefect_admin_settings": None,
            "stripe_customer": None,
            "license_id": ids.license_id(view),
            "created": made,
            "updated": document.updated if document else made,
        }
        return Row(columns, {})

    @property
    def outer_tenant(self) -> Row:
        """The row of the tenant for a pending user."""
        columns = self.tenant.columns
        return Row({**columns, "settings": {}, "license_id": None}, {})

    @cached_property
    def roles(self) -> Mapping[Address, Row]:
        """Every role, built in or custom."""
        there = self.view.state.of(Role).items()
        return {a: self._role(role) for a, role in there if ids.has_role(self.view, role)}

    def _role(self, role: Role) -> Row:
        view = self.view
        entry = view.register.named.get(role.address)
        made = view.session.account.created
        permissions = view.catalogue.expanded(role, view.state.get)
        columns = {
            "id": ids.role_id(view, role.address),
            "name": view.role_name(role.address),
            "permissions": sorted(permissions),
            "tenant_id": None if role.builtin else view.account_id,
            "created": entry.created if entry else made,
            "updated": entry.updated if entry else made,
        }
        return Row(columns, {"tenant": lambda: None if role.builtin else self.tenant})

    @cached_property
    def held(self) -> Mapping[Address, list[Row]]:
        """The memberships by member, without pending users."""
        by_principal: dict[Address, list[Row]] = {}
        for row in self.view.memberships(self.view.register.held_in(ACCOUNT)):
            by_principal.setdefault(row.principal, []).append(self._membership(row))
        return by_principal

    @property
    def mine(self) -> list[Row]:
        """The memberships of the caller in this tenant."""
        return self.held.get(self.view.caller, [])

    def _membership(self, row: HeldRow) -> Row:
        role = self.view.state.get(row.role)
        builtin = isinstance(role, Role) and role.builtin
        columns = {
            "id": row.id,
            "role": self.view.role_name(row.role) if builtin else None,
            "role_id": ids.role_id(self.view, row.role),
            "tenant_id": self.view.account_id,
            "user_id": ids.public_id(self.view, row.principal),
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
        """Return the row of a user or service account, without fields that others may not see."""
        if principal not in self._people:
            own = principal == self.view.caller
            self._people[principal] = self._own_person() if own else self._person(principal)
        return self._people[principal]

    def _person(self, principal: Address) -> Row:
        columns = {**self._named(principal), "settings": None, "default_membership_id": None}
        memberships = self._seen_of(principal)
        return Row(columns, {"default_membership": lambda: None, "memberships": memberships})

    def _own_person(self) -> Row:
        mine = self.mine[0] if self.mine else None
        principal = self.view.caller
        content = profile(self.view, principal).content if principal.kind is Kind.USER else {}
        columns = {
            **self._named(principal),
            "settings": content.get("settings") or {},
            "default_membership_id": mine.columns["id"] if mine else None,
        }
        return Row(columns, {"default_membership": lambda: mine, "memberships": self._own})

    def _seen_of(self, principal: Address) -> Callable[[], list[Row]]:
        if principal == self.view.caller or self.may("read:membership"):
            return lambda: self.held.get(principal, [])
        return list

    def viewed(self, principal: Address) -> Row:
        """Return the row of a member in the view of all members."""
        return Row(self._named(principal), {"memberships": self._seen_of(principal)})

    def _named(self, principal: Address) -> Mapping[str, Any]:
        id_ = ids.public_id(self.view, principal)
        if principal.kind is not Kind.USER:
            name = principal.key
            names = {"email": None, "first_name": name, "last_name": None, "username": name}
            return {"id": id_, "account_type": SERVICE, **names}
        person = profile(self.view, principal)
        names = {"first_name": person.first_name, "last_name": person.last_name}
        mail = {"email": person.email, "username": person.email}
        return {"id": id_, "account_type": USER, **mail, **names}
