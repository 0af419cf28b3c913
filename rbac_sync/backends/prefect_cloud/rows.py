"""All rows about access in one account, read with list requests only."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from uuid import UUID

from ...dataclasses import dataclass, replace
from ...model import Address, Instant, Kind
from ...model.address import user
from ...named_tuples import NamedTuple
from ...wire.prefect_cloud.access import (
    ReadWorkspaceBotAccesses,
    ReadWorkspaceTeamAccesses,
    ReadWorkspaceUserAccesses,
    WorkspaceBotAccessResponse,
    WorkspaceBotAccessSort,
    WorkspaceTeamAccessResponse,
    WorkspaceUserAccessResponse,
    WorkspaceUserAccessSort,
)
from ...wire.prefect_cloud.account_memberships import (
    AccountMembershipSort,
    AccountMembershipsResponse,
    ReadAccountMemberships,
)
from ...wire.prefect_cloud.bots import (
    APIKeyReadResponse,
    BotReadResponse,
    ReadBots,
)
from ...wire.prefect_cloud.invitations import (
    InvitationFilter,
    InvitationFilterStatus,
    InvitationReadResponse,
    InvitationStatus,
    ReadInvitations,
)
from ...wire.prefect_cloud.roles import (
    AccountRole,
    ReadAccountRoles,
    ReadWorkspaceRoles,
    WorkspaceRole,
    WorkspaceScope,
)
from ...wire.prefect_cloud.teams import ReadTeams, TeamResponse, TeamSort
from ...wire.prefect_cloud.workspaces import ReadWorkspaces, Workspace
from .lists import Listing

PENDING = InvitationFilter(status=InvitationFilterStatus(any_=[InvitationStatus.PENDING]))

ACCOUNT_ROLES = Listing("account_roles", AccountRole, ReadAccountRoles(), "read:account_role")
"""*Why* without a kind: if this list is refused, no rights are known."""

WORKSPACE_ROLES = Listing(
    "workspace_roles", WorkspaceRole, ReadWorkspaceRoles(), "read:workspace_role", Kind.ROLE
)
MEMBERS = Listing(
    "account_memberships",
    AccountMembershipsResponse,
    ReadAccountMemberships(only_users=True, sort=AccountMembershipSort.CREATED_ASC),
    "read:account_membership",
    Kind.USER,
)
BOT_MEMBERS = replace(
    MEMBERS,
    page=ReadAccountMemberships(only_bots=True, sort=AccountMembershipSort.CREATED_ASC),
)
INVITATIONS = Listing(
    "invitations",
    InvitationReadResponse,
    ReadInvitations(invitations=PENDING),
    "read:invitation",
    Kind.USER,
)
BOTS = Listing("bots", BotReadResponse, ReadBots(), "read:bot", Kind.SERVICE_ACCOUNT)
TEAMS = Listing("teams", TeamResponse, ReadTeams(sort=TeamSort.CREATED_ASC), "read:team", Kind.TEAM)
WORKSPACES = Listing("workspaces", Workspace, ReadWorkspaces(), "read:workspace", Kind.WORKSPACE)
USER_ACCESS = Listing(
    "user_access",
    WorkspaceUserAccessResponse,
    ReadWorkspaceUserAccesses(sort=WorkspaceUserAccessSort.CREATED_ASC),
    "see_workspace_users",
)
BOT_ACCESS = Listing(
    "bot_access",
    WorkspaceBotAccessResponse,
    ReadWorkspaceBotAccesses(sort=WorkspaceBotAccessSort.CREATED_ASC),
    "see_workspace_service_accounts",
)
TEAM_ACCESS = Listing(
    "team_access",
    WorkspaceTeamAccessResponse,
    ReadWorkspaceTeamAccesses(),
    "manage_workspace_teams",
)


class HeldRole(NamedTuple):
    """The role of one user or bot in a workspace: the row, the holder, and the role.

    Its text changes at each write to the row.
    """

    id: UUID
    updated: Instant | None
    owner: UUID
    role: UUID

    def __str__(self) -> str:
        return f"{self.id} {self.updated}"


@dataclass(frozen=True)
class RoleRows:
    """The roles of an account and the permissions of workspaces, for its catalogue.

    ``refused`` is true if the key may not read the workspace roles.
    """

    scopes: Sequence[WorkspaceScope]
    account_roles: Sequence[AccountRole]
    workspace_roles: Sequence[WorkspaceRole]
    refused: bool


@dataclass(frozen=True)
class AccountRows:
    """The rows of one account.

    ``access`` has the roles of users and bots by workspace, None where they are refused, and can
    be gone through once: each answer is awaited there. The rows of teams have their own access.
    ``now`` is the time of the service. ``rotating`` has the earlier keys of bots in their grace
    period, by bot. ``hidden`` has the kinds whose list was refused, each with the right that it
    needs. ``unread`` has the workspaces whose access was not requested.

    *Why* not the lists of team access: one list of teams has all their access and needs
    ``read:team``; those lists are one for each workspace, and need the right to change it.
    """

    now: Instant
    roles: RoleRows
    members: Sequence[AccountMembershipsResponse]
    invitations: Sequence[InvitationReadResponse]
    bots: Sequence[BotReadResponse]
    teams: Sequence[TeamResponse]
    workspaces: Sequence[Workspace]
    access: Iterator[tuple[UUID, Sequence[HeldRole] | None]]
    rotating: Mapping[UUID, Sequence[APIKeyReadResponse]]
    hidden: Mapping[Kind, str]
    unread: Collection[UUID]

    @property
    def hides_people(self) -> bool:
        """True if the key may not see all users and service accounts."""
        return not self.hidden.keys().isdisjoint({Kind.USER, Kind.SERVICE_ACCOUNT})

    def invited(self) -> dict[Address, InvitationReadResponse]:
        """Return the invitations that have not ended, the latest of each person."""
        latest = sorted(self.invitations, key=lambda each: each.expiration)
        return {
            user(each.email): each
            for each in latest
            if each.status is InvitationStatus.PENDING and each.expiration > self.now
        }
