"""Which built-in roles a tenant has: the three documented ones, and two that a feature brings."""

from __future__ import annotations

from collections.abc import Mapping

from ...backends.store.features import LICENSE_ADMIN, RUNNER_TOKENS
from ...model import ACCOUNT, Role
from ..look import Look

BROUGHT: Mapping[str, str] = {
    "ENTERPRISE_LICENSE_ADMIN": LICENSE_ADMIN,
    "RUNNER": RUNNER_TOKENS,
}
"""The feature that brings a role. Source of both: the vendor's schema and interface, which shows
the first only to whoever holds it and never the second; the documentation has neither."""


def has(look: Look, role: Role) -> bool:
    """Say whether the tenant has *role*: what somebody holds is there, whatever the features."""
    feature = BROUGHT.get(look.role_name(role.address)) if role.builtin else None
    if feature is None or feature in look.session.account.features:
        return True
    return any(row.role == role.address for row in look.register.held_in(ACCOUNT))
