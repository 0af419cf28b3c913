"""An open account: read by whoever may, written to by whoever holds its lock."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any
from uuid import UUID

from ...audit.record import DONE, FAILED, Authorship, Record
from ...errors import BackendError, CredentialError, NoAnswer, RbacSyncError
from ...model import ACCOUNT, Action, Address, Catalogue, Instant, Kind, Role, State
from ...model.address import user
from ...planning import Capabilities, Change, followed
from ...planning.planner import normal
from ..http import Client
from ..interface import Target
from ..journal import Intent, Journal
from ..session import HandlerSession, Ids, actions
from .api import Api
from .handlers import handlers
from .limits import limits
from .live import closed, with_roles, with_scopes
from .naming import WORLD
from .rows import Rows, fetched


class PrefectCloudSession(HandlerSession[Rows]):
    """One account at one moment. Nothing is asked of the service before it is needed."""

    def __init__(self, client: Client, target: Target, journal: Journal) -> None:
        """Look at the account of *target* with the credential of *client*."""
        self.target = target
        self._api, self._journal = Api(client, target.account), journal
        ids = Ids()
        lost = frozenset(map(UUID, journal.lost()))
        super().__init__(handlers(self._api, ids, lost), ids)

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
            leavers=True,
            features=features,
        )

    @cached_property
    def catalogue(self) -> Catalogue:
        """What is known of Prefect Cloud, with the permissions and roles that it has now."""
        self.read()
        return self._catalogue

    @property
    def trail(self) -> Journal:
        """The audit trail of what rbac-sync did to this account from this machine."""
        return self._journal

    def applied(self, plan_digest: str) -> bool:
        """Say whether a run of the plan of this digest came to its end. See ``Session``."""
        return self._journal.applied(plan_digest)

    def made(self, plan_digest: str) -> tuple[Change, ...]:
        """Return the changes that interrupted runs of this plan have made, in their order."""
        return self._journal.made(plan_digest)

    def now(self) -> Instant:
        """Return the service's own time when this session began to ask."""
        _, now = self._api.begun
        return now

    def applier(self) -> Address:
        """Return whose key this is.

        Raises:
            CredentialError: nobody's who can act in this account.
            BackendError: the service grants it less than the role that it holds.

        """
        me, _ = self._api.begun
        state = self.read()
        found = self._ids.known(me.id) or user(me.email)
        if state.get(found) is None:
            message = f"this API key belongs to nobody in `{self.target.account}`"
            raise CredentialError(message, hint="use the key of an active member of the account")
        known = (state.get(h.role) for h in state.holdings(found, ACCOUNT))
        held = {p for role in known if isinstance(role, Role) for p in role.permissions}
        if missing := sorted(held - self._api.rights):
            message = f"the service grants this key less than its role says: `{missing[0]}`"
            raise BackendError(message, hint="wait until the roles have settled, then plan again")
        return found

    def fetched(self) -> Rows:
        """Return the rows of this moment."""
        return fetched(self._api)

    def completed(self, state: State, rows: Rows) -> State:
        """Return *state* with the permissions of roles closed."""
        known = with_scopes(WORLD, rows.scopes)
        found = closed(state, known)
        self._catalogue = with_roles(known, found)
        return found


class PrefectCloudWriter(PrefectCloudSession):
    """One account under its lock on this machine. What it does is in the journal first."""

    _by: Authorship

    def begin(self, authorship: Authorship) -> None:
        """Note in the journal who applies which plan, so that what is left of it is found."""
        self._by = authorship
        self._journal.begin(authorship)

    def make(self, change: Change) -> Mapping[str, str]:
        """Make *change*; its intent is on the disk before anything is sent. See ``Writer``."""
        self._learn_ids()
        handler: Any = self._handlers[change.address.kind]
        mark = handler.mark(change.resource) if hasattr(handler, "mark") else ""
        number = self._journal.intend(self._by.run, change, mark)
        try:
            secrets = super().make(change)
        except NoAnswer:
            raise
        except RbacSyncError as error:
            (intent,) = (i for i in self._journal.unrecorded() if i.number == number)
            self._journal.conclude(intent, FAILED, self.now(), str(error))
            raise
        self._journal.settle(number, DONE)
        self._remark(handler)
        return secrets

    def record(self, record: Record) -> None:
        """Add one row to the trail. It is on the disk when this returns."""
        self._journal.record(record)

    def settle(self) -> None:
        """Settle what earlier runs left open, by looking at what is live."""
        for intent in self._journal.unrecorded():
            outcome, reason = intent.outcome or FAILED, ""
            if intent.outcome is None:
                outcome, reason = self._outcome(intent)
            self._journal.conclude(intent, outcome, self.now(), reason)

    def _outcome(self, intent: Intent) -> tuple[str, str]:
        """Return what became of *intent*, and what there is to say of it.

        A key whose secret nobody got is as good as none: it counts as lost,
        and is made again by the next plan that declares it.
        """
        change = intent.change
        if not self._is_made(intent):
            return FAILED, "nothing of it is live"
        if change.address.kind is not Kind.KEY:
            return DONE, "found live"
        self._journal.lose(self._traced(change))
        return FAILED, "made, and its secret lost"

    def _is_made(self, intent: Intent) -> bool:
        change = intent.change
        is_new = change.action in (Action.CREATE, Action.REPLACE) or change.address.kind is Kind.KEY
        live = normal(self.read(), self.catalogue)
        if not (is_new and hasattr(self._handlers[change.address.kind], "trace")):
            return followed(live, [change]) == live
        new = self._api.polled(lambda: self._traced(change) not in ("", intent.mark) or None)
        return new is not None

    def _traced(self, change: Change) -> str:
        """Return the id of what *change* makes, empty if it is not there."""
        handler: Any = self._handlers[change.address.kind]
        found: str = handler.trace(change.after)
        return found

    def _remark(self, handler: Any) -> None:
        """Put on record what *handler* has to say beyond the change itself."""
        for address, words in handler.remarks:
            self.record(self._by.remark(address, words, self.now()))
        handler.remarks.clear()
