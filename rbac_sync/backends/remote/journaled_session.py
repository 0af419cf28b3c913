"""Sessions that read a remote account, beside the journal of what was done to it."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TypeVar

from ...audit.absences import absences
from ...audit.record import Record
from ...audit.row_facts import Mismatch
from ...errors import BackendError, CredentialError
from ...model import (
    ACCOUNT,
    PRINCIPALS,
    Address,
    Catalogue,
    Instant,
    Key,
    Role,
)
from ...model.instant import parsed
from ...planning import Capabilities, Change, objects_of
from ...planning.freshness import confirmed
from ...planning.plan import Absence, ReplacedKey
from ...planning.planner import normal
from ..handler_session import Handler, HandlerSession, Ids
from ..interface import Target
from .api import ServiceApi
from .journal import Journal

Rows = TypeVar("Rows")


class JournaledSession(HandlerSession[Rows]):
    """One account at one moment. Nothing is asked of the service before it is needed."""

    def __init__(
        self,
        target: Target,
        journal: Journal,
        service: ServiceApi,
        handlers: Iterable[Handler[Rows]],
        ids: Ids,
    ) -> None:
        """Open a session on the account of *target*; *service* sends the requests."""
        super().__init__(tuple(handlers), ids)
        self.target, self._journal, self._service = target, journal, service

    @property
    @abstractmethod
    def capabilities(self) -> Capabilities:
        """The capabilities of this account."""

    @property
    @abstractmethod
    def catalogue(self) -> Catalogue:
        """The catalogue of the account's world, as it is now."""

    @abstractmethod
    def caller(self) -> tuple[Address, frozenset[str]]:
        """Return the principal of the key, and the permissions that the service reports for it."""

    @abstractmethod
    def caller_id(self) -> str:
        """Return the id of the key's principal."""

    @abstractmethod
    def now(self) -> Instant:
        """Return the service's own time when this session began to ask."""

    @property
    def trail(self) -> Journal:
        """The audit trail of the changes that rbac-sync made to this account, in the journal."""
        return self._journal

    def unrecorded(self, records: Iterable[Record]) -> list[Mismatch]:
        """Return each intent of the journal that *records* do not tell of. See ``Session``."""
        return list(self._journal.unlike(records))

    def absences(self, people: Collection[Address]) -> Mapping[Address, Absence]:
        """Return what the journal knows of *people*: it tells of our own changes alone."""
        return absences(self._journal.about_people(people), people)

    def unsettled(self) -> int:
        """Return the number of intents without an outcome in the journal. See ``Session``."""
        return len(self._journal.unrecorded())

    def applied(self, plan_digest: str) -> bool:
        """Say whether a run of the plan of this digest came to its end. See ``Session``."""
        return self._journal.applied(plan_digest)

    def made(self, plan_digest: str) -> tuple[Change, ...]:
        """Return the changes that interrupted runs of this plan have made, in their order.

        What the journal says of them is believed of those alone whose effect is live.
        """
        made = self._journal.made(plan_digest)
        self.show_lists(objects_of(made))
        return confirmed(made, normal(self.read(), self.catalogue), self.horizon()) if made else ()

    def replaced(self) -> Sequence[ReplacedKey]:
        """Return the live keys that are not those which the journal knows to be made, by their ids.

        A key that is not in the journal is unknown to it, and not among them.
        """
        made = self._journal.keys()
        return [
            ReplacedKey(address, self._born(address))
            for address, key in sorted(self.read().of(Key).items())
            if self._id_of(address) != made.get((str(key.owner), key.name), self._id_of(address))
        ]

    def _id_of(self, key: Address) -> str:
        """Return the id of a live key, with which its stamp begins."""
        return self._ids.stamp(key).partition(" ")[0]

    def _born(self, key: Address) -> Instant | None:
        """Return when a live key was made, as its stamp goes on; None if it does not say."""
        _, _, at = self._ids.stamp(key).partition(" ")
        return parsed(at) if at else None

    def applier(self) -> Address:
        """Return the principal of the key.

        Raises:
            CredentialError: nobody's who can act in this account.
            BackendError: the service grants it less than the role that it holds.

        """
        state = self.read()
        principal, rights = self.caller()
        if state.get(principal) is None and self.horizon().kinds & PRINCIPALS:
            message = "this API key may not see whose it is"
            raise CredentialError(message, hint="; ".join(self.horizon().reasons))
        if state.get(principal) is None:
            message = f"this API key belongs to nobody in `{self.target.account}`"
            raise CredentialError(message, hint="use the key of an active member of the account")
        known = (state.get(h.role) for h in state.holdings(principal, ACCOUNT))
        held = {p for role in known if isinstance(role, Role) for p in role.permissions}
        if missing := sorted(held - rights):
            message = f"the service grants this key less than its role says: `{missing[0]}`"
            raise BackendError(message, hint="wait until the roles have settled, then plan again")
        return principal
