"""Prefect Cloud as a backend: sessions that read an account, and write it under its lock."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from functools import cached_property

from ...audit.record import Touch
from ...errors import DanglingReference
from ...model import (
    ACCOUNT,
    PRINCIPALS,
    Address,
    Binding,
    Catalogue,
    Horizon,
    Kind,
    Role,
    State,
    Workspace,
)
from ...model.address import user
from ...planning import Capabilities, Change, Expresses, Invitations, Writes, objects_of
from ...planning.extent import Extent
from ...planning.pins import find
from ...planning.plan import Absence
from ..handler import actions
from ..interface import Target
from ..remote.client import Client
from ..remote.ids import Ids
from ..remote.journal import Journal
from ..remote.journaled_backend import JournaledBackend
from ..remote.journaled_session import JournaledSession, closed, with_roles
from ..remote.journaled_writer import JournaledWriter
from .api import Api
from .environment import login
from .handlers.bindings import Bindings
from .handlers.keys import Keys
from .handlers.objects import AccessLists
from .handlers.roles import Roles
from .handlers.service_accounts import ServiceAccounts
from .handlers.teams import Teams
from .handlers.users import Users
from .handlers.workspaces import Workspaces
from .limits import limits
from .naming import WORLD, WORLD_NAME, with_scopes
from .reading import AccountReading
from .rows import BOT_ACCESS, USER_ACCESS, AccountRows


class PrefectCloudSession(JournaledSession[AccountRows]):
    """One account at one moment."""

    _extent: Extent = None
    _unread: frozenset[Address] = frozenset()

    def __init__(self, client: Client, target: Target, journal: Journal) -> None:
        """Read the account of *target* with the credential of *client*."""
        api, ids = Api(client, target.account), Ids()
        first = (kind(api, ids) for kind in (Roles, Workspaces, Users, ServiceAccounts))
        keys = Keys(api, ids, lost=journal.lost())
        self._teams, self._bindings = Teams(api, ids), Bindings(api, ids)
        self._lists = AccessLists(api, ids)
        handlers = (*first, keys, self._teams, self._bindings, self._lists)
        super().__init__(target, journal, api, handlers, ids)
        self._api = api
        self._objects: set[Address] | None = set()
        self._absent: tuple[frozenset[Address], Mapping[Address, Absence]] | None = None

    @cached_property
    def capabilities(self) -> Capabilities:
        features = self._api.membership.account_plan_features
        return Capabilities(
            actions=actions(self._handlers),
            limits=limits(features),
            expresses=Expresses.BASES | Expresses.ENDS,
            invitations=Invitations.REQUIRED,
            writes=Writes.ROTATED_KEYS | Writes.LEAVERS,
            features=features,
        )

    @cached_property
    def catalogue(self) -> Catalogue:
        """The catalogue of Prefect Cloud with its current permissions and roles."""
        rows = self._reading.roles
        known = with_scopes(WORLD, rows.scopes)
        return with_roles(known, closed(State(Roles(self._api, Ids()).listed(rows)), known))

    @cached_property
    def _reading(self) -> AccountReading:
        return AccountReading(self._api)

    def restrict(self, extent: Extent) -> None:
        is_read = "_live" in self.__dict__
        if not is_read or (self._unread if extent is None else self._unread & extent):
            self._extent = extent
            self._forget("_live", "_account")

    def caller(self) -> Address:
        me, _ = self._api.caller_and_time
        return self._ids.known(me.id) or user(me.email)

    def rights(self) -> frozenset[str]:
        """Return the account permissions of the key."""
        return self._reading.rights

    def caller_id(self) -> str:
        me, _ = self._api.caller_and_time
        return str(me.id)

    def touched(self, addresses: Collection[Address]) -> Mapping[Address, Touch]:
        from .history import touched

        live = (find(address, self.read()) for address in addresses)
        self._bindings.report_rows(each for each in live if isinstance(each, Binding))
        touches = touched(self._api, self._ids.subjects(addresses))
        return {address: touches[address] for address in addresses if address in touches}

    def absences(self, people: Collection[Address]) -> Mapping[Address, Absence]:
        """Return the absences of *people*, from the service and the journal. See ``Session``.

        A person whom our own plan removed was not declared then, so this is no absence. The same
        people are read once in a session, because a plan may be made several times.
        """
        everybody = frozenset(people)
        if self._absent is None or self._absent[0] != everybody:
            self._absent = everybody, self._absences(everybody)
        return self._absent[1]

    def _absences(self, people: frozenset[Address]) -> Mapping[Address, Absence]:
        from .absences import absences

        self._learn_ids()
        own = super().absences(people)
        of_service = absences(self._api, people, self._ids.known)
        planned = {who for who, absence in own.items() if not absence.was_member}
        return {
            who: replace(absence, was_member=False) if who in planned else absence
            for who, absence in {**own, **of_service}.items()
        }

    def show_lists(self, objects: Collection[Address] | None) -> None:
        if objects is None or (self._objects is not None and not self._objects >= {*objects}):
            self._objects = None if objects is None else (self._objects or set()) | {*objects}
            self._forget("_account")

    def read(self, like: State | None = None) -> State:  # noqa: ARG002
        """Return the live state, read once, with the requested access lists."""
        return self._account[0]

    def horizon(self) -> Horizon:
        return self._account[1]

    @cached_property
    def _account(self) -> tuple[State, Horizon]:
        live, horizon = self._live, self._horizon
        if self._objects is not None and not self._objects:
            return live, horizon
        hides, state = not horizon.kinds.isdisjoint(PRINCIPALS), live.draft()
        for listed in self._lists.lists(self._objects, live.of(Workspace), hides=hides):
            state.put(listed)
        reasons = (
            f"the access list of `{address}` is not shown: the key needs `{needed}` there"
            for address, needed in sorted(self._lists.partly.items())
        )
        return state, replace(
            horizon,
            partly=horizon.partly.union(self._lists.partly),
            reasons=(*horizon.reasons, *reasons),
        )

    def fetched(self) -> AccountRows:
        if "_reading" not in self.__dict__:
            self._forget("catalogue")
        return self._reading.rows(self._extent)

    def horizon_of(self, state: State, rows: AccountRows) -> Horizon:
        teams, bindings = self._teams, self._bindings
        sees_all = self._owns_all(state) and Kind.WORKSPACE not in rows.hidden
        if sees_all and bindings.beyond:
            team, workspace = min(bindings.beyond.items())
            message = f"`{team}` refers to the workspace `{workspace}`, which no list contains"
            raise DanglingReference(
                message, hint="try again; if this message comes again, look at the account there"
            )
        self._unread = frozenset(self._ids.address(id_, "") for id_ in rows.unread)
        return Horizon(
            frozenset(rows.hidden),
            frozenset({*bindings.closed, *teams.partly, *bindings.beyond, *bindings.partly}),
            self._unread,
            frozenset(),
            not sees_all,
            tuple(self._reasons(rows, sees_all=sees_all)),
        )

    def _owns_all(self, state: State) -> bool:
        """Say whether the account role of the caller also gives a role in every workspace.

        The service shows to other callers only the workspaces to which they have access.
        """
        holdings = state.holdings(self.caller(), ACCOUNT)
        roles = (state.get(holding.role) for holding in holdings)
        return any(isinstance(role, Role) and role.implies for role in roles)

    def _reasons(self, rows: AccountRows, *, sees_all: bool) -> Iterator[str]:
        if not sees_all and Kind.WORKSPACE not in rows.hidden:
            yield (
                "this key is shown only the workspaces that its owner has access to; an account"
                " role that owns every workspace, as `admin` does, is shown all"
            )
        for kind, right in sorted(rows.hidden.items()):
            needed = f"the key needs `{right}`, and the account's plan must include it"
            yield f"not every {kind} is shown: {needed}"
        if count := len(rows.unread):
            where = "1 workspace" if count == 1 else f"{count} workspaces"
            yield f"who has access to {where} was not read: nothing that is planned depends on it"
        needed = f"`{USER_ACCESS.right}` and `{BOT_ACCESS.right}`"
        for scope in sorted(self._bindings.closed):
            yield f"who has access to `{scope}` is not shown: the key needs {needed} there"

    def _learn_ids(self, change: Change | None = None) -> None:
        objects = objects_of([change] if change else ())
        if not all(self._ids.has(address, "id") for address in objects):
            self.show_lists(objects)
            self.read()
        super()._learn_ids(change)

    def _look_again(self) -> None:
        super()._look_again()
        if "_reading" in self.__dict__:
            self._reading.cancel()
        self._forget("_account", "_reading")

    def completed(self, state: State, rows: AccountRows) -> State:
        return closed(state, with_scopes(WORLD, rows.roles.scopes))


class PrefectCloudWriter(JournaledWriter[AccountRows], PrefectCloudSession):
    """A session that writes to one account under the lock of its journal."""


class PrefectCloudBackend(JournaledBackend):
    """One account, by handle or id, of Prefect Cloud or of a server with the same API."""

    world = WORLD_NAME
    login = staticmethod(login)
    session = staticmethod(PrefectCloudSession)
    writer = staticmethod(PrefectCloudWriter)
