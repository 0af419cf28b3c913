"""All rows about access in one account, read with list requests only."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, NamedTuple
from uuid import UUID

from ...errors import DanglingReference, Forbidden, NotFound
from ...model import Address, Instant, Kind
from ...model.address import user
from ...model.address import workspace as named_workspace
from ...planning.extent import Extent
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
    BotAPIKeyReadResponse,
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
from ..progress_interval import LOG, Pace
from ..remote.request import Request
from .api import Api, Listing

THREADS = 16

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

READ_IN_ORDER: tuple[tuple[Listing[Any], ...], ...] = (
    (WORKSPACES, BOTS),
    (MEMBERS, INVITATIONS, TEAMS),
)
"""The lists of an account: the first ones decide on the access to read."""


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

    ``access`` has the roles of users and bots by workspace; the rows of teams have their own.
    ``now`` is the time of the service. ``rotating`` has the earlier keys of bots in their grace
    period, by bot. ``hidden`` has the kinds whose list was refused, and ``closed`` the workspaces
    whose access was refused, each with the right that it needs. ``unread`` has the workspaces
    whose access was not requested.

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
    access: Mapping[UUID, Sequence[HeldRole]]
    rotating: Mapping[UUID, Sequence[APIKeyReadResponse]]
    hidden: Mapping[Kind, str]
    closed: Mapping[UUID, str]
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


def fetched_roles(api: Api) -> RoleRows:
    """Read the rows for the catalogue of the account.

    Raises:
        BackendError: a list could not be read.
    """
    with _threads(api) as pool:
        scopes = pool.submit(api.answer, Request("GET", "workspace_scopes"), list[WorkspaceScope])
        account = pool.submit(api.listed, ACCOUNT_ROLES)
        workspace = pool.submit(api.listed, WORKSPACE_ROLES)
        hidden: dict[Kind, str] = {}
        rows = _visible_rows(WORKSPACE_ROLES, workspace, hidden)
        return RoleRows(scopes.result(), account.result(), rows, bool(hidden))


def fetched(api: Api, roles: RoleRows, extent: Extent) -> AccountRows:
    """Read all rows but *roles*, many lists at a time; access only in workspaces of *extent*.

    Raises:
        BackendError: a list could not be read.
    """
    _, now = api.caller_and_time
    hidden = {Kind.ROLE: WORKSPACE_ROLES.right} if roles.refused else {}
    with _threads(api) as pool:
        first, later = (
            [(each, pool.submit(api.listed, each)) for each in lists] for lists in READ_IN_ORDER
        )
        workspaces, bots = (_visible_rows(*each, hidden) for each in first)
        to_read = [
            row for row in workspaces if extent is None or named_workspace(row.handle) in extent
        ]
        of_bots = to_read if bots or Kind.SERVICE_ACCOUNT in hidden else ()
        access, closed = _access(api, to_read, of_bots, pool)
        members, invitations, teams = (_visible_rows(*each, hidden) for each in later)
        rotated = [bot.id for bot in bots if _was_rotated(bot, now)]
        return AccountRows(
            now=now,
            roles=roles,
            members=members,
            invitations=invitations,
            bots=bots,
            teams=teams,
            workspaces=workspaces,
            access=access,
            rotating=_earlier(api, rotated, pool, hidden),
            hidden=hidden,
            closed=closed,
            unread={row.id for row in workspaces} - access.keys(),
        )


@contextmanager
def _threads(api: Api) -> Iterator[ThreadPoolExecutor]:
    """Give threads for requests to *api*; after an exception, no further request is sent."""
    assert api.caller_and_time, "known before there are threads"
    assert api.membership
    with ThreadPoolExecutor(THREADS) as pool:
        try:
            yield pool
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _access(
    api: Api,
    workspaces: Sequence[Workspace],
    of_bots: Sequence[Workspace],
    pool: ThreadPoolExecutor,
) -> tuple[dict[UUID, list[HeldRole]], dict[UUID, str]]:
    """Return the access to *workspaces*, and the right needed for each that was refused.

    The access of bots is read only for *of_bots*: none if the account has no service account.
    """
    users = {w.id: pool.submit(api.listed, USER_ACCESS.of(w.id)) for w in workspaces}
    bots = {w.id: pool.submit(api.listed, BOT_ACCESS.of(w.id)) for w in of_bots}
    access: dict[UUID, list[HeldRole]] = {}
    closed: dict[UUID, str] = {}
    pace = Pace()
    for number, workspace in enumerate(workspaces):
        id_ = workspace.id
        if pace.is_due():
            LOG.warning("reading workspaces %d of %d", number, len(workspaces))
        try:
            user_rows = users[id_].result()
            bot_rows = bots[id_].result() if id_ in bots else ()
        except Forbidden:
            access[id_], closed[id_] = [], f"{USER_ACCESS.right}` and `{BOT_ACCESS.right}"
        except NotFound as error:
            raise _gone(f"the workspace `{workspace.handle}`") from error
        else:
            access[id_] = [
                *(HeldRole(r.id, r.updated, r.user_id, r.workspace_role_id) for r in user_rows),
                *(HeldRole(r.id, r.updated, r.bot_id, r.workspace_role_id) for r in bot_rows),
            ]
    return access, closed


GRACE = timedelta(hours=48) + timedelta(hours=1)
"""The longest grace period of an earlier key, and an hour for different clocks.

Source: the API document, ``old_key_expires_in_seconds``.
"""


def _was_rotated(bot: BotReadResponse, now: Instant) -> bool:
    """Say whether an earlier key of *bot* may still be in its grace period.

    A rotation makes the active key and begins the grace period of the earlier one. So an active
    key that is older than the longest grace period has no earlier key beside it.
    """
    return bot.api_key.created is None or now - bot.api_key.created <= GRACE


def _earlier(
    api: Api, bots: Sequence[UUID], pool: ThreadPoolExecutor, hidden: dict[Kind, str]
) -> dict[UUID, Sequence[APIKeyReadResponse]]:
    """Return the earlier keys of *bots*; if that is refused, return none and add to *hidden*."""
    paths = [f"bots/{bot}/read_bot_api_keys" for bot in bots]
    try:
        listed = pool.map(lambda path: api.get(path, BotAPIKeyReadResponse, BOTS.right), paths)
        return {bot: each.rotating_keys for bot, each in zip(bots, listed, strict=True)}
    except Forbidden:
        hidden[Kind.KEY] = BOTS.right
        return {}
    except NotFound as error:
        raise _gone("a service account") from error


def _gone(what: str) -> DanglingReference:
    """Return the error after which everything is read again: *what* was listed, and is gone."""
    message = f"{what} went while the account was read"
    return DanglingReference(message, hint="try again; if it stays, look at it in the service")


def _visible_rows(listing: Listing[Any], rows: Future[Any], hidden: dict[Kind, str]) -> Any:
    """Return the *rows* of a list; if it is refused, return none and add its kind to *hidden*."""
    try:
        return rows.result()
    except Forbidden:
        if listing.kind is None:
            raise
        hidden[listing.kind] = listing.right
        if listing.kind is Kind.SERVICE_ACCOUNT:
            hidden[Kind.KEY] = listing.right
        return []
