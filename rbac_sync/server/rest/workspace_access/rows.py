"""The rows of workspace access that users, service accounts and teams share."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar
from uuid import UUID

from ....backends.store.id_index import HeldRow
from ....model import Address, Kind, Level
from ....wire.prefect_cloud.access import WorkspaceActorAccessFilter
from ...auth import RequestScope
from ...commands.bindings import revoke_role, set_roles
from ...directory import roles
from ...guarded_store import WriteTransaction
from ...matching import among
from ...read_view import ReadView
from ...refusals import not_found, unprocessable

S = TypeVar("S")

ROLE = "workspace_role_id"


def rows(view: ReadView, at: RequestScope, kind: Kind) -> Iterator[HeldRow]:
    """Yield the rows of the workspace with principals of *kind*, without pending users."""
    held = view.register.held_in(at.workspace(view).address)
    view.expect([row.principal for row in held])
    for row in held:
        if row.principal.kind is kind and view.is_member(row.principal):
            yield row


def row(view: ReadView, at: RequestScope, kind: Kind, id_: UUID) -> HeldRow:
    """Return the row of this id.

    Raises:
        Refusal: the workspace has no such row of this kind.

    """
    held = view.register.row(at.workspace(view).address, id_)
    if held is None or held.principal.kind is not kind or not view.is_member(held.principal):
        raise not_found()
    return held


def meets(view: ReadView, held: HeldRow, where: WorkspaceActorAccessFilter | None) -> bool:
    """Say whether a row meets a filter."""
    return where is None or (
        among(view.id(held.role), where.workspace_role_id)
        and among(view.entry(held.principal).actor_id, where.actor_id)
    )


RolePair = tuple[UUID, UUID]
"""The ids of a principal and of its new role."""


def upserted(
    at: RequestScope,
    kind: Kind,
    ids: Sequence[RolePair],
    place: str,
    to_response: Callable[[ReadView, HeldRow], S],
) -> list[S]:
    """Set the role of each principal in the workspace; return the rows, in order.

    *place* is the field that names the principal.
    """

    def work(transaction: WriteTransaction) -> list[S]:
        view, level = transaction.view, Level.WORKSPACE
        scope = at.workspace(view).address
        pairs = [
            (_principal(view, kind, who, place), roles.named(view, level, role, ROLE))
            for who, role in ids
        ]
        set_roles(transaction, scope, dict(pairs))
        register = transaction.view.register
        return [to_response(transaction.view, register.held_by(scope, who)[0]) for who, _ in pairs]

    return at.write(work)


def _principal(view: ReadView, kind: Kind, id_: UUID, place: str) -> Address:
    principal = view.register.find(kind, id_)
    if principal is None or not view.is_member(principal):
        raise unprocessable(f"there is no {kind} `{id_}` in this account", place)
    return principal


def revoke(at: RequestScope, kind: Kind, id_: UUID) -> None:
    """Revoke the role of one row.

    Raises:
        Refusal: there is no such row, or the guard refuses its removal.

    """

    def work(transaction: WriteTransaction) -> None:
        held = row(transaction.view, at, kind, id_)
        revoke_role(transaction, held.principal, held.scope, held.role)

    at.write(work)


def common_fields(view: ReadView, held: HeldRow) -> dict[str, Any]:
    """Return the fields that all rows have."""
    return {
        "id": held.id,
        "created": held.created,
        "updated": held.updated,
        "workspace_id": view.id(held.scope),
        "workspace_role_id": view.id(held.role),
    }
