"""What the three kinds of workspace access have in common: a role held, row by row."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar
from uuid import UUID

from ...backends.store.register import Held
from ...model import Address, Binding, Kind, Level, held
from ...planning import Change, leaver
from ...wire.prefect_cloud.access import WorkspaceActorAccessFilter
from ..auth import Place
from ..gate import Desk
from ..look import Look
from ..refusal import not_found, unprocessable
from . import roles
from .collection import among

S = TypeVar("S")

ROLE = "workspace_role_id"


def rows(look: Look, at: Place, kind: Kind) -> Iterator[Held]:
    """Yield what is held in the workspace by principals of *kind* who have come in."""
    for row in look.register.held_in(at.workspace(look).address):
        if row.principal.kind is kind and look.is_member(row.principal):
            yield row


def row(look: Look, at: Place, kind: Kind, id_: UUID) -> Held:
    """Return the row of this id.

    Raises:
        Refusal: there is none of this kind in the workspace.

    """
    for found in rows(look, at, kind):
        if found.id == id_:
            return found
    raise not_found()


def meets(look: Look, found: Held, asked: WorkspaceActorAccessFilter | None) -> bool:
    """Say whether a row is asked for."""
    return asked is None or (
        among(look.id(found.role), asked.workspace_role_id)
        and among(look.entry(found.principal).actor_id, asked.actor_id)
    )


Wanted = tuple[UUID, UUID]
"""Who is to hold what: the ids of a principal and of a role."""


def upserted(
    at: Place, kind: Kind, wanted: Sequence[Wanted], place: str, shown: Callable[[Look, Held], S]
) -> list[S]:
    """Let each principal hold its role in the workspace and no other; return the rows, in order.

    *place* is the field that names the principal.
    """

    def work(desk: Desk) -> list[S]:
        look, level = desk.look, Level.WORKSPACE
        scope = at.workspace(look).address
        asked = [
            (_principal(look, kind, who, place), roles.named(look, level, role, ROLE))
            for who, role in wanted
        ]
        desk.make(*(_set(look, scope, who, role) for who, role in dict(asked).items()))
        register = desk.look.register
        return [shown(desk.look, register.held_by(scope, who)[0]) for who, _ in asked]

    return at.write(work)


def _principal(look: Look, kind: Kind, id_: UUID, place: str) -> Address:
    found = look.register.find(kind, id_)
    if found is None or not look.is_member(found):
        raise unprocessable(f"there is no {kind} `{id_}` in this account", place)
    return found


def _set(look: Look, scope: Address, who: Address, role: Address) -> Change:
    return Change(look.state.binding(who, scope), Binding(who, scope, held(role)))


def removed(look: Look, found: Held) -> Change:
    """Return the change that takes away one row; other roles held there stay."""
    before = look.state.binding(found.principal, found.scope)
    assert before is not None, "the register names what is there"
    kept = frozenset(h for h in before.roles if h.role != found.role)
    return Change(before, Binding(found.principal, found.scope, kept) if kept else None)


def leaving(look: Look, change: Change) -> list[Change]:
    """Return the removal of who is in the account for the access alone that *change* takes."""
    user = leaver(change, look.state, look.catalogue)
    return [Change(user, None)] if user else []


def told(look: Look, found: Held) -> dict[str, Any]:
    """Return the fields that all rows have."""
    return {
        "id": found.id,
        "created": found.created,
        "updated": found.updated,
        "workspace_id": look.id(found.scope),
        "workspace_role_id": look.id(found.role),
    }
