"""Mutations as functions of a view or a transaction, and the decoding of their inputs.

A missing resource and one that the caller may not see have the same fault.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import wraps
from typing import Any, TypeVar
from uuid import UUID

from ....model import ACCOUNT, Address, Level, Permission, Permissions
from ...directory.roles import PermissionRefused, known
from ...guarded_store import WriteTransaction
from ...read_view import ReadView
from ...refusals import Conflict, lacking
from .. import ids
from ..fault import GraphQLFault, failed, unauthorized
from ..request_context import RequestContext

Arguments = Mapping[str, Any]
"""The coerced ``input`` of a mutation."""

Payload = Mapping[str, Any]
Mutation = Callable[[RequestContext, Arguments], Payload]

T = TypeVar("T")

DONE: Payload = {"success": True}
"""The payload of a mutation that creates nothing."""

MOST = 255
"""The most characters of a name, as in a configuration: the audit trail keeps it for good."""

LARGEST = 2**16
"""The most bytes of settings. *Why*: those of all users are read to show the name of one."""

NOT_UNIQUE = "Uniqueness violation."


def reads(work: Callable[[ReadView, Arguments], Payload]) -> Mutation:
    """Return the mutation that does *work* on the view of the selected tenant, for a refusal."""

    @wraps(work)
    def mutation(context: RequestContext, arguments: Arguments) -> Payload:
        return work(context.here, arguments)

    return mutation


def writes(
    permission: str = "",
) -> Callable[[Callable[[WriteTransaction, Arguments], Payload]], Mutation]:
    """Return a decorator of work in one transaction, which requires *permission* if it is given."""

    def decorate(work: Callable[[WriteTransaction, Arguments], Payload]) -> Mutation:
        @wraps(work)
        def mutation(context: RequestContext, arguments: Arguments) -> Payload:
            def permitted(transaction: WriteTransaction) -> Payload:
                if permission:
                    holds(transaction.view, permission)
                return work(transaction, arguments)

            return context.write(permitted)

        return mutation

    return decorate


def text(arguments: Arguments, name: str) -> str:
    """Return the text in the field *name* of an input."""
    value = str(arguments[name])
    if len(value) > MOST:
        raise failed(f"The {name} is longer than {MOST} characters.")
    return value


def settings(arguments: Arguments) -> Mapping[str, Any]:
    """Return the settings in an input; missing ones are empty."""
    values: Mapping[str, Any] = arguments.get("settings") or {}
    if len(json.dumps(values)) > LARGEST:
        raise failed(f"The settings are larger than {LARGEST >> 10} KiB.")
    return values


def existing(thing: T | None, noun: str) -> T:
    """Return *thing*; if it is None, raise the fault of an id that no resource has."""
    if thing is None:
        raise invalid(noun)
    return thing


def role(view: ReadView, arguments: Arguments) -> Address | None:
    """Return the role of an input, by its id or, without one, its name; None without both."""
    if (id_ := arguments.get("role_id")) is not None:
        return existing(ids.role(view, id_), "role")
    name = arguments.get("role")
    return view.catalogue.builtin(Level.ACCOUNT, name) if name else None


def some_role(view: ReadView, arguments: Arguments) -> Address:
    """Return the role of an input, which must name one."""
    address = role(view, arguments)
    if address is None:
        raise failed("Must provide either role or role_id.")
    return address


def permissions(view: ReadView, names: Iterable[str]) -> Permissions:
    """Return permissions that a custom role may hold."""
    try:
        return known(view, Level.ACCOUNT, names)
    except PermissionRefused as refusal:
        raise failed(f'Invalid permission: "{refusal.permission}".') from None


def here(view: ReadView, id_: UUID | None) -> None:
    """Check that a tenant in an input is the selected one."""
    if id_ not in (None, view.account_id):
        raise unauthorized("another tenant than the one selected is named")


def holds(view: ReadView, permission: str) -> None:
    """Check that the caller has *permission*, for an action that does not change access."""
    if Permission(permission) not in view.may():
        raise unauthorized(lacking(permission))


def holds_ever(view: ReadView, permission: str) -> None:
    """Check that the roles of the caller give *permission*, before, in or after their terms.

    *Why*: a user whose access has ended, or has not begun, can still revoke their own keys.
    """
    prospects = view.access.prospects(view.caller)
    if not prospects.mask(ACCOUNT) & view.access.alphabet.mask([Permission(permission)]):
        raise unauthorized(lacking(permission))


def invalid(noun: str) -> GraphQLFault:
    """Return the fault of an id that no resource has."""
    return failed(f"Invalid {noun} id.")


@contextmanager
def conflict(message: str) -> Iterator[None]:
    """Replace a ``Conflict`` inside by a fault with *message*."""
    try:
        yield
    except Conflict:
        raise failed(message) from None
