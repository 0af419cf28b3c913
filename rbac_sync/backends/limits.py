"""Limits of several backends; each returns the reason why a change is impossible, or None."""

from __future__ import annotations

from collections.abc import Iterator

from ..model import (
    ACCOUNT,
    Action,
    Binding,
    Holding,
    Key,
    Kind,
    Membership,
    Role,
    ServiceAccount,
    Status,
    Team,
    User,
    label,
)
from ..model.resources import Level
from ..planning import Change, Limit


def one_role_per_scope(change: Change) -> str | None:
    """A principal has one role in one scope."""
    for binding in _bindings(change):
        if len(binding.roles) != 1:
            who = label(binding.principal)
            return f"`{who}` can hold one role in a place here, not {len(binding.roles)}"
    return None


def members_keep_an_account_role(change: Change) -> str | None:
    """Every member has an account role."""
    before = change.before
    if isinstance(before, Binding) and change.after is None and before.scope == ACCOUNT:
        return "every member has an account role; to take it away, remove the member"
    return None


def no_terms(change: Change) -> str | None:
    """The service has no terms of holdings."""
    if any(term.since or term.until for term in _terms(change)):
        return f"the service keeps no `from` or `until` for `{change.address}`"
    return None


def no_custom_account_roles(change: Change) -> str | None:
    """The roles of the account are fixed."""
    if isinstance(change.resource, Role) and change.resource.level is Level.ACCOUNT:
        return "account roles cannot be made or changed here"
    return None


def no_descriptions_of_service_accounts(change: Change) -> str | None:
    """A service account has a name and no description."""
    if isinstance(change.after, ServiceAccount) and change.after.description:
        return "service accounts have no description here"
    return None


def keys_of_people_are_their_own(change: Change) -> str | None:
    """Only a user can create keys of that user."""
    if isinstance(change.after, Key) and change.after.owner.kind is not Kind.SERVICE_ACCOUNT:
        return "only people themselves make keys of their own here"
    return None


def invitations_end_as_the_service_says(change: Change) -> str | None:
    """The end of an invitation cannot be chosen."""
    before, after = change.before, change.after
    if isinstance(after, User) and after.expires != getattr(before, "expires", None):
        return "the service itself sets the end of an invitation"
    return None


def only_the_invited_accept(change: Change) -> str | None:
    """A pending user becomes active only by accepting, and an active one never pending."""
    before, after = change.before, change.after
    if not isinstance(after, User):
        return None
    if before is None and after.status is not Status.PENDING:
        return "people join by invitation here"
    was = getattr(before, "status", Status.PENDING)
    if (was is Status.PENDING) is not (after.status is Status.PENDING):
        return "only the invited can accept an invitation"
    return None


def addresses_are_their_owners(change: Change) -> str | None:
    """Only a member can change the member's e-mail address."""
    before, after = change.before, change.after
    if change.action is not Action.UPDATE or not isinstance(before, User):
        return None
    if isinstance(after, User) and after.email != before.email:
        return "only people themselves change how their e-mail address is written"
    return None


def _bindings(change: Change) -> Iterator[Binding]:
    if isinstance(change.after, Binding):
        yield change.after
    yield from change.brings


def _terms(change: Change) -> Iterator[Holding | Membership]:
    for binding in _bindings(change):
        yield from binding.roles
    if isinstance(change.after, Team):
        yield from change.after.members


SHARED: tuple[Limit, ...] = (
    one_role_per_scope,
    members_keep_an_account_role,
    no_terms,
    no_descriptions_of_service_accounts,
    keys_of_people_are_their_own,
    invitations_end_as_the_service_says,
    only_the_invited_accept,
    addresses_are_their_owners,
)
"""The limits of every service of Prefect."""
