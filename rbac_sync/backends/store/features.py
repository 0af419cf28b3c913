"""The limits of an account without certain features of its subscription."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ...catalogues import catalogue, worlds
from ...errors import BackendError
from ...model import ACCOUNT, Binding, Kind
from ...planning import Change, Limit

BASIC_RBAC, CUSTOM_ROLES = "basic-rbac", "custom-roles"
TEAMS, AUDIT_TRAIL = "teams", "audit-trail"
LICENSE_ADMIN, RUNNER_TOKENS = "license-admin", "runner-tokens"
SSO = "sso"
DEFAULT = frozenset({BASIC_RBAC, CUSTOM_ROLES, TEAMS, AUDIT_TRAIL})
"""The features of an account by default."""

FEATURES = DEFAULT | {LICENSE_ADMIN, RUNNER_TOKENS, SSO}
"""All features. ``LICENSE_ADMIN`` and ``RUNNER_TOKENS`` each add a built-in role to a tenant of
`prefect-cloud-1`; with ``SSO`` the users of an account of `prefect-cloud` sign in by SSO."""


def no_assigned_roles(change: Change) -> str | None:
    """Refuse a change that gives less than full access: without roles, each member is an owner."""
    owners = {catalogue(world).owner for world in worlds()}
    for side in (change.after, *change.brings):
        if isinstance(side, Binding) and side.scope == ACCOUNT:
            if all(holding.role in owners for holding in side.roles):
                continue
            return f"this account assigns no roles (feature `{BASIC_RBAC}` is off)"
    return None


def no_custom_roles(change: Change) -> str | None:
    """Refuse a change that creates or widens a custom role; a deletion is allowed."""
    if change.address.kind is Kind.ROLE and change.after:
        return f"this account has no custom roles (feature `{CUSTOM_ROLES}` is off)"
    return None


def no_teams(change: Change) -> str | None:
    """Refuse a change that creates or changes a team; a deletion is allowed."""
    if change.joins or (change.address.kind is Kind.TEAM and change.after):
        return f"this account has no teams (feature `{TEAMS}` is off)"
    return None


LIMITS: Mapping[str, Limit] = {
    BASIC_RBAC: no_assigned_roles,
    CUSTOM_ROLES: no_custom_roles,
    TEAMS: no_teams,
}


def limits(features: Iterable[str]) -> tuple[Limit, ...]:
    """Return the limits of an account that has *features*."""
    missing = sorted(FEATURES.difference(features))
    return tuple(LIMITS[name] for name in missing if name in LIMITS)


def check(features: Iterable[str]) -> frozenset[str]:
    """Return *features* as a set.

    Raises:
        BackendError: one of them does not exist.
    """
    names = frozenset(features)
    if unknown := sorted(names - FEATURES):
        known = ", ".join(sorted(FEATURES))
        raise BackendError(f"there is no feature `{unknown[0]}`", hint=f"the features are {known}")
    return names
