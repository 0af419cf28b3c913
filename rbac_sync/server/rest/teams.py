"""Teams, their members, and their roles."""

from __future__ import annotations

from dataclasses import replace
from itertools import chain
from uuid import UUID

from ...backends.store.id_rows import IdEntry
from ...model import Address, Kind, Team
from ...wire.prefect_cloud import teams as wire
from ..auth import account
from ..commands import teams as commands
from ..commands.resources import delete, update
from ..directory import profiles
from ..guarded_store import WriteTransaction
from ..limits import MOST_ROWS
from ..matching import asks, compares
from ..read_view import ReadView
from ..refusals import InvalidRequest
from . import bots, users
from .collection import ACCOUNT, Collection, entity, ordered, page

router = Collection(f"{ACCOUNT}/teams", "Teams")

KINDS = {"user": Kind.USER, "service_account": Kind.SERVICE_ACCOUNT}
SORTS = {"NAME": lambda row: row[0].name.casefold(), "CREATED": lambda row: row[1].created}
"""The sort orders of teams, over pairs of a team and its entry in the id index."""


@router.writes("POST", "/", account(), status_code=201)
def create_team(transaction: WriteTransaction, body: wire.TeamCreate) -> wire.TeamResponse:
    """Create a team; a team that has this name gets the given description."""
    team = commands.create_team(transaction, body.name, body.description or "")
    return to_response(transaction.view, team)


@router.reads("POST", "/filter", account("read:team"))
def read_teams(view: ReadView, body: wire.ReadTeams) -> list[wire.TeamResponse]:
    """List teams, each with its members and its roles."""
    teams = list(view.resources(Team, view.walk(Kind.TEAM)))
    view.expect([who for team, _ in teams for who in team.references])
    rows = [
        (team, entry)
        for team, entry in teams
        if _mentions(view, team, body) and _meets(view, team, entry, body.teams)
    ]
    part = page(ordered(rows, body.sort, SORTS), body)
    bindings = (view.state.bindings_of(team.address) for team, _ in part)
    count = sum(len(team.members) for team, _ in part) + sum(1 for _ in chain(*bindings))
    if count > MOST_ROWS and len(part) > 1:  # one team is shown however large it is, as alone
        raise InvalidRequest(f"the answer would have more than {MOST_ROWS} rows", "limit")
    return [to_response(view, team) for team, _ in part]


@router.reads("GET", "/{id}", account("read:team"))
def read_team(view: ReadView, id: UUID) -> wire.TeamResponse:
    """Read a team."""
    return to_response(view, view.resource(Team, id))


@router.writes("PUT", "/{id}", account())
def update_team(
    transaction: WriteTransaction, id: UUID, body: wire.TeamUpdate
) -> wire.TeamResponse:
    """Replace name and description, and the directory group if it is given: null unties it."""
    team = transaction.view.resource(Team, id)
    after = replace(team, name=body.name, description=body.description or "")
    if "workos_directory_group_id" in body.model_fields_set:
        after = replace(after, managed_by=body.workos_directory_group_id or "")
    update(transaction, team, after)
    return to_response(transaction.view, after)


@router.writes("DELETE", "/{id}", account(), status_code=204)
def delete_team(transaction: WriteTransaction, id: UUID) -> None:
    """Delete a team with all its holdings."""
    delete(transaction, transaction.view.resource(Team, id))


@router.writes("PUT", "/{id}/members", account())
def upsert_team_members(
    transaction: WriteTransaction, id: UUID, body: wire.UpsertTeamMembers
) -> wire.TeamResponse:
    """Add members; nobody is removed."""
    team = transaction.view.resource(Team, id)
    added = [_named(transaction.view, member) for member in body.members]
    after = commands.add_members(transaction, team, added)
    return to_response(transaction.view, after)


def _named(view: ReadView, member: wire.TeamMembershipCreate) -> Address:
    address = view.register.find(KINDS[member.member_type], member.member_id)
    if address is None or not view.is_member(address):
        raise InvalidRequest(f"there is no {member.member_type} `{member.member_id}`", "members")
    return address


@router.writes("DELETE", "/{team_id}/members/{actor_id}", account(), status_code=204)
def delete_team_member(transaction: WriteTransaction, team_id: UUID, actor_id: UUID) -> None:
    """Remove a member, named by its actor id."""
    view = transaction.view
    team, who = view.resource(Team, team_id), view.register.actor(actor_id)
    commands.remove_member(transaction, team, who)


def to_response(view: ReadView, team: Team) -> wire.TeamResponse:
    """Return a team as the API shows it."""
    entry = view.entry(team.address)
    return wire.TeamResponse(
        **entity(entry),
        account_id=view.account_id,
        name=team.name,
        description=team.description,
        workos_directory_group_id=team.managed_by or None,
        memberships=[_member(view, who) for who in view.members(team)],
        workspaces=list(_held(view, team.address)),
    )


def _member(view: ReadView, who: Address) -> wire.TeamMemberResponse:
    is_user = who.kind is Kind.USER
    return wire.TeamMemberResponse(
        id=view.entry(who).actor_id,
        handle=profiles.profile(view, who).handle if is_user else who.key,
        name=profiles.display(view, who),
        email=profiles.email(view, who),
        type="user" if is_user else "service_account",
    )


def _held(view: ReadView, team: Address) -> list[wire.TeamWorkspaceAccess]:
    return [
        wire.TeamWorkspaceAccess(
            workspace_id=view.id(scope),
            workspace_handle=scope.key,
            workspace_role_id=view.id(role),
            workspace_role_name=view.role_name(role),
        )
        for scope, role in sorted(_grants(view, team))
    ]


def _grants(view: ReadView, team: Address) -> list[tuple[Address, Address]]:
    """Return each workspace in which *team* has a role now, with the role."""
    there = (b for b in view.state.bindings_of(team) if b.scope in view.register.named)
    return [(b.scope, h.role) for b in there for h in b.roles if view.is_open(h)]


def _meets(view: ReadView, team: Team, entry: IdEntry, where: wire.TeamFilter) -> bool:
    grants = _grants(view, team.address)
    return (
        compares(entry.id, where.id)
        and compares(team.name, where.name)
        and compares(team.managed_by or None, where.directory_id)
        and compares([view.id(scope) for scope, _ in grants], where.workspace_id)
        and compares([view.id(role) for _, role in grants], where.workspace_role_id)
        and compares([view.entry(who).actor_id for who in view.members(team)], where.member_id)
    )


def _mentions(view: ReadView, team: Team, query: wire.ReadTeams) -> bool:
    """Say whether *team* has a user and a service account that meet the filters for these."""
    members = view.members(team)
    people = [m for m in members if m.kind is Kind.USER]
    others = [m for m in members if m.kind is Kind.SERVICE_ACCOUNT]
    wants_users = any(asks(criterion) for _, criterion in query.users)
    wants_bots = any(asks(criterion) for _, criterion in query.bots)
    return not (
        (wants_users and not any(users.meets(view, u, query.users) for u in people))
        or (wants_bots and not any(bots.meets(view.id(b), b.key, query.bots) for b in others))
    )
