"""Teams, their members, and what they hold."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated
from uuid import UUID

from ...backends.store.register import Entry
from ...model import Address, Kind, Membership, Team
from ...planning import Change
from ...wire.prefect_cloud import teams as wire
from ..auth import Place, account
from ..gate import Desk, renamed
from ..limits import MOST_ROWS
from ..look import Look
from ..refusal import not_found, unprocessable
from . import bots, profiles
from .collection import ACCOUNT, among, asks, collection, matches, ordered, page, some_among

router = collection(f"{ACCOUNT}/teams", "Teams")

KINDS = {"user": Kind.USER, "service_account": Kind.SERVICE_ACCOUNT}
SORTS = {"NAME": lambda row: row[0].name.casefold(), "CREATED": lambda row: row[1].created}
"""The orders of teams, each with its entry in the register."""


@router.post("/", status_code=201)
def create_team(body: wire.TeamCreate, at: Annotated[Place, account()]) -> wire.TeamResponse:
    """Create a team; one of that name is brought to the description given."""

    def work(desk: Desk) -> wire.TeamResponse:
        new = Team(body.name, description=body.description or "")
        before = desk.look.state.get(new.address)
        after = replace(before, description=new.description) if isinstance(before, Team) else new
        desk.make(Change(before, after))
        return shown(desk.look, after)

    return at.write(work)


@router.post("/filter")
def read_teams(
    at: Annotated[Place, account("read:team")], body: wire.ReadTeams | None = None
) -> list[wire.TeamResponse]:
    """List teams, each with its members and all it holds."""
    asked = body or wire.ReadTeams()
    with at.look() as look:
        teams = ((look.found(Team, entry.id), entry) for entry in look.all(Kind.TEAM))
        meant = [
            (team, entry)
            for team, entry in teams
            if _mentions(look, team, asked) and _meets(look, team, entry, asked.teams)
        ]
        part = page(ordered(meant, asked.sort, SORTS), asked)
        if sum(_rows(look, team) for team, _ in part) > MOST_ROWS:
            raise unprocessable(f"the answer would have more than {MOST_ROWS} rows", "limit")
        return [shown(look, team) for team, _ in part]


def _rows(look: Look, team: Team) -> int:
    return len(team.members) + sum(1 for _ in look.state.bindings_of(team.address))


@router.get("/{id}")
def read_team(
    id: UUID,  # noqa: A002
    at: Annotated[Place, account("read:team")],
) -> wire.TeamResponse:
    """Read one."""
    with at.look() as look:
        return shown(look, look.found(Team, id))


@router.put("/{id}")
def update_team(
    id: UUID,  # noqa: A002
    body: wire.TeamUpdate,
    at: Annotated[Place, account()],
) -> wire.TeamResponse:
    """Replace name and description, and the directory group if it is there: null unties it."""

    def work(desk: Desk) -> wire.TeamResponse:
        before = desk.look.found(Team, id)
        after = replace(
            before,
            name=body.name,
            description=body.description or "",
        )
        if "workos_directory_group_id" in body.model_fields_set:
            after = replace(after, managed_by=body.workos_directory_group_id or "")
        desk.make(*renamed(Change(before, after)))
        return shown(desk.look, after)

    return at.write(work)


@router.delete("/{id}", status_code=204)
def delete_team(id: UUID, at: Annotated[Place, account()]) -> None:  # noqa: A002
    """Delete a team with all it holds."""
    at.write(lambda desk: desk.make(Change(desk.look.found(Team, id), None)))


@router.put("/{id}/members")
def upsert_team_members(
    id: UUID,  # noqa: A002
    body: wire.UpsertTeamMembers,
    at: Annotated[Place, account()],
) -> wire.TeamResponse:
    """Add members; nobody is removed."""

    def work(desk: Desk) -> wire.TeamResponse:
        before = desk.look.found(Team, id)
        new = (Membership(_named(desk.look, member)) for member in body.members)
        there = {m.principal for m in before.members}
        added = {m for m in new if m.principal not in there}
        after = replace(before, members=before.members | added)
        desk.make(Change(before, after))
        return shown(desk.look, after)

    return at.write(work)


def _named(look: Look, member: wire.TeamMembershipCreate) -> Address:
    found = look.register.find(KINDS[member.member_type], member.member_id)
    if found is None or not look.is_member(found):
        raise unprocessable(f"there is no {member.member_type} `{member.member_id}`", "members")
    return found


@router.delete("/{team_id}/members/{actor_id}", status_code=204)
def delete_team_member(team_id: UUID, actor_id: UUID, at: Annotated[Place, account()]) -> None:
    """Remove a member, named by its actor id."""

    def work(desk: Desk) -> None:
        before, who = desk.look.found(Team, team_id), desk.look.register.actor(actor_id)
        kept = frozenset(m for m in before.members if m.principal != who)
        if kept == before.members:
            raise not_found()
        desk.make(Change(before, replace(before, members=kept)))

    at.write(work)


def shown(look: Look, team: Team) -> wire.TeamResponse:
    """Return a team as the API shows it."""
    entry = look.entry(team.address)
    found = look.state.get(team.address)
    members = sorted(found.references) if isinstance(found, Team) else []
    return wire.TeamResponse(
        id=entry.id,
        created=entry.created,
        updated=entry.updated,
        account_id=look.account_id,
        name=team.name,
        description=team.description,
        workos_directory_group_id=team.managed_by or None,
        memberships=[_member(look, who) for who in members if look.is_member(who)],
        workspaces=list(_held(look, team.address)),
    )


def _member(look: Look, who: Address) -> wire.TeamMemberResponse:
    is_user = who.kind is Kind.USER
    return wire.TeamMemberResponse(
        id=look.entry(who).actor_id,
        handle=profiles.profile(look, who).handle if is_user else who.key,
        name=profiles.display(look, who),
        email=profiles.email(look, who),
        type="user" if is_user else "service_account",
    )


def _held(look: Look, team: Address) -> list[wire.TeamWorkspaceAccess]:
    return [
        wire.TeamWorkspaceAccess(
            workspace_id=look.id(binding.scope),
            workspace_handle=binding.scope.key,
            workspace_role_id=look.id(holding.role),
            workspace_role_name=look.role_name(holding.role),
        )
        for binding in sorted(look.state.bindings_of(team), key=lambda b: b.scope)
        for holding in sorted(binding.roles, key=lambda h: h.role)
        if look.register.named.get(binding.scope)
    ]


def _meets(look: Look, team: Team, entry: Entry, asked: wire.TeamFilter) -> bool:
    grants = [b for b in look.state.bindings_of(team.address) if b.scope in look.register.named]
    members = (who for who in team.references if look.is_member(who))
    return (
        among(entry.id, asked.id)
        and matches(team.name, asked.name)
        and among(team.managed_by or None, asked.directory_id)
        and some_among((look.id(b.scope) for b in grants), asked.workspace_id)
        and some_among((look.id(h.role) for b in grants for h in b.roles), asked.workspace_role_id)
        and some_among((look.entry(who).actor_id for who in members), asked.member_id)
    )


def _mentions(look: Look, team: Team, asked: wire.ReadTeams) -> bool:
    """Say whether *team* has a user and a service account of those asked for, if any are."""
    users = [m for m in team.references if m.kind is Kind.USER]
    others = [m for m in team.references if m.kind is Kind.SERVICE_ACCOUNT]
    wants_users = any(asks(criterion) for _, criterion in asked.users)
    wants_bots = any(asks(criterion) for _, criterion in asked.bots)
    return not (
        (wants_users and not any(profiles.meant(look, u, asked.users) for u in users))
        or (wants_bots and not any(bots.meant(look.id(b), b.key, asked.bots) for b in others))
    )
