"""Workspaces: create, change and delete one, and its default role."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace
from typing import TypedDict, Unpack

from ...model import EVERYONE, Address, Binding, Holding, Workspace
from ...planning import Change
from ..guarded_store import WriteTransaction, renamed
from ..read_view import ReadView


class WorkspaceEdit(TypedDict, total=False):
    """The fields of a workspace that a request replaces; the others stay."""

    name: str
    handle: str
    description: str


def create_workspace(transaction: WriteTransaction, workspace: Workspace) -> Workspace:
    """Create *workspace*.

    Raises:
        Refusal: the guard refuses it, or there is a workspace of that handle.

    """
    transaction.make(Change(None, workspace))
    return workspace


def update_workspace(
    transaction: WriteTransaction,
    workspace: Workspace,
    default_roles: Collection[Address] | None = None,
    **edit: Unpack[WorkspaceEdit],
) -> Workspace:
    """Replace fields of *workspace*, and its default roles unless they are None; empty: none.

    A change of default roles alone does not require the permission to update workspaces.

    Raises:
        Refusal: the guard refuses it.

    """
    after = replace(workspace, **edit)
    changes: list[Change] = []
    if default_roles is not None:
        changes += _defaults(transaction.view, workspace, after, default_roles)
    if workspace != after or not changes:
        changes = [*renamed(Change(workspace, after)), *changes]
    transaction.make(*changes)
    return after


def delete_workspace(transaction: WriteTransaction, workspace: Workspace) -> None:
    """Delete *workspace* with all access to it.

    Raises:
        Refusal: the guard refuses it.

    """
    transaction.make(Change(workspace, None))


def _defaults(
    view: ReadView, before: Workspace, after: Workspace, roles: Collection[Address]
) -> Iterator[Change]:
    """Yield the change of the default roles, under the new handle of the workspace."""
    binding = view.state.binding(EVERYONE, before.address)
    moved = replace(binding, scope=after.address) if binding else None
    if roles:
        yield Change(moved, Binding(EVERYONE, after.address, frozenset(map(Holding, roles))))
    elif moved:
        yield Change(moved, None)
