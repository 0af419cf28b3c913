"""Workspace access of service accounts."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from ....backends.store.id_index import HeldRow
from ....model import Kind
from ....wire.prefect_cloud import access as wire
from ...auth import RequestScope, workspace
from ...read_view import ReadView
from ..bots import meant
from ..collection import WORKSPACE, collection, ordered, page
from . import rows as access

router = collection(f"{WORKSPACE}/bot_access", "Workspace Bot Access")

SEE = "see_workspace_service_accounts"
BOT = Kind.SERVICE_ACCOUNT
Create = wire.WorkspaceBotAccessCreate
Response = wire.WorkspaceBotAccessResponse
SORTS = {
    "CREATED": lambda row: row.created,
    "BOT_NAME": lambda row: row.bot_name.casefold(),
}


@router.post("/")
def upsert_bot_access(
    body: Create | list[Create], at: Annotated[RequestScope, workspace()]
) -> Response | list[Response]:
    """Give service accounts roles; one object is answered with one, a list with a list."""
    bodies = body if isinstance(body, list) else [body]
    wanted = [(each.bot_id, each.workspace_role_id) for each in bodies]
    rows = access.upserted(at, BOT, wanted, "bot_id", shown)
    return rows if isinstance(body, list) else rows[0]


@router.post("/filter")
def read_bot_accesses(
    at: Annotated[RequestScope, workspace(SEE)], body: wire.ReadWorkspaceBotAccesses | None = None
) -> list[Response]:
    """List what service accounts hold themselves."""
    asked = body or wire.ReadWorkspaceBotAccesses()
    with at.view() as view:
        found = [
            shown(view, row)
            for row in access.rows(view, at, BOT)
            if access.meets(view, row, asked.workspace_accesses)
            and meant(view.id(row.principal), row.principal.key, asked.bots)
        ]
        return page(ordered(found, asked.sort, SORTS), asked)


@router.get("/{id}")
def read_bot_access(id: UUID, at: Annotated[RequestScope, workspace(SEE)]) -> Response:  # noqa: A002
    """Read one row."""
    with at.view() as view:
        return shown(view, access.row(view, at, BOT, id))


@router.delete("/{id}", status_code=204)
def delete_bot_access(id: UUID, at: Annotated[RequestScope, workspace()]) -> None:  # noqa: A002
    """Take away what one row says."""
    access.revoke(at, BOT, id)


def shown(view: ReadView, row: HeldRow) -> Response:
    """Return a row as the API shows it."""
    entry = view.entry(row.principal)
    return Response(
        **access.told(view, row),
        actor_id=entry.actor_id,
        bot_id=entry.id,
        bot_name=row.principal.key,
    )
