"""The built-in roles of a tenant: three documented ones, and two that need a feature."""

from __future__ import annotations

from collections.abc import Mapping

from ...backends.store.features import LICENSE_ADMIN, RUNNER_TOKENS
from ...model import ACCOUNT, Role
from ..read_view import ReadView

BROUGHT: Mapping[str, str] = {
    "ENTERPRISE_LICENSE_ADMIN": LICENSE_ADMIN,
    "RUNNER": RUNNER_TOKENS,
}
"""The feature that a role needs. Source of both: the vendor's schema and user interface, which
shows the first only to its holders and never the second; the documentation has neither."""


def has(view: ReadView, role: Role) -> bool:
    """Say whether the tenant has *role*: a role in use exists without its feature, too."""
    feature = BROUGHT.get(view.role_name(role.address)) if role.builtin else None
    if feature is None or feature in view.session.account.features:
        return True
    return any(row.role == role.address for row in view.register.held_in(ACCOUNT))
