"""Teams and their members."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal
from uuid import UUID

from pydantic import Field

from .bots import BotFilter
from .filters import AnyId, AnyOrLikeText, AnyText, Page
from .shapes import Answer, Body, Entity, Name, Request
from .users import UserFilter

MemberType = Literal["user", "service_account"]


class TeamCreate(Request):
    """A new team."""

    name: Name
    description: Name | None = ""


class TeamUpdate(TeamCreate):
    """A new record of a team; absent fields get their defaults."""

    workos_directory_group_id: Name | None = None


class TeamMemberResponse(Answer):
    """A member of a team; ``id`` is its actor id, which its removal requires."""

    id: UUID
    handle: str
    name: str
    email: str | None
    type: MemberType


class TeamWorkspaceAccess(Answer):
    """The access of the team in one workspace."""

    workspace_id: UUID
    workspace_handle: str
    workspace_role_id: UUID
    workspace_role_name: str


class TeamResponse(Entity):
    """A team with its members and its access.

    ``workos_directory_group_id`` is set when the identity provider governs the team.
    ``description`` is ``""`` after a creation without one, never null. Source: [T].
    """

    account_id: UUID
    name: str
    description: str | None = ""
    workos_directory_group_id: str | None
    memberships: list[TeamMemberResponse]
    workspaces: list[TeamWorkspaceAccess]


class TeamFilter(Request):
    """A filter of teams; ``member_id`` takes actor ids."""

    id: AnyId | None = None
    name: AnyOrLikeText | None = None
    directory_id: AnyText | None = None
    workspace_id: AnyId | None = None
    workspace_role_id: AnyId | None = None
    member_id: AnyId | None = None


class TeamSort(StrEnum):
    """The order of a list of teams."""

    NAME_ASC = "NAME_ASC"
    NAME_DESC = "NAME_DESC"
    CREATED_ASC = "CREATED_ASC"
    CREATED_DESC = "CREATED_DESC"


class ReadTeams(Page):
    """A page of teams."""

    teams: TeamFilter = Field(default_factory=TeamFilter)
    users: UserFilter = Field(default_factory=UserFilter)
    bots: BotFilter = Field(default_factory=BotFilter)
    sort: TeamSort | None = None


class TeamMembershipCreate(Request):
    """A member, by user id or bot id, not by actor id."""

    member_id: UUID
    member_type: MemberType


class UpsertTeamMembers(Body):
    """The members to add to a team, from which nobody is removed."""

    members: list[TeamMembershipCreate]
