"""The ids of this face, and the resources with these ids.

A user has one id in all tenants, made from the e-mail, so that the ids in the audit
trail stay right after the user is deleted. Built-in roles
have one id in all tenants, too. All other ids are those of the store.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, lru_cache
from itertools import chain
from uuid import UUID, uuid5

from ...backends.store.features import LICENSE_ADMIN, RUNNER_TOKENS
from ...backends.store.id_rows import KeyEntry
from ...model import ACCOUNT, Address, Kind, Role
from ...model.address import MOST_KEPT
from ..directory.invitations import Invitation, InvitationStatus, find, invitations
from ..read_view import ReadView

NAMES = UUID("0b5b4c5e-6d0f-5a0e-9b83-3f6a1c1f7d42")
"""The namespace of the ids that are made from names."""

DOCUMENTED = {"ENTERPRISE_LICENSE_ADMIN": UUID("55375f15-fdae-4a2f-b15a-afb6477522cb")}
"""The documented id of a role. Source: the vendor's user interface, which has this one id."""

FEATURES_OF_ROLES: Mapping[str, str] = {
    "ENTERPRISE_LICENSE_ADMIN": LICENSE_ADMIN,
    "RUNNER": RUNNER_TOKENS,
}
"""The feature that a role needs. Source of both: the vendor's schema and user interface, which
shows the first only to its holders and never the second; the documentation has neither."""


@lru_cache(maxsize=MOST_KEPT)
def user_id(email: str) -> UUID:
    """Return the id of the user with this e-mail, in lower case as in an address."""
    return uuid5(NAMES, f"user:{email}")


@cache
def builtin_id(name: str) -> UUID:
    """Return the id of a built-in role by its wire name."""
    return DOCUMENTED.get(name) or uuid5(NAMES, f"role:{name}")


def has_role(view: ReadView, role: Role) -> bool:
    """Say whether the tenant has *role*: a role in use exists without its feature, too."""
    feature = FEATURES_OF_ROLES.get(view.role_name(role.address)) if role.builtin else None
    if feature is None or feature in view.session.account.features:
        return True
    return any(row.role == role.address for row in view.register.held_in(ACCOUNT))


def license_id(view: ReadView) -> UUID:
    """Return the id of the licence of a tenant; each tenant has another."""
    return uuid5(view.account_id, "license")


def public_id(view: ReadView, principal: Address) -> UUID:
    """Return the id of a user or service account, which need not exist any more."""
    if principal.kind is Kind.USER:
        return user_id(principal.key)
    entry = view.register.named.get(principal)
    return entry.id if entry else uuid5(view.account_id, str(principal))


def role_id(view: ReadView, address: Address) -> UUID:
    """Return the id of a role that exists."""
    existing = view.state.get(address)
    if isinstance(existing, Role) and existing.builtin:
        return builtin_id(view.role_name(address))
    return view.id(address)


def principal(view: ReadView, id_: UUID) -> Address | None:
    """Return the user, pending or not, or service account of this tenant with this id."""
    service_account = view.register.find(Kind.SERVICE_ACCOUNT, id_)
    if service_account is not None:
        return service_account
    if public_id(view, view.caller) == id_:
        return view.caller  # the other users are not read for a thing of one's own
    users = (entry.address for entry in view.all(Kind.USER))
    return next((user for user in users if user_id(user.key) == id_), None)


def role(view: ReadView, id_: UUID) -> Address | None:
    """Return the role with this id, built in or of this tenant; None if the tenant has none."""
    for address, builtin_role in view.catalogue.roles.items():
        if builtin_id(view.role_name(address)) == id_:
            return address if has_role(view, builtin_role) else None
    own = view.register.find(Kind.ROLE, id_)
    there = view.state.get(own) if own else None
    return own if isinstance(there, Role) and not there.builtin else None


def invitation(view: ReadView, id_: UUID) -> Invitation | None:
    """Return the open invitation to this tenant with this id."""
    invitation = find(view, id_)
    return invitation if invitation and invitation.status is InvitationStatus.PENDING else None


def open_invitations(view: ReadView) -> list[Invitation]:
    """Return the pending invitations to this tenant, oldest first."""
    return [each for each in invitations(view) if each.status is InvitationStatus.PENDING]


def key(view: ReadView, id_: UUID) -> KeyEntry | None:
    """Return the key with this id in this tenant, of any owner."""
    own = view.register.keys.get(view.caller, ())
    others = (entry for owned in view.register.keys.values() for entry in owned)
    return next((entry for entry in chain(own, others) if entry.id == id_), None)
