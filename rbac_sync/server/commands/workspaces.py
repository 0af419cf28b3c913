"""Workspaces: change one and its default roles."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace

from ...model import EVERYONE, Address, Binding, Holding, Workspace
from ...planning import Change
from ..guarded_store import WriteTransaction
from ..read_view import ReadView
from .bindings import assignment
from .resources import renamed


def update_workspace(
    transaction: WriteTransaction,
    before: Workspace,
    after: Workspace,
    default_roles: Collection[Address] | None = None,
) -> Workspace:
    """Replace *before* by *after*, and its default roles unless they are None; empty: none.

    A change of default roles alone does not require the permission to update workspaces.
    """
    changes: list[Change] = []
    if default_roles is not None:
        changes += _defaults(transaction.view, before, after, default_roles)
    if before != after or not changes:
        changes = [*renamed(Change(before, after)), *changes]
    transaction.make(*changes)
    return after


def _defaults(
    view: ReadView, before: Workspace, after: Workspace, roles: Collection[Address]
) -> Iterator[Change]:
    """Yield the change of the default roles, under the new handle of the workspace."""
    binding = view.state.binding(EVERYONE, before.address)
    moved = replace(binding, scope=after.address) if binding else None
    if roles:
        holdings = frozenset(map(Holding, roles))
        yield assignment(view, moved, Binding(EVERYONE, after.address, holdings))
    elif moved:
        yield Change(moved, None)
