"""Roles, teams, workspaces and service accounts: create, change and delete one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeVar

from ...model import Binding, Resource
from ...planning import Change
from ...planning.renames import named_like
from ..guarded_store import WriteTransaction

R = TypeVar("R", bound=Resource)


def create(transaction: WriteTransaction, resource: R, *brings: Binding) -> R:
    """Create *resource*, with the bindings that it *brings*.

    Raises:
        Refusal: the guard refuses it, or there is one of that name.
    """
    transaction.make(Change(None, resource, brings=brings))
    return resource


def update(transaction: WriteTransaction, before: Resource, after: R) -> R:
    """Replace *before* by *after*; its holdings stay when it is renamed.

    Raises:
        Refusal: the guard refuses it, such as more permissions than the caller can hand out.
    """
    transaction.make(*renamed(Change(before, after)))
    return after


def delete(transaction: WriteTransaction, resource: Resource) -> None:
    """Delete *resource* with all its holdings and keys, and all access to it.

    Raises:
        Refusal: it is built in or in use, or the guard refuses it.
    """
    transaction.make(Change(resource, None))


def renamed(change: Change) -> Iterator[Change]:
    """Yield *change* in two parts: first the rename, then the other differences.

    *Why*: a rename keeps all holdings, and the rules find new things by address.
    """
    before, after = change.before, change.after
    if before is None or after is None or before.address == after.address:
        yield change
        return
    moved = named_like(before, after)
    yield Change(before, moved)
    if moved != after:
        yield Change(moved, after)
