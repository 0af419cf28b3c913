"""Sessions that read a remote account and the journal of its changes."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
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
    State,
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
    """One account at one moment. A request is sent only when its result is needed."""

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
        """The current catalogue of the world of the account."""

    @abstractmethod
    def caller(self) -> tuple[Address, frozenset[str]]:
        """Return the principal of the key, and the permissions that the service reports for it."""

    @abstractmethod
    def caller_id(self) -> str:
        """Return the id of the principal of the key."""

    def now(self) -> Instant:
        """Return the time of the service at the first request of this session."""
        return self._service.caller_and_time[1]

    @property
    def trail(self) -> Journal:
        """The audit trail in the journal: the changes that rbac-sync made to this account."""
        return self._journal

    def unrecorded(self, records: Iterable[Record]) -> list[Mismatch]:
        """Return each intent of the journal that is not in *records*. See ``Session``."""
        return list(self._journal.unlike(records))

    def absences(self, people: Collection[Address]) -> Mapping[Address, Absence]:
        """Return the absences of *people* from the journal, which has only our own changes."""
        return absences(self._journal.about_people(people), people)

    def unsettled(self) -> int:
        """Return the number of intents without an outcome in the journal. See ``Session``."""
        return len(self._journal.unrecorded())

    def applied(self, plan_digest: str) -> bool:
        """Say whether a run of the plan with this digest is complete. See ``Session``."""
        return self._journal.applied(plan_digest)

    def made(self, plan_digest: str) -> tuple[Change, ...]:
        """Return the changes that interrupted runs of this plan have made, in their order.

        Only those whose effect is in the live state are returned.
        """
        made = self._journal.made(plan_digest)
        self.show_lists(objects_of(made))
        return confirmed(made, normal(self.read(), self.catalogue), self.horizon()) if made else ()

    def replaced(self) -> Sequence[ReplacedKey]:
        """Return the live keys whose id differs from the id in the journal.

        A key that is not in the journal is not among them.
        """
        made = self._journal.keys()
        return [
            ReplacedKey(address, self._born(address))
            for address, key in sorted(self.read().of(Key).items())
            if self._id_of(address) != made.get((str(key.owner), key.name), self._id_of(address))
        ]

    def _id_of(self, key: Address) -> str:
        """Return the id of a live key: the first word of its stamp."""
        return self._ids.stamp(key).partition(" ")[0]

    def _born(self, key: Address) -> Instant | None:
        """Return the time when a live key was made, from its stamp; None if the stamp has none."""
        _, _, at = self._ids.stamp(key).partition(" ")
        return parsed(at) if at else None

    def applier(self) -> Address:
        """Return the principal of the key.

        Raises:
            CredentialError: the key belongs to nobody who can act in this account.
            BackendError: the service grants the key less than the role of its principal.
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


def with_roles(known: Catalogue, state: State) -> Catalogue:
    """Return *known* with the built-in roles as they are in *state*."""
    builtin_roles = {address: role for address, role in state.of(Role).items() if role.builtin}
    return replace(known, roles={**known.roles, **builtin_roles})


def closed(state: State, catalogue: Catalogue) -> State:
    """Return *state* with the permissions of every role closed over *catalogue*."""
    draft = state.draft()
    for role in state.of(Role).values():
        permissions = catalogue.closed(role.permissions)
        if permissions != role.permissions:
            draft.put(replace(role, permissions=permissions))
    return draft
