"""The limits of Prefect Cloud: changes that it cannot make, reported before the first write."""

from __future__ import annotations

from collections.abc import Mapping
from typing import assert_never

from ...model import (
    Binding,
    Key,
    Kind,
    ObjectAccess,
    Resource,
    Role,
    ServiceAccount,
    Team,
    User,
    Workspace,
)
from ...planning import Change, Limit
from ...wire.prefect_cloud.shapes import FORM, HANDLE, LONGEST_DESCRIPTION, LONGEST_NAME
from ..limits import SHARED, no_custom_account_roles
from .naming import KEY


def one_key_per_service_account(change: Change) -> str | None:
    """A service account has one key, and nobody can name it."""
    after = change.after
    if isinstance(after, Key) and after.owner.kind is Kind.SERVICE_ACCOUNT and after.name != KEY:
        return f"a service account has one key here, called `{KEY}`; declare it as `keys.{KEY}`"
    if after is None and isinstance(change.before, Key) and change.before.name == KEY:
        return "a service account always has an active key here; give it another `until`"
    return None


def invitations_enter_no_teams(change: Change) -> str | None:
    """A person enters a team only after they accepted the invitation."""
    if change.joins or any(b.scope.kind is Kind.WORKSPACE for b in change.brings):
        return "an invitation brings an account role and nothing else here"
    return None


def directories_are_tied_elsewhere(change: Change) -> str | None:
    """The directory that manages a team is set in the service itself."""
    before, after = change.before, change.after
    was = before.managed_by if isinstance(before, Team) else ""
    if isinstance(after, Team) and after.managed_by != was:
        return "a team is tied to a directory in the service itself"
    return None


def workspaces_are_published_elsewhere(change: Change) -> str | None:
    """The API does not write whether a workspace is public."""
    before, after = change.before, change.after
    was = before.public if isinstance(before, Workspace) else False
    if isinstance(after, Workspace) and after.public is not was:
        return "whether a workspace is public cannot be written here"
    return None


def workspace_roles_imply_nothing(change: Change) -> str | None:
    """Only built-in account roles include roles in workspaces."""
    if isinstance(change.after, Role) and change.after.implies:
        return "a workspace role implies no other; give it a `base`"
    return None


def handles_are_plain(change: Change) -> str | None:
    """A new or renamed workspace has a handle of the form that the service accepts."""
    before, after = change.before, change.after
    was = before.handle if isinstance(before, Workspace) else ""
    if isinstance(after, Workspace) and after.handle != was and not HANDLE.fullmatch(after.handle):
        return f"{FORM} here"
    return None


def texts_are_bounded(change: Change) -> str | None:
    """The lengths that the API accepts."""
    after = change.after
    if isinstance(after, Role) and len(after.description) > LONGEST_DESCRIPTION:
        return f"a role's description has at most {LONGEST_DESCRIPTION} characters here"
    if any(len(text) > LONGEST_NAME for text in _texts(after)):
        return f"names and descriptions have at most {LONGEST_NAME} characters here"
    return None


def _texts(resource: Resource | None) -> tuple[str, ...]:
    match resource:
        case Role() | ServiceAccount():
            return (resource.name,)
        case Team():
            return resource.name, resource.description
        case Workspace():
            return resource.handle, resource.name, resource.description
        case User() | Key() | Binding() | ObjectAccess() | None:
            return ()
    assert_never(resource)


def no_custom_roles(change: Change) -> str | None:
    """The subscription has no custom roles; an existing one may be deleted."""
    if change.address.kind is Kind.ROLE and change.after:
        return "this account's plan has no custom roles"
    return None


def no_teams(change: Change) -> str | None:
    """The subscription has no teams; an existing one may be deleted."""
    if change.address.kind is Kind.TEAM and change.after:
        return "this account's plan has no teams"
    return None


LIMITS: tuple[Limit, ...] = (
    *SHARED,
    no_custom_account_roles,
    one_key_per_service_account,
    invitations_enter_no_teams,
    directories_are_tied_elsewhere,
    workspaces_are_published_elsewhere,
    workspace_roles_imply_nothing,
    handles_are_plain,
    texts_are_bounded,
)

OF_PLANS: Mapping[str, Limit] = {"custom-roles": no_custom_roles, "teams": no_teams}
"""The limit of an account without the feature, by feature."""

KNOWN = frozenset({*OF_PLANS, "audit-trail"})
"""The names of features in ``rbac-sync serve``; those of the service are not published.

If no feature of an account has one of these names, a missing feature is no
limit: the service itself refuses the change.
"""


def limits(features: frozenset[str]) -> tuple[Limit, ...]:
    """Return the limits of an account whose plan has *features*."""
    if features and features.isdisjoint(KNOWN):
        return LIMITS
    missing = sorted(OF_PLANS.keys() - features)
    return (*LIMITS, *(OF_PLANS[name] for name in missing))
