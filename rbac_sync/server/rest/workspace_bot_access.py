"""Workspace access of service accounts."""

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
from .bots import meant
from .collection import WORKSPACE, collection, ordered, page

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
    body: Create | list[Create], at: Annotated[Place, workspace()]
) -> Response | list[Response]:
    """Give service accounts roles; one object is answered with one, a list with a list."""
    bodies = body if isinstance(body, list) else [body]
    wanted = [(each.bot_id, each.workspace_role_id) for each in bodies]
    rows = access.upserted(at, BOT, wanted, "bot_id", shown)
    return rows if isinstance(body, list) else rows[0]


@router.post("/filter")
def read_bot_accesses(
    at: Annotated[Place, workspace(SEE)], body: wire.ReadWorkspaceBotAccesses | None = None
) -> list[Response]:
    """List what service accounts hold themselves."""
    asked = body or wire.ReadWorkspaceBotAccesses()
    with at.look() as look:
        found = [
            shown(look, row)
            for row in access.rows(look, at, BOT)
            if access.meets(look, row, asked.workspace_accesses)
            and meant(look.id(row.principal), row.principal.key, asked.bots)
        ]
        return page(ordered(found, asked.sort, SORTS), asked)


@router.get("/{id}")
def read_bot_access(id: UUID, at: Annotated[Place, workspace(SEE)]) -> Response:  # noqa: A002
    """Read one row."""
    with at.look() as look:
        return shown(look, access.row(look, at, BOT, id))


@router.delete("/{id}", status_code=204)
def delete_bot_access(id: UUID, at: Annotated[Place, workspace()]) -> None:  # noqa: A002
    """Take away what one row says."""

    def work(desk: Desk) -> None:
        desk.make(access.removed(desk.look, access.row(desk.look, at, BOT, id)))

    at.write(work)


def shown(look: Look, row: Held) -> Response:
    """Return a row as the API shows it."""
    entry = look.entry(row.principal)
    return Response(
        **access.told(look, row),
        actor_id=entry.actor_id,
        bot_id=entry.id,
        bot_name=row.principal.key,
    )
