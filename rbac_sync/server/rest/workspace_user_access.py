"""Workspace access of users."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from ...backends.store.register import Held
from ...model import Kind
from ...wire.prefect_cloud import access as wire
from ..auth import Place, workspace
from ..gate import Desk
from ..look import Look
from . import access
from .collection import WORKSPACE, collection, ordered, page
from .profiles import meant, profile

router = collection(f"{WORKSPACE}/user_access", "Workspace User Access")

SEE = "see_workspace_users"
Create = wire.WorkspaceUserAccessCreate
Response = wire.WorkspaceUserAccessResponse
SORTS = {
    "CREATED": lambda row: row.created,
    "NAME": lambda row: f"{row.first_name} {row.last_name}".casefold(),
    "EMAIL": lambda row: row.email.casefold(),
    "HANDLE": lambda row: row.handle.casefold(),
}


@router.post("/")
def upsert_user_access(
    body: Create | list[Create], at: Annotated[Place, workspace()]
) -> Response | list[Response]:
    """Give users roles; one object is answered with one, a list with a list."""
    bodies = body if isinstance(body, list) else [body]
    wanted = [(each.user_id, each.workspace_role_id) for each in bodies]
    rows = access.upserted(at, Kind.USER, wanted, "user_id", shown)
    return rows if isinstance(body, list) else rows[0]


@router.post("/filter")
def read_user_accesses(
    at: Annotated[Place, workspace(SEE)], body: wire.ReadWorkspaceUserAccesses | None = None
) -> list[Response]:
    """List what users hold themselves."""
    asked = body or wire.ReadWorkspaceUserAccesses()
    with at.look() as look:
        found = [
            shown(look, row)
            for row in access.rows(look, at, Kind.USER)
            if access.meets(look, row, asked.workspace_accesses)
            and meant(look, row.principal, asked.users)
        ]
        return page(ordered(found, asked.sort, SORTS), asked)


@router.get("/{id}")
def read_user_access(id: UUID, at: Annotated[Place, workspace(SEE)]) -> Response:  # noqa: A002
    """Read one row."""
    with at.look() as look:
        return shown(look, access.row(look, at, Kind.USER, id))


@router.delete("/{id}", status_code=204)
def delete_user_access(id: UUID, at: Annotated[Place, workspace()]) -> None:  # noqa: A002
    """Take away what one row says; whoever was in the account for it alone leaves."""

    def work(desk: Desk) -> None:
        change = access.removed(desk.look, access.row(desk.look, at, Kind.USER, id))
        leaving = access.leaving(desk.look, change)
        desk.make(change)
        desk.make_own(*leaving)

    at.write(work)


def shown(look: Look, row: Held) -> Response:
    """Return a row as the API shows it."""
    entry, person = look.entry(row.principal), profile(look, row.principal)
    return Response(
        **access.told(look, row),
        actor_id=entry.actor_id,
        user_id=entry.id,
        first_name=person.first_name,
        last_name=person.last_name,
        email=person.email,
        handle=person.handle,
    )
