"""The rows of workspace access that users, service accounts and teams share."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar
from uuid import UUID

from ....backends.store.id_index import HeldRow
from ....model import Address, Binding, Kind, Level, held
from ....planning import Change, leaver
from ....wire.prefect_cloud.access import WorkspaceActorAccessFilter
from ...auth import RequestScope
from ...directory import roles
from ...guarded_store import WriteTransaction
from ...matching import among
from ...read_view import ReadView
from ...refusals import not_found, unprocessable

S = TypeVar("S")

ROLE = "workspace_role_id"


def rows(view: ReadView, at: RequestScope, kind: Kind) -> Iterator[HeldRow]:
    """Yield what is held in the workspace by principals of *kind* who have come in."""
    for row in view.register.held_in(at.workspace(view).address):
        if row.principal.kind is kind and view.is_member(row.principal):
            yield row


def row(view: ReadView, at: RequestScope, kind: Kind, id_: UUID) -> HeldRow:
    """Return the row of this id.

    Raises:
        Refusal: there is none of this kind in the workspace.

    """
    for found in rows(view, at, kind):
        if found.id == id_:
            return found
    raise not_found()


def meets(view: ReadView, found: HeldRow, asked: WorkspaceActorAccessFilter | None) -> bool:
    """Say whether a row is asked for."""
    return asked is None or (
        among(view.id(found.role), asked.workspace_role_id)
        and among(view.entry(found.principal).actor_id, asked.actor_id)
    )


Wanted = tuple[UUID, UUID]
"""Who is to hold what: the ids of a principal and of a role."""


def upserted(
    at: RequestScope,
    kind: Kind,
    wanted: Sequence[Wanted],
    place: str,
    shown: Callable[[ReadView, HeldRow], S],
) -> list[S]:
    """Let each principal hold its role in the workspace and no other; return the rows, in order.

    *place* is the field that names the principal.
    """

    def work(transaction: WriteTransaction) -> list[S]:
        view, level = transaction.view, Level.WORKSPACE
        scope = at.workspace(view).address
        asked = [
            (_principal(view, kind, who, place), roles.named(view, level, role, ROLE))
            for who, role in wanted
        ]
        transaction.make(*(_set(view, scope, who, role) for who, role in dict(asked).items()))
        register = transaction.view.register
        return [shown(transaction.view, register.held_by(scope, who)[0]) for who, _ in asked]

    return at.write(work)


def _principal(view: ReadView, kind: Kind, id_: UUID, place: str) -> Address:
    found = view.register.find(kind, id_)
    if found is None or not view.is_member(found):
        raise unprocessable(f"there is no {kind} `{id_}` in this account", place)
    return found


def _set(view: ReadView, scope: Address, who: Address, role: Address) -> Change:
    return Change(view.state.binding(who, scope), Binding(who, scope, held(role)))


def removed(view: ReadView, found: HeldRow) -> Change:
    """Return the change that takes away one row; other roles held there stay."""
    before = view.state.binding(found.principal, found.scope)
    assert before is not None, "the register names what is there"
    kept = frozenset(h for h in before.roles if h.role != found.role)
    return Change(before, Binding(found.principal, found.scope, kept) if kept else None)


def leaving(view: ReadView, change: Change) -> list[Change]:
    """Return the removal of who is in the account for the access alone that *change* takes."""
    user = leaver(change, view.state, view.catalogue)
    return [Change(user, None)] if user else []


def told(view: ReadView, found: HeldRow) -> dict[str, Any]:
    """Return the fields that all rows have."""
    return {
        "id": found.id,
        "created": found.created,
        "updated": found.updated,
        "workspace_id": view.id(found.scope),
        "workspace_role_id": view.id(found.role),
    }
