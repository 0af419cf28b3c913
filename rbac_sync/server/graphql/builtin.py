"""The built-in roles of a tenant: three documented ones, and two that a feature brings."""

from __future__ import annotations

from collections.abc import Mapping

from ...backends.store.features import LICENSE_ADMIN, RUNNER_TOKENS
from ...model import ACCOUNT, Role
from ..read_view import ReadView

BROUGHT: Mapping[str, str] = {
    "ENTERPRISE_LICENSE_ADMIN": LICENSE_ADMIN,
    "RUNNER": RUNNER_TOKENS,
}
"""The feature that brings a role. Source of both: the vendor's schema and interface, which shows
the first only to whoever holds it and never the second; the documentation has neither."""


def has(view: ReadView, role: Role) -> bool:
    """Say whether the tenant has *role*: what somebody holds is there, whatever the features."""
    feature = BROUGHT.get(view.role_name(role.address)) if role.builtin else None
    if feature is None or feature in view.session.account.features:
        return True
    return any(row.role == role.address for row in view.register.held_in(ACCOUNT))
