"""A session of an account of a store, for reading; see ``writer`` for writing."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING, Any

from ...errors import BackendError, CredentialError
from ...model import (
    ACCOUNT,
    ANYWHERE,
    WHOLE,
    Address,
    Catalogue,
    Horizon,
    Instant,
    Key,
    Kind,
    Resource,
    State,
    User,
)
from ...model.overlay import Overlay
from ...planning import Capabilities, Expresses, Invitations, Writes
from ...planning.plan import Absence
from ...planning.planfile import Target
from ..credential import ACCESS, hashed, same
from ..database.columns import loaded
from ..handler import actions
from ..plain_session import Moment, PlainSession
from . import tables as t
from .account import Account
from .batch import Batch
from .documents import Document, Documents
from .features import AUDIT_TRAIL, limits
from .handlers import HANDLERS, AccessLists, Bindings
from .versions import of_keys, versions

if TYPE_CHECKING:
    from ...audit.record import Touch
    from ...audit.row_facts import Mismatch
    from ...planning.extent import Extent
    from ..interface import RecordedSession
    from .id_index import IdIndex, WholeIds
    from .live_holdings import StoreHoldings
    from .partial_state import PartialState
    from .recent_rows import RecentRows
    from .trail import StoreTrail


class StoreSession(PlainSession):
    """A session of one account of a store."""

    def __init__(self, account: Account, target: Target, api_key: str | None) -> None:
        """Open a session of *account* with the credential *api_key*, if there is one."""
        self.target = target
        self.account, self._api_key = account, api_key
        self._batch = Batch(account)
        self._handlers: dict[Kind, Any] = {h.kind: h(account, self._batch) for h in HANDLERS}
        self.catalogue: Catalogue = account.catalogue
        invites = bool(account.settings.get("invitations", False))
        required = Invitations.REQUIRED if invites else Invitations.NONE
        self.capabilities = Capabilities(
            actions=actions(self._handlers),
            limits=limits(account.features),
            expresses=Expresses.BASES | Expresses.ENDS | Expresses.REASONS,
            invitations=required | Invitations.DATED | Invitations.HOLD_ROLES,
            writes=Writes.WHOLE_RUNS,
            features=account.features,
        )
        self.documents = Documents(account, self._batch)
        self._named_objects: set[Address] = set()
        self._passed_over: frozenset[Address] = frozenset()
        self._extent: Extent = None

    def applier(self) -> Address | None:
        """Return the owner of the key or log-in; None without a credential. See ``Session``."""
        if self._api_key is None:
            return None
        if self._api_key.startswith(ACCESS):
            return self._logged_in(self._api_key)
        digest = hashed(self._api_key)
        rows = self.account.find(t.api_key, "hash", "owner", "until", hash=digest)
        if not rows or not same(rows[0][0], digest):
            raise CredentialError("this API key is not known here", hint=RENEW)
        _, owner, until = rows[0]
        if until is not None and loaded(until) <= self.now():
            raise CredentialError("this API key has expired", hint=RENEW)
        return self.account.names.address(owner)

    def is_key(self, key: str, secret: str) -> bool:
        """Say whether *secret* is that of the key at address *key*."""
        rows = self.account.find(t.api_key, "owner", "name", hash=hashed(secret))
        owned_by = self.account.names.address
        return any(str(Key(owned_by(owner), name).address) == key for owner, name in rows)

    def _logged_in(self, token: str) -> Address:
        from . import log_ins

        log_in = log_ins.whose(self.account.connection, token)
        if log_in.account != self.account.handle:
            raise CredentialError("this log-in is not one of this account", hint=log_ins.AGAIN)
        return log_in.person

    def now(self) -> Instant:
        """Return the time of the database."""
        return self.account.now

    @property
    def change(self) -> int:
        """The number that the last change of this session drew; another one after each change."""
        return self._batch.version

    def restrict(self, extent: Extent) -> None:
        self._extent = extent

    def pass_over(self, scopes: Collection[Address]) -> None:
        self._passed_over = frozenset(scopes)

    @cached_property
    def people(self) -> PartialState:
        """The users and their account roles, read on demand. See ``RecordedSession``."""
        from .people import people_of

        return people_of(self.account, self._handlers)

    @property
    def live_holdings(self) -> StoreHoldings:
        """The live holdings in little memory. See ``RecordedSession``."""
        from .live_holdings import StoreHoldings

        return StoreHoldings(self.account, self._handlers[Kind.WORKSPACE])

    @property
    def _outside(self) -> frozenset[Address]:
        """The workspaces outside of the extent."""
        if self._extent is None:
            return frozenset()
        scopes = frozenset(self.account.names.of(Kind.WORKSPACE))
        return scopes - self._extent - {ANYWHERE}

    def read(self, like: State | None = None) -> State:
        self._batch.flush()
        unread = self._passed_over | self._outside
        bindings: Bindings = self._handlers[Kind.BINDING]
        lists: AccessLists = self._handlers[Kind.OBJECT]
        other = like or State()
        resources = chain(self._resources(), lists.read(self._named_objects))
        if isinstance(other.of(User), Overlay):  # over the live ones
            from .people import StateWithPeople

            rows = bindings.whole(other, unread | {ACCOUNT})
            return StateWithPeople(self.people, resources, rows)
        rows, users = bindings.whole(other, unread), self._users(other)
        return State.of_rows(resources, rows, users)

    def object_address(self, document: Document) -> Address | None:
        """Return the address of the object of *document*; None if its parent is deleted."""
        lists: AccessLists = self._handlers[Kind.OBJECT]
        return lists.address(document)

    def show_lists(self, objects: Collection[Address] | None) -> None:
        """Make later reads include the lists of *objects*; lists that are not open always are."""
        self._named_objects.update(objects or ())

    def state(self, whole: Callable[[], State] | None = None) -> State:
        """Return the live state of the account, which reads only the needed parts.

        *whole* returns the complete state, where that is needed; see ``partial_state``.
        """
        from .partial_state import PartialState, StateSource

        self._batch.flush()
        return PartialState(StateSource(self.account, self._handlers, whole or self.read))

    def register(self, whole: Callable[[], WholeIds] | None = None) -> IdIndex:
        """Return the index of all ids of the account; *whole* returns all, where all are needed."""
        from .id_index import IdIndex

        self._batch.flush()
        return IdIndex(self.account, whole)

    def horizon(self) -> Horizon:
        """Return a horizon with the workspaces that are not read: a store hides nothing."""
        passed_over = self._passed_over
        return replace(WHOLE, passed_over=passed_over, unread=self._outside - passed_over)

    def versions(self, addresses: Iterable[Address]) -> Mapping[Address, str]:
        self._batch.flush()
        lists: AccessLists = self._handlers[Kind.OBJECT]
        requested = frozenset(addresses)
        objects = sorted(each for each in requested if each.kind is Kind.OBJECT)
        return {**versions(self.account, requested), **dict(lists.versions(objects))}

    def makers(self, keys: Collection[Address]) -> Mapping[Address, str]:
        """Return the known creators of *keys*; nothing if the account shows no trail."""
        if AUDIT_TRAIL not in self.account.features:
            return {}
        return self.trail.makers(dict(of_keys(self.account, frozenset(keys), "created")))

    def touched(self, addresses: Collection[Address]) -> Mapping[Address, Touch]:
        """Return the last change of each of *addresses*; nothing if the account shows no trail."""
        return self.trail.touched(addresses) if AUDIT_TRAIL in self.account.features else {}

    def absences(self, people: Collection[Address]) -> Mapping[Address, Absence]:
        """Return the absence of each of *people*; nothing if the account shows no trail."""
        if AUDIT_TRAIL not in self.account.features:
            return {}
        from ...audit.absences import absences

        return absences(self.trail.about_people(people), people)

    def applied(self, plan_digest: str) -> bool:
        return bool(self.account.find(t.run, "id", plan_digest=plan_digest))

    @property
    def trail(self) -> StoreTrail:
        """The audit trail.

        Raises:
            BackendError: the account does not show its trail.
        """
        if AUDIT_TRAIL not in self.account.features:
            message = f"this account has no audit trail (feature `{AUDIT_TRAIL}` is off)"
            raise BackendError(message, hint="rows are kept all the same")
        self.keep_record()
        self._trail.flush()
        return self._trail

    @cached_property
    def _trail(self) -> StoreTrail:
        from .trail import StoreTrail

        return StoreTrail(self.account, self.target.url)

    def keep_record(self) -> None:
        """Write the waiting record to the trail; a session for reading has none."""

    def damage(self) -> list[Mismatch]:
        """Return each damaged row of the account: unreadable, or in contradiction with another."""
        from .damage import damage

        self._batch.flush()
        return list(damage(self.account.connection, self.account.handle))

    def unrecorded(self) -> list[Mismatch]:
        """Return each row of a key, log-in, document or run that differs from the trail.

        The first event of the trail, each count of it and each name that has other rows than it
        gives is returned, too.
        """
        from .unrecorded import unrecorded

        self._batch.flush()
        return list(unrecorded(self.account, self._trail, self.documents.opening()))

    @property
    def recorded_session(self) -> RecordedSession:
        return self

    def moment(self) -> Moment:
        """Return the moment that this session sees. See ``RecordedSession``.

        *Why* with the end of the trail: a restored backup may reach the same serial with
        other changes.
        """
        return Moment(self.account.id, self.account.serial, *self.account.trail_end())

    def changed_since(self, moment: Moment) -> frozenset[Address] | None:
        now = self.moment()
        is_later = now.serial >= moment.serial and now.seq > moment.seq
        if now.account != moment.account or not (is_later or now == moment):
            return None
        return self._trail.scopes_since(moment.seq, moment.hash)

    def recorded(self, since: Instant) -> RecentRows:
        """Return the record since then, even if the account shows no trail."""
        self.keep_record()
        self._trail.flush()
        return self._trail.since(since)

    def _resources(self) -> Iterator[Resource]:
        for kind, handler in self._handlers.items():
            if kind not in (Kind.BINDING, Kind.OBJECT, Kind.USER):
                yield from handler.read()

    def _users(self, like: State) -> dict[Address, User]:
        """Return the users by address; one that equals that of *like* is the same object."""
        declared, users = like.of(User), dict[Address, User]()
        for user in self._handlers[Kind.USER].read():
            address = user.address
            other = declared.get(address)
            users[address] = other if other is not None and other == user else user
        return users


RENEW = "ask an owner of the account to make a new key: rbac-sync store key create OWNER NAME"
