"""Workspace access of teams: written by PUT, listed without a filter, deleted by team."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from ...backends.store.register import Held
from ...model import Kind, Team
from ...planning import Change
from ...wire.prefect_cloud import access as wire
from ..auth import Place, workspace
from ..gate import Desk
from ..look import Look
from ..refusal import not_found
from . import access
from .collection import WORKSPACE, collection, page

router = collection(f"{WORKSPACE}/team_access", "Workspace Team Access")

MANAGE = "manage_workspace_teams"


@router.put("/")
def upsert_team_access(
    body: list[wire.WorkspaceTeamAccessCreate], at: Annotated[Place, workspace()]
) -> list[wire.WorkspaceTeamAccess]:
    """Give teams roles."""
    wanted = [(each.team_id, each.workspace_role_id) for each in body]
    return access.upserted(at, Kind.TEAM, wanted, "team_id", _given)


def _given(look: Look, row: Held) -> wire.WorkspaceTeamAccess:
    return wire.WorkspaceTeamAccess(**access.told(look, row), team_id=look.id(row.principal))


@router.post("/filter")
def read_team_accesses(
    at: Annotated[Place, workspace(MANAGE)], body: wire.ReadWorkspaceTeamAccesses | None = None
) -> list[wire.WorkspaceTeamAccessResponse]:
    """List what teams hold."""
    asked = body or wire.ReadWorkspaceTeamAccesses()
    with at.look() as look:
        found = [
            wire.WorkspaceTeamAccessResponse(
                **access.told(look, row),
                team_id=look.id(row.principal),
                team_name=row.principal.key,
            )
            for row in access.rows(look, at, Kind.TEAM)
        ]
        return page(found, asked)


@router.delete("/{team_id}", status_code=204)
def delete_team_access(team_id: UUID, at: Annotated[Place, workspace()]) -> None:
    """Take away all that a team holds in the workspace."""

    def work(desk: Desk) -> None:
        look = desk.look
        team = look.found(Team, team_id)
        held = look.state.binding(team.address, at.workspace(look).address)
        if held is None:
            raise not_found()
        desk.make(Change(held, None))

    at.write(work)
