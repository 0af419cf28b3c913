"""An open account: read by whoever may, written to by whoever holds its lock."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import cached_property
from uuid import UUID

from ...audit.record import Touch
from ...model import Address, Catalogue, Instant, State
from ...model.address import user
from ...planning import Capabilities
from ..http import Client
from ..interface import Target
from ..journal import Journal
from ..journaled import JournaledSession, JournaledWriter
from ..live import closed, with_roles
from ..session import Ids, actions
from .api import Api
from .handlers import handlers
from .history import touched
from .limits import limits
from .naming import WORLD
from .rows import Rows, fetched
from .scopes import with_scopes


class PrefectCloudSession(JournaledSession[Rows]):
    """One account at one moment."""

    def __init__(self, client: Client, target: Target, journal: Journal) -> None:
        """Look at the account of *target* with the credential of *client*."""
        self._api, ids = Api(client, target.account), Ids()
        lost = frozenset(map(UUID, journal.lost()))
        super().__init__(target, journal, self._api, handlers(self._api, ids, lost), ids)

    @cached_property
    def capabilities(self) -> Capabilities:
        """What this account can do."""
        features = self._api.membership.account_plan_features
        return Capabilities(
            actions(self._handlers.values()),
            limits(features),
            pending_bindings=False,
            invites=True,
            dated_invitations=False,
            rotates_keys=True,
            atomic=False,
            keeps_reasons=False,
            leavers=True,
            features=features,
        )

    @cached_property
    def catalogue(self) -> Catalogue:
        """What is known of Prefect Cloud, with the permissions and roles that it has now."""
        self.read()
        return self._catalogue

    def now(self) -> Instant:
        """Return the service's own time when this session began to ask."""
        _, now = self._api.begun
        return now

    def caller(self) -> tuple[Address, frozenset[str]]:
        """Return whose key this is, and its account permissions."""
        me, _ = self._api.begun
        return self._ids.known(me.id) or user(me.email), self._api.rights

    def touched(self, addresses: Collection[Address]) -> Mapping[Address, Touch]:
        """Return who last changed each of *addresses* that is live, of late. See ``Session``."""
        self._learn_ids()
        return touched(self._api, self._ids.behind(addresses))

    def fetched(self) -> Rows:
        """Return the rows of this moment."""
        return fetched(self._api)

    def completed(self, state: State, rows: Rows) -> State:
        """Return *state* with the permissions of roles closed."""
        known = with_scopes(WORLD, rows.scopes)
        found = closed(state, known)
        self._catalogue = with_roles(known, found)
        return found


class PrefectCloudWriter(JournaledWriter[Rows], PrefectCloudSession):
    """One account under its lock on this machine."""
