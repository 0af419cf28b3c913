"""The reading of one account: its lists are requested together, access as far as it is needed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, wait
from datetime import timedelta
from functools import cached_property
from queue import SimpleQueue
from typing import Any
from uuid import UUID

from ...errors import BadResponse, DanglingReference, Forbidden, NotFound
from ...model import Instant, Kind
from ...model.address import workspace as named_workspace
from ...planning.extent import Extent
from ...wire.prefect_cloud.account_memberships import AccountMembershipsResponse
from ...wire.prefect_cloud.bots import APIKeyReadResponse, BotAPIKeyReadResponse, BotReadResponse
from ...wire.prefect_cloud.roles import WorkspaceScope
from ...wire.prefect_cloud.workspaces import Workspace
from ..progress_interval import LOG, Pace
from ..remote.request import Request
from ..remote.response import STRANGE
from .api import Api
from .lists import Listing
from .rows import (
    ACCOUNT_ROLES,
    BOT_ACCESS,
    BOTS,
    INVITATIONS,
    MEMBERS,
    TEAMS,
    USER_ACCESS,
    WORKSPACE_ROLES,
    WORKSPACES,
    AccountRows,
    HeldRole,
    RoleRows,
)

_Held = Future[list[HeldRole]]

LISTS: tuple[Listing[Any], ...] = (WORKSPACE_ROLES, ACCOUNT_ROLES, BOTS, INVITATIONS, TEAMS)
"""The lists that may be read in any order."""


class AccountReading:
    """The answers about one account, each awaited when it is needed.

    All lists but that of the members are requested at once. The access to a workspace is requested
    as soon as a page has it, while the list of the workspaces is read to its end and confirmed. An
    answer that was requested once is not requested again.
    """

    def __init__(self, api: Api) -> None:
        """Request all lists.

        Raises:
            BackendError: the caller or the account could not be read.
        """
        api.begin()
        self._api, self._requested = api, list[Future[Any]]()
        self._seen = SimpleQueue[list[Workspace]]()
        self._workspaces = self._request(api.listed, WORKSPACES, self._seen.put)
        self._workspaces.add_done_callback(lambda _: self._seen.put([]))
        scopes = Request("GET", "workspace_scopes")
        self._scopes = self._request(api.answer, scopes, list[WorkspaceScope])
        self._rights = self._request(lambda: api.rights)
        self._lists = {each.path: self._request(api.listed, each) for each in LISTS}
        self._lists[MEMBERS.path] = self._request(self._members)
        self._access: dict[UUID, tuple[_Held, _Held | None]] = {}

    def cancel(self) -> None:
        """Send no further request."""
        for each in self._requested:
            each.cancel()

    @property
    def rights(self) -> frozenset[str]:
        """The account permissions of the caller."""
        rights: frozenset[str] = self._rights.result()
        return rights

    @cached_property
    def roles(self) -> RoleRows:
        """The rows for the catalogue of the account.

        Raises:
            BackendError: a list could not be read.
        """
        hidden: dict[Kind, str] = {}
        scopes, account = self._scopes.result(), self._visible(ACCOUNT_ROLES, hidden)
        workspace = self._visible(WORKSPACE_ROLES, hidden)
        return RoleRows(scopes, account, workspace, bool(hidden))

    def rows(self, extent: Extent) -> AccountRows:
        """Return all rows, with access only in workspaces of *extent* and of earlier extents.

        Raises:
            BackendError: a list could not be read.
        """
        hidden = {Kind.ROLE: WORKSPACE_ROLES.right} if self.roles.refused else {}
        _, now = self._api.caller_and_time
        page = self._api.page
        bots = self._visible(BOTS, hidden)
        rotating = {
            bot.id: self._request(self._earlier_keys, bot) for bot in bots if _was_rotated(bot, now)
        }
        has_bots = bool(bots) or Kind.SERVICE_ACCOUNT in hidden
        while not self._workspaces.done():
            self._request_access(self._seen.get(), extent, has_bots=has_bots)
        workspaces = _visible_rows(WORKSPACES, self._workspaces, hidden)
        self._request_access(workspaces, extent, has_bots=has_bots)
        members, invitations, teams = (
            self._visible(each, hidden) for each in (MEMBERS, INVITATIONS, TEAMS)
        )
        if self._api.page < page:  # access may have been cut at this length
            self._access.clear()
            self._request_access(workspaces, extent, has_bots=has_bots)
        return AccountRows(
            now=now,
            roles=self.roles,
            members=members,
            invitations=invitations,
            bots=bots,
            teams=teams,
            workspaces=workspaces,
            access=self._held([row for row in workspaces if row.id in self._access]),
            rotating=_visible_keys(rotating, hidden),
            hidden=hidden,
            unread={row.id for row in workspaces} - self._access.keys(),
        )

    def _request(self, ask: Callable[..., Any], *arguments: Any) -> Future[Any]:
        future = self._api.client.threads.submit(ask, *arguments)
        self._requested.append(future)
        return future

    def _members(self) -> list[AccountMembershipsResponse]:
        """Read the members after the invitations.

        *Why*: who accepts an invitation in between would be on neither list the other way round.
        """
        wait([self._lists[INVITATIONS.path]])
        return self._api.listed(MEMBERS)

    def _visible(self, listing: Listing[Any], hidden: dict[Kind, str]) -> Any:
        return _visible_rows(listing, self._lists[listing.path], hidden)

    def _request_access(
        self, workspaces: Sequence[Workspace], extent: Extent, *, has_bots: bool
    ) -> None:
        """Request the access to those *workspaces* of *extent* that was not requested before.

        The access of bots is requested only if the account has a service account.
        """
        for row in workspaces:
            is_needed = extent is None or named_workspace(row.handle) in extent
            if is_needed and row.id not in self._access:
                users = self._request(self._held_by, USER_ACCESS, "user_id", row.id)
                bots = (BOT_ACCESS, "bot_id", row.id) if has_bots else None
                self._access[row.id] = users, bots and self._request(self._held_by, *bots)

    def _held_by(self, listing: Listing[Any], owner: str, workspace: UUID) -> list[HeldRole]:
        """Return the roles in the rows of *listing* in *workspace*; *owner* is a field of a row.

        Raises:
            BadResponse: a row is of another workspace.
        """
        rows = self._api.listed(listing.of(workspace))
        for row in rows:
            if row.workspace_id != workspace:
                other = row.workspace_id
                message = f"the access to workspace `{workspace}` has a row of workspace `{other}`"
                raise BadResponse(message, hint=STRANGE)
        return [HeldRole(r.id, r.updated, getattr(r, owner), r.workspace_role_id) for r in rows]

    def _held(
        self, workspaces: Sequence[Workspace]
    ) -> Iterator[tuple[UUID, Sequence[HeldRole] | None]]:
        """Yield the roles of users and bots in each of *workspaces*; None if they are refused.

        Raises:
            DanglingReference: a workspace is no longer there.
        """
        pace = Pace()
        for number, workspace in enumerate(workspaces):
            if pace.is_due():
                LOG.warning("reading workspaces %d of %d", number, len(workspaces))
            users, bots = self._access[workspace.id]
            try:
                held = [*users.result(), *(bots.result() if bots else ())]
            except Forbidden:
                yield workspace.id, None
            except NotFound as error:
                raise _gone(f"the workspace `{workspace.handle}`") from error
            else:
                yield workspace.id, held

    def _earlier_keys(self, bot: BotReadResponse) -> list[APIKeyReadResponse]:
        """Return the earlier keys of *bot*.

        Raises:
            DanglingReference: its active key has become one of them.
        """
        path = f"bots/{bot.id}/read_bot_api_keys"
        earlier = self._api.get(path, BotAPIKeyReadResponse, BOTS.right).rotating_keys
        if any(key.id == bot.api_key.id for key in earlier):
            raise _gone(f"the key of the service account `{bot.name}`", "replaced")
        return earlier


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


def _visible_keys(
    rotating: dict[UUID, Future[list[APIKeyReadResponse]]], hidden: dict[Kind, str]
) -> dict[UUID, Sequence[APIKeyReadResponse]]:
    """Return the earlier keys of bots; if that is refused, return none and add to *hidden*."""
    try:
        return {bot: keys.result() for bot, keys in rotating.items()}
    except Forbidden:
        hidden[Kind.KEY] = BOTS.right
        return {}
    except NotFound as error:
        raise _gone("a service account") from error


def _gone(what: str, how: str = "deleted") -> DanglingReference:
    """Return the error after which everything is read again: *what* was listed, and then gone."""
    message = f"{what} was {how} while the account was read"
    return DanglingReference(
        message, hint="try again; if this message comes again, look at the account in the service"
    )


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
