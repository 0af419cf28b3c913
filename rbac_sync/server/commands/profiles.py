"""Profiles and settings of the caller, the account and workspaces; they have no effect on access.

The face checks whether the caller may change those of an account or workspace.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from ...audit.events import DOMAINS_CHANGED, PROFILE_CHANGED, SETTINGS_CHANGED
from ...model import ACCOUNT, Address, Kind, User
from ...model.address import folded
from ...planning import Change
from ..directory.profiles import (
    ACCOUNT_PROFILE,
    ACCOUNT_SETTINGS,
    ADDRESSES,
    DOMAIN,
    KIND,
    PLACE,
    WORKSPACE_SETTINGS,
    position,
    profile,
)
from ..guarded_store import WriteTransaction
from ..limits import check_name
from ..read_view import ReadView
from ..refusals import Conflict, NotAllowed

Fields = Mapping[str, Any]
"""The fields of a profile or of settings that a request replaces; the others stay."""

NO_PROFILE = "a service account has no names and settings"
NEW_EMAIL = "the e-mail address is changed by inviting the new one"
HANDLE_STAYS = "an account's handle is part of its audit trail and does not change"
NOT_ENFORCED = "this server does not enforce a list of addresses: set one up in front of it"


def update_profile(
    transaction: WriteTransaction,
    fields: Fields,
    email: str | None = None,
    remark: str = PROFILE_CHANGED,
) -> None:
    """Replace *fields* of the caller's profile; of *email*, the identity, only the case.

    Raises:
        Refusal: the caller is no user, the handle is taken, or the e-mail address is another.
    """
    view, caller = transaction.view, transaction.view.caller
    user = view.state.get(caller)
    if not isinstance(user, User):
        raise NotAllowed(NO_PROFILE)
    if email is not None and folded(email) != caller.key:
        raise NotAllowed(NEW_EMAIL)
    handle = fields.get("handle")
    if handle is not None and handle in _handles_of_others(view):
        raise Conflict(f"the handle `{handle}` is taken")
    _merge(transaction, KIND, caller, fields, remark)
    if email not in (None, user.email):
        transaction.make_own(Change(user, replace(user, email=email)))


def update_account_profile(
    transaction: WriteTransaction,
    fields: Fields,
    handle: str | None = None,
    remark: str = PROFILE_CHANGED,
) -> None:
    """Replace *fields* of the account's profile; a given *handle* has to be the present one.

    Raises:
        Refusal: it is another handle.
    """
    if handle not in (None, transaction.view.handle):
        raise Conflict(HANDLE_STAYS)
    _merge(transaction, ACCOUNT_PROFILE, ACCOUNT, fields, remark)


def update_account_settings(transaction: WriteTransaction, fields: Fields) -> None:
    """Replace *fields* of the account's settings.

    Raises:
        Refusal: they switch on the list of addresses, which is not enforced here.
    """
    if fields.get("enforce_ip_allowlist"):
        raise NotAllowed(NOT_ENFORCED)
    _merge(transaction, ACCOUNT_SETTINGS, ACCOUNT, fields, SETTINGS_CHANGED)


def update_workspace_settings(
    transaction: WriteTransaction, workspace: Address, fields: Fields
) -> None:
    """Replace *fields* of the settings of *workspace*."""
    _merge(transaction, WORKSPACE_SETTINGS, workspace, fields, SETTINGS_CHANGED)


def set_domains(transaction: WriteTransaction, names: Iterable[str]) -> None:
    """Replace the domains of the account, in this order; unchanged ones keep their ids."""
    known = {domain.name: domain for domain in transaction.documents.of(DOMAIN)}
    domains = dict.fromkeys(names)
    for domain in domains:
        check_name(domain, "domain_names")
    for name in known.keys() - domains.keys():
        transaction.documents.delete(known[name])
    for place, name in enumerate(domains):
        content = {PLACE: place}
        if name not in known:
            transaction.documents.add(DOMAIN, ACCOUNT, name, content)
        elif known[name].content != content:
            transaction.documents.put(replace(known[name], content=content))
    if [*domains] != sorted(known, key=lambda name: position(known[name])):
        transaction.remark(ACCOUNT, DOMAINS_CHANGED)


def set_ip_allowlist(transaction: WriteTransaction, content: Fields) -> None:
    """Replace the list of addresses of the account, which is stored and not enforced."""
    transaction.documents.set(ADDRESSES, ACCOUNT, content)


def _handles_of_others(view: ReadView) -> set[str]:
    users = [entry.address for entry in view.all(Kind.USER) if entry.address != view.caller]
    view.expect(users)
    return {profile(view, user).handle for user in users}


def _merge(
    transaction: WriteTransaction, kind: str, owner: Address, fields: Fields, remark: str
) -> None:
    document = transaction.documents.named(kind, owner)
    kept = document.content if document else {}
    transaction.documents.set(kind, owner, {**kept, **fields})
    if kept != {**kept, **fields}:
        transaction.remark(owner, remark)
