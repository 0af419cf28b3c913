"""Sessions that read a remote account and the journal of its changes."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from hashlib import sha256
from typing import Any, Generic, TypeVar

from ...audit.absences import absences
from ...audit.row_facts import Mismatch
from ...errors import BackendError, CredentialError, DanglingReference
from ...model import (
    ACCOUNT,
    ACTORS,
    PRINCIPALS,
    Address,
    Catalogue,
    Horizon,
    Instant,
    Key,
    Resource,
    Role,
    State,
    Status,
    User,
)
from ...model.instant import parsed
from ...model.plain import canonical, plain
from ...planning import Capabilities, Change, objects_of
from ...planning.freshness import confirmed
from ...planning.pins import find
from ...planning.plan import Absence, ReplacedKey
from ...planning.target_form import normal
from ..interface import PlainSession, Target
from .api import ServiceApi
from .handler import ApiHandler
from .ids import Ids
from .journal import Journal

Rows = TypeVar("Rows")

ATTEMPTS = 2
"""The number of complete reads before a reference to a missing resource is an error."""


class JournaledSession(PlainSession, ABC, Generic[Rows]):
    """One account at one moment. A request is sent only when its result is needed.

    A handler may use ids that earlier *handlers* have learned.
    """

    def __init__(
        self,
        target: Target,
        journal: Journal,
        service: ServiceApi,
        handlers: Iterable[ApiHandler[Any, Rows]],
        ids: Ids,
    ) -> None:
        """Open a session on the account of *target*; *service* sends the requests."""
        self.target, self._journal, self._service = target, journal, service
        self._handlers = {handler.kind: handler for handler in handlers}
        self._ids, self._knows_ids = ids, False

    @property
    @abstractmethod
    def capabilities(self) -> Capabilities:
        """The capabilities of this account."""

    @property
    @abstractmethod
    def catalogue(self) -> Catalogue:
        """The current catalogue of the world of the account."""

    @abstractmethod
    def caller(self) -> Address:
        """Return the principal of the key."""

    @abstractmethod
    def rights(self) -> frozenset[str]:
        """Return the permissions that the service reports for the key."""

    @abstractmethod
    def caller_id(self) -> str:
        """Return the id of the principal of the key."""

    def now(self) -> Instant:
        """Return the time of the service at the first request of this session."""
        return self._service.caller_and_time[1]

    @abstractmethod
    def fetched(self) -> Rows:
        """Return the rows that the service returns now."""

    def read(self, like: State | None = None) -> State:  # noqa: ARG002
        return self._live

    def horizon(self) -> Horizon:
        self.read()
        return self._horizon

    @abstractmethod
    def horizon_of(self, state: State, rows: Rows) -> Horizon:
        """Return the horizon of *rows*, from which *state* was read.

        Raises:
            DanglingReference: a row refers to a missing row that is not hidden.
        """

    @cached_property
    def _live(self) -> State:
        for attempt in range(1, ATTEMPTS + 1):
            try:
                rows = self.fetched()
                self._knows_ids = False
                self._ids.clear()
                handlers = self._handlers.values()
                state = State([each for handler in handlers for each in handler.read(rows)])
                self._knows_ids = True
                self._horizon = self.horizon_of(state, rows)
                return self.completed(state, rows)
            except DanglingReference:
                if attempt == ATTEMPTS:
                    raise
                self._look_again()
        raise AssertionError("the last attempt returns or raises")

    @abstractmethod
    def completed(self, state: State, rows: Rows) -> State:
        """Return the *state* of *rows* with all permissions that those of its roles include."""

    def versions(self, addresses: Iterable[Address]) -> Mapping[Address, str]:
        """Return a digest of each live resource at *addresses* and its stamp."""
        live = {address: find(address, self.read()) for address in addresses}
        texts = {a: canonical([self._stamp(r), plain(r)]) for a, r in live.items() if r}
        return {a: sha256(text.encode()).hexdigest()[:16] for a, text in texts.items()}

    def _stamp(self, resource: Resource) -> str:
        return self._handlers[resource.kind].stamp(resource)

    @property
    def trail(self) -> Journal:
        """The audit trail in the journal: the changes that rbac-sync made to this account."""
        return self._journal

    def unrecorded(self) -> list[Mismatch]:
        """Return each intent of the journal that is not in its trail. See ``Session``."""
        return list(self._journal.unlike())

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
        rights, state = self.rights(), self.read()
        principal = self.caller()
        is_known = principal.kind in ACTORS and self._ids.known(self.caller_id()) == principal
        if not is_known and self.horizon().kinds & PRINCIPALS:
            message = "this API key may not see whose it is"
            raise CredentialError(message, hint="; ".join(self.horizon().reasons))
        account = state.get(principal)
        if not is_known or (isinstance(account, User) and account.status is not Status.ACTIVE):
            message = f"this API key belongs to nobody in `{self.target.account}`"
            raise CredentialError(message, hint="use the key of an active member of the account")
        known = (state.get(h.role) for h in state.holdings(principal, ACCOUNT))
        held = {p for role in known if isinstance(role, Role) for p in role.permissions}
        if missing := sorted(held - rights):
            message = f"the service grants this key less than its role says: `{missing[0]}`"
            raise BackendError(message, hint="wait until the roles have settled, then plan again")
        return principal

    def _learn_ids(self, change: Change | None = None) -> None:  # noqa: ARG002
        """Read the account, unless the resources of *change* have been read."""
        if not self._knows_ids:
            self.read()

    def _look_again(self) -> None:
        """Make the next read query the service again; known ids stay until then."""
        self._forget("_live")

    def _forget(self, *cached: str) -> None:
        for name in cached:
            self.__dict__.pop(name, None)


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
