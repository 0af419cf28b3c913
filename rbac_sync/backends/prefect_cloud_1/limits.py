"""The limits of Prefect Cloud 1: changes that it cannot make, reported before the first write."""

from __future__ import annotations

from collections.abc import Mapping

from ...model import (
    ACCOUNT,
    Action,
    Binding,
    Key,
    Kind,
    Level,
    Permissions,
    Role,
    ServiceAccount,
    Status,
    User,
)
from ...planning import Change, Limit
from ..limits import SHARED

NAMES_STAY: Mapping[Kind, str] = {
    Kind.USER: "only people themselves change their e-mail address",
    Kind.ROLE: "roles keep their names here; make the new one, then move whoever holds the old one",
    Kind.SERVICE_ACCOUNT: (
        "service accounts keep their names here; make the new one, then remove the old one"
    ),
}


def a_tenant_is_one_place(change: Change) -> str | None:
    """A tenant has no workspaces and no teams."""
    if change.resource.kind in (Kind.WORKSPACE, Kind.TEAM):
        return f"a tenant has no {change.resource.kind}s"
    bindings = (b for b in (change.resource, *change.brings) if isinstance(b, Binding))
    if change.joins or any(b.scope != ACCOUNT for b in bindings):
        return "a role is held in the whole tenant here"
    return None


def nobody_is_suspended(change: Change) -> str | None:
    """A member can be invited and removed, but not suspended."""
    if isinstance(change.after, User) and change.after.status is Status.SUSPENDED:
        return "nobody can be suspended here; to take access away, remove the member"
    return None


def names_stay(change: Change) -> str | None:
    """Not even an administrator can rename a role, a service account or another person."""
    return NAMES_STAY.get(change.resource.kind) if change.action is Action.RENAME else None


def roles_are_lists_of_permissions(change: Change) -> str | None:
    """A role has a name and permissions, and no other fields."""
    after = change.after
    if not isinstance(after, Role):
        return None
    if after.level is not Level.ACCOUNT:
        return "a role is held in the whole tenant here"
    if after.base or after.implies:
        return "a role stands on no other here; list its permissions"
    return "roles have no description here" if after.description else None


def a_service_account_has_its_role_from_the_start(change: Change) -> str | None:
    """A service account that is made without a role would be an administrator."""
    is_new = isinstance(change.resource, ServiceAccount) and change.action is Action.CREATE
    if is_new and not any(b.scope == ACCOUNT and b.roles for b in change.brings):
        return "a service account is made an administrator here unless it is given a role at once"
    return None


def keys_stay_as_they_are(change: Change) -> str | None:
    """The end and the name of a key are set when it is made."""
    if isinstance(change.resource, Key) and change.before and change.after:
        return "a key keeps its end here; declare one of another name, then take this one out"
    return None


def no_custom_roles(change: Change) -> str | None:
    """The licence has no custom roles; an existing one may be deleted."""
    if change.address.kind is Kind.ROLE and change.after:
        return "this tenant's licence has no custom roles"
    return None


def no_other_role(change: Change) -> str | None:
    """The licence does not allow anybody to choose the role of a member."""
    if isinstance(change.after, Binding):
        return "this tenant's licence does not let roles be changed"
    return None


def within(licensed: Permissions) -> Limit:
    """Return the limit that no role gains a permission that is not *licensed*."""

    def permissions_are_licensed(change: Change) -> str | None:
        if not isinstance(change.after, Role):
            return None
        before = change.before.permissions if isinstance(change.before, Role) else frozenset()
        beyond = sorted(change.after.permissions - before - licensed)
        return f"this tenant's licence has no permission `{beyond[0]}`" if beyond else None

    return permissions_are_licensed


LIMITS: tuple[Limit, ...] = (
    a_tenant_is_one_place,
    *SHARED,
    nobody_is_suspended,
    names_stay,
    roles_are_lists_of_permissions,
    a_service_account_has_its_role_from_the_start,
    keys_stay_as_they_are,
)

FEATURE = "feature:"
OF_LICENCES: Mapping[str, Limit] = {
    "feature:custom-role": no_custom_roles,
    "feature:basic-rbac": no_other_role,
}
"""The limit of a tenant without the feature in its licence, by feature."""


def limits(features: frozenset[str]) -> tuple[Limit, ...]:
    """Return the limits of a tenant whose licence has *features*; without any, all limits."""
    if not features:
        return LIMITS
    missing = sorted(OF_LICENCES.keys() - features)
    return (*LIMITS, *(OF_LICENCES[name] for name in missing))
