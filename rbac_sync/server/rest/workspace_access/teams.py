"""Workspace access of teams: written by PUT, listed without a filter, deleted by team."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from ....backends.store.id_index import HeldRow
from ....model import Kind, Team
from ....wire.prefect_cloud import access as wire
from ...auth import RequestScope, workspace
from ...commands.bindings import revoke_binding
from ...guarded_store import WriteTransaction
from ...read_view import ReadView
from ..collection import WORKSPACE, collection, page
from . import rows

router = collection(f"{WORKSPACE}/team_access", "Workspace Team Access")

MANAGE = "manage_workspace_teams"


@router.put("/")
def upsert_team_access(
    body: list[wire.WorkspaceTeamAccessCreate], at: Annotated[RequestScope, workspace()]
) -> list[wire.WorkspaceTeamAccess]:
    """Give teams roles."""
    pairs = [(each.team_id, each.workspace_role_id) for each in body]
    return rows.upserted(at, Kind.TEAM, pairs, "team_id", _access)


def _access(view: ReadView, row: HeldRow) -> wire.WorkspaceTeamAccess:
    return wire.WorkspaceTeamAccess(**rows.common_fields(view, row), team_id=view.id(row.principal))


@router.post("/filter")
def read_team_accesses(
    at: Annotated[RequestScope, workspace(MANAGE)],
    body: wire.ReadWorkspaceTeamAccesses | None = None,
) -> list[wire.WorkspaceTeamAccessResponse]:
    """List what teams hold."""
    query = body or wire.ReadWorkspaceTeamAccesses()
    with at.view() as view:
        accesses = [
            wire.WorkspaceTeamAccessResponse(
                **rows.common_fields(view, row),
                team_id=view.id(row.principal),
                team_name=row.principal.key,
            )
            for row in rows.rows(view, at, Kind.TEAM)
        ]
        return page(accesses, query)


@router.delete("/{team_id}", status_code=204)
def delete_team_access(team_id: UUID, at: Annotated[RequestScope, workspace()]) -> None:
    """Take away all that a team holds in the workspace."""

    def work(transaction: WriteTransaction) -> None:
        view = transaction.view
        team, scope = view.resource(Team, team_id), at.workspace(view)
        revoke_binding(transaction, team.address, scope.address)

    at.write(work)
