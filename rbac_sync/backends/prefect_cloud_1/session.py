"""Prefect Cloud 1 as a backend: sessions that read a tenant, and write it under its lock."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from functools import cached_property

from ...audit.record import Touch
from ...model import Address, Catalogue, Horizon, Level, Permission, State, Title
from ...model.address import user
from ...planning import Capabilities, Expresses, Invitations, Writes
from ..handler import actions
from ..interface import Target
from ..remote.client import Client
from ..remote.ids import Ids
from ..remote.journal import Journal
from ..remote.journaled_backend import JournaledBackend
from ..remote.journaled_session import JournaledSession, closed, with_roles
from ..remote.journaled_writer import JournaledWriter
from .api import Api
from .doubles import Doubles
from .environment import login
from .handlers.bindings import Bindings
from .handlers.keys import Keys
from .handlers.roles import Roles
from .handlers.service_accounts import ServiceAccounts
from .handlers.users import Users
from .history import touched
from .limits import FEATURE, limits, within
from .naming import WORLD, WORLD_NAME
from .rows import TenantLists, fetched


class PrefectCloud1Session(JournaledSession[TenantLists]):
    """One tenant at one moment."""

    def __init__(self, client: Client, target: Target, journal: Journal) -> None:
        """Read the tenant of *target* with the credential of *client*."""
        api, doubles, ids = Api(client, target.account), Doubles(), Ids()
        first = (kind(api, ids, doubles=doubles) for kind in (Roles, Users, ServiceAccounts))
        keys = Keys(api, ids, doubles=doubles, lost=journal.lost())
        handlers = (*first, keys, Bindings(api, ids, doubles=doubles))
        super().__init__(target, journal, api, handlers, ids)
        self._api, self._doubles = api, doubles

    @cached_property
    def capabilities(self) -> Capabilities:
        """The capabilities of this tenant; its ambiguous names are known after a reading."""
        self.read()
        features = frozenset(p for p in self.rights() if p.startswith(FEATURE))
        return Capabilities(
            actions=actions(self._handlers),
            limits=(*limits(features), within(self._licensed), self._doubles.reason),
            expresses=Expresses.NOTHING,
            invitations=Invitations.REQUIRED,
            writes=Writes.NONE,
            features=features,
        )

    @cached_property
    def catalogue(self) -> Catalogue:
        """The catalogue of Prefect Cloud 1 with its current permissions and roles."""
        self.read()
        return self._catalogue

    def caller(self) -> Address:
        caller, _ = self._api.caller_and_time
        id_ = caller.auth_info.user_id
        return self._ids.known(id_) or user(str(id_))

    def rights(self) -> frozenset[str]:
        """Return the permissions of the key, with the features of the licence."""
        caller, _ = self._api.caller_and_time
        return frozenset(caller.auth_info.permissions)

    def caller_id(self) -> str:
        caller, _ = self._api.caller_and_time
        return str(caller.auth_info.user_id)

    def touched(self, addresses: Collection[Address]) -> Mapping[Address, Touch]:
        self._learn_ids()
        return touched(self._api, self._ids.behind(addresses))

    def fetched(self) -> TenantLists:
        self._doubles.clear()
        return fetched(self._api)

    def horizon_of(self, state: State, rows: TenantLists) -> Horizon:  # noqa: ARG002
        reasons = (
            f"not every {kind} may be shown: the key needs `{right}`"
            for kind, right in sorted(rows.hidden.items())
        )
        none = frozenset[Address]()
        return Horizon(
            frozenset(rows.hidden), none, none, none, more_workspaces=False, reasons=tuple(reasons)
        )

    def completed(self, state: State, rows: TenantLists) -> State:  # noqa: ARG002
        titles = {name: Title(name, Level.ACCOUNT) for name in self._licensed}
        known = replace(WORLD, titles={**titles, **WORLD.titles})
        complete = closed(state, known)
        self._catalogue = with_roles(known, complete)
        return complete

    @property
    def _licensed(self) -> frozenset[Permission]:
        caller, _ = self._api.caller_and_time
        names = caller.permissions_info.all_permissions_filtered_by_license_features
        return frozenset(map(Permission, names))


class PrefectCloud1Writer(JournaledWriter[TenantLists], PrefectCloud1Session):
    """A session that writes to one tenant under the lock of its journal."""


class PrefectCloud1Backend(JournaledBackend):
    """One tenant, by slug or id, of Prefect Cloud 1 or of a server with the same API."""

    world = WORLD_NAME
    login = staticmethod(login)
    session = staticmethod(PrefectCloud1Session)
    writer = staticmethod(PrefectCloud1Writer)
