"""Workspace access of users."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from ....backends.store.id_index import HeldRow
from ....model import Kind
from ....wire.prefect_cloud import access as wire
from ...auth import RequestScope, workspace
from ...directory.profiles import profile
from ...read_view import ReadView
from ..collection import WORKSPACE, collection, ordered, page
from ..users import meets
from . import rows as access

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
    body: Create | list[Create], at: Annotated[RequestScope, workspace()]
) -> Response | list[Response]:
    """Give users roles; one object is answered with one, a list with a list."""
    bodies = body if isinstance(body, list) else [body]
    wanted = [(each.user_id, each.workspace_role_id) for each in bodies]
    rows = access.upserted(at, Kind.USER, wanted, "user_id", shown)
    return rows if isinstance(body, list) else rows[0]


@router.post("/filter")
def read_user_accesses(
    at: Annotated[RequestScope, workspace(SEE)], body: wire.ReadWorkspaceUserAccesses | None = None
) -> list[Response]:
    """List what users hold themselves."""
    asked = body or wire.ReadWorkspaceUserAccesses()
    with at.view() as view:
        found = [
            shown(view, row)
            for row in access.rows(view, at, Kind.USER)
            if access.meets(view, row, asked.workspace_accesses)
            and meets(view, row.principal, asked.users)
        ]
        return page(ordered(found, asked.sort, SORTS), asked)


@router.get("/{id}")
def read_user_access(id: UUID, at: Annotated[RequestScope, workspace(SEE)]) -> Response:  # noqa: A002
    """Read one row."""
    with at.view() as view:
        return shown(view, access.row(view, at, Kind.USER, id))


@router.delete("/{id}", status_code=204)
def delete_user_access(id: UUID, at: Annotated[RequestScope, workspace()]) -> None:  # noqa: A002
    """Take away what one row says; whoever was in the account for it alone leaves."""
    access.revoke(at, Kind.USER, id)


def shown(view: ReadView, row: HeldRow) -> Response:
    """Return a row as the API shows it."""
    entry, person = view.entry(row.principal), profile(view, row.principal)
    return Response(
        **access.told(view, row),
        actor_id=entry.actor_id,
        user_id=entry.id,
        first_name=person.first_name,
        last_name=person.last_name,
        email=person.email,
        handle=person.handle,
    )
