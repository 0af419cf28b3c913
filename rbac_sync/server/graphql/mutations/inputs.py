"""The decoding of mutation inputs: ids and names to things.

What is not there and what is not for the caller are one and the same fault.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from ....backends.store.id_index import HeldRow
from ....model import ACCOUNT, Address, Level, Permission, Permissions, ServiceAccount
from ...directory.permissions import PermissionRefused, known
from ...read_view import ReadView
from ...refusals import Conflict
from .. import ids
from ..fault import GraphQLFault, failed, unauthorized

DONE: Mapping[str, Any] = {"success": True}
"""The payload of what has been done and made nothing."""

MOST = 255
"""Characters of a name, as in a configuration: it stands in the audit trail for good."""

LARGEST = 2**16
"""Bytes of settings. *Why*: everybody's are read whenever anybody's name is shown."""

NOT_UNIQUE = "Uniqueness violation."


def text(arguments: Mapping[str, Any], name: str) -> str:
    """Return what an input says for *name*."""
    value = str(arguments[name])
    if len(value) > MOST:
        raise failed(f"The {name} is longer than {MOST} characters.")
    return value


def settings(arguments: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return what an input says for settings: none count as empty ones."""
    values: Mapping[str, Any] = arguments.get("settings") or {}
    if len(json.dumps(values)) > LARGEST:
        raise failed(f"The settings are larger than {LARGEST >> 10} KiB.")
    return values


def role(view: ReadView, arguments: Mapping[str, Any]) -> Address | None:
    """Return the role that an input names by its id or, without one, by its name; None: neither."""
    if (id_ := arguments.get("role_id")) is not None:
        address = ids.role(view, id_)
        if address is None:
            raise invalid("role")
        return address
    name = arguments.get("role")
    return view.catalogue.builtin(Level.ACCOUNT, name) if name else None


def some_role(view: ReadView, arguments: Mapping[str, Any]) -> Address:
    """Return the role that an input names, which has to name one."""
    address = role(view, arguments)
    if address is None:
        raise failed("Must provide either role or role_id.")
    return address


def membership(view: ReadView, id_: UUID) -> HeldRow:
    """Return the membership of this tenant with this id."""
    row = ids.membership(view, id_)
    if row is None:
        raise invalid("membership")
    return row


def service_account(view: ReadView, id_: UUID) -> ServiceAccount:
    """Return the service account of this tenant with this id."""
    address = ids.principal(view, id_)
    resource = view.state.get(address) if address else None
    if not isinstance(resource, ServiceAccount):
        raise invalid("user")
    return resource


def permissions(view: ReadView, names: Iterable[str]) -> Permissions:
    """Return permissions that a custom role may hold."""
    try:
        return known(view, Level.ACCOUNT, names)
    except PermissionRefused as refusal:
        raise failed(f'Invalid permission: "{refusal.permission}".') from None


def here(view: ReadView, id_: UUID | None) -> None:
    """Check that an input that names a tenant names the one selected."""
    if id_ not in (None, view.account_id):
        raise unauthorized("another tenant than the one selected is named")


def holds(view: ReadView, permission: str) -> None:
    """Check that the caller holds *permission*, for what is no change of access."""
    if Permission(permission) not in view.may():
        raise unauthorized(f"this takes `{permission}`")


def holds_ever(view: ReadView, permission: str) -> None:
    """Check that the caller's roles give *permission*, before their terms, in them or after.

    *Why*: whoever has access that has ended, or has not begun, still revokes keys of their own.
    """
    prospects = view.access.prospects(view.caller)
    if not prospects.mask(ACCOUNT) & view.access.alphabet.mask([Permission(permission)]):
        raise unauthorized(f"this takes `{permission}`")


def invalid(what: str) -> GraphQLFault:
    """Return the fault of an id that names nothing here."""
    return failed(f"Invalid {what} id.")


@contextmanager
def conflict(message: str) -> Iterator[None]:
    """Say *message* of what contradicts what is there."""
    try:
        yield
    except Conflict:
        raise failed(message) from None
