"""The context of an operation: its caller and its tenant, given to every resolver.

What reaches further than one tenant is decided here alone. A key works in its
own tenant, and in others only if it reaches everywhere (see ``KeyScope``): those
that ``store init`` prints do, those of a log-in, and those that such a key
makes for its own owner. Whoever makes a key says so with ``keep``, in the same
transaction::

    reach = context.reaching(owner, default=tenant_id)
    keep(transaction.documents, transaction.view.register, key, reach)
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from functools import cached_property
from itertools import count
from typing import TypeVar
from uuid import UUID

from ...backends.store.accounts import Caller
from ...backends.store.id_index import KeyEntry
from ...backends.store.key_scope import KeyScope
from ...backends.store.read_transaction import Home, ReadTransaction
from ...backends.store.session import StoreSession
from ...model import Address, Kind, Status
from ..guarded_store import GuardedStore, WriteTransaction
from ..read_view import ReadView
from ..refusals import Unauthenticated
from .budget import Budget
from .fault import unauthenticated
from .ids import public_id

T = TypeVar("T")

WORLD = "prefect-cloud-1"
"""The world of the accounts that this face serves, as tenants."""


class RequestContext:
    """The context of one operation: its caller and its tenant.

    ``caller`` is the owner of the key, moved to the tenant selected; None: no key, none that is
    known here, or none that works in that tenant. ``key`` is the secret itself.
    """

    def __init__(
        self,
        guarded: GuardedStore,
        key: str | None,
        own: Caller | None,
        tenant: str,
        budget: Budget,
        operations: Iterator[int],
    ) -> None:
        """Ask with *key*, which is that of *own*, in the *tenant* named, or "" if none is.

        *budget* is what the whole request has left; *operations* counts, from 0, its
        operations.
        """
        self.guarded, self.key, self._own = guarded, key, own
        self._tenant, self.budget = tenant, budget
        self._operations, self._mutations = operations, count()
        self._open = ExitStack()

    @cached_property
    def caller(self) -> Caller | None:
        """The owner of the key, in the tenant selected."""
        own = self._own
        if own is None:
            return None
        tenant = _uuid(self._tenant) if self._tenant else own.reach.default or own.account_id
        if tenant == own.account_id:
            return own
        home = next((home for home in self._homes if home.account_id == tenant), None)
        if home is None or home.status is not Status.ACTIVE:
            return None
        return replace(own, account=home.account, account_id=home.account_id)

    @property
    def proven(self) -> bool:
        """True if the key belongs to somebody, in whichever tenant it works."""
        return self._own is not None

    def count(self, account: UUID) -> None:
        """Count a request that shows no key as one of *account*; one that does is counted by it.

        Raises:
            Refusal: the account has asked too often.

        """
        if self._own is None:
            self.guarded.rate.take(account)

    def begin(self) -> None:
        """Count the operation: the first is the request itself, each further one another.

        Raises:
            Refusal: the account has asked too often.

        """
        if next(self._operations):
            self._take()

    def mutate(self) -> None:
        """Count a mutation: the first is the operation itself, each further one another.

        Raises:
            Refusal: the account has asked too often.

        """
        if next(self._mutations):
            self._take()

    def _take(self) -> None:
        if self._own is not None:
            self.guarded.rate.take(self._own.account_id)

    @property
    def known(self) -> Caller:
        """The caller.

        Raises:
            Fault: there is none.

        """
        if self.caller is None:
            raise unauthenticated()
        return self.caller

    @contextmanager
    def view(self) -> Iterator[ReadView]:
        """Open a view of the tenant: at the same moment for all fields until something is written.

        Raises:
            Fault: the caller may do nothing at all here.

        """
        yield self.here

    def write(self, work: Callable[[WriteTransaction], T]) -> T:
        """Do *work* in the tenant, in one transaction; what is looked at later is newer.

        Raises:
            Fault: the caller may do nothing at all here.

        """

        def entered(transaction: WriteTransaction) -> T:
            if not transaction.view.access.acts(transaction.view.caller):
                raise unauthenticated()
            return work(transaction)

        return self.write_at(self.known.account, entered)

    def write_at(self, account: str, work: Callable[[WriteTransaction], T]) -> T:
        """Do *work* in a tenant that the caller is in or that invites the caller; see ``write``.

        Whether the caller may act there is for *work* to ask: who is only invited may answer.
        """
        own, key = self._own, self.key or ""
        homes = {home.account for home in self._homes}
        self.close()
        if own is None or account not in homes | {own.account}:
            raise unauthenticated()

        def who(_: StoreSession) -> Address:
            self.guarded.service.whose(key)
            return own.principal

        return self.guarded.write_as(account, who, work)

    @property
    def reaches(self) -> bool:
        """True if the key works in every tenant of its owner."""
        own = self._own
        return own is not None and own.reach.everywhere and own.principal.kind is Kind.USER

    def reaching(self, owner: Address, default: UUID | None = None) -> KeyScope:
        """Return what is to be kept beside a key that the caller makes for *owner*."""
        mine = self.reaches and owner == self.known.principal
        return KeyScope(mine, default, public_id(self.here, self.known.principal))

    @property
    def here(self) -> ReadView:
        """The tenant, see ``view``."""
        view = self.at(self.known.account)
        if not view.access.acts(view.caller):
            raise unauthenticated()
        return view

    def tenants(self) -> list[ReadView]:
        """Return the views of all tenants in which the caller is, the one selected first."""
        return [self.here, *self.elsewhere()]

    def elsewhere(self) -> list[ReadView]:
        """Return the views of the other tenants in which the caller is."""
        here, homes = self.known.account, [h for h in self._homes if h.status is Status.ACTIVE]
        return [self.at(home.account) for home in homes if home.account != here]

    def inviting(self) -> list[ReadView]:
        """Return the views of the tenants that have invited the person who asks."""
        return [self.at(home.account) for home in self._homes if home.status is Status.PENDING]

    def at(self, account: str) -> ReadView:
        """Return the view of one tenant of the caller."""
        if account not in self._views:
            assert self._own is not None, "somebody asks"
            session = self._moment.session(account)
            self._views[account] = self.guarded.seen(session, self._own.principal)
        return self._views[account]

    def own_key(self) -> KeyEntry | None:
        """Return what is kept of the key itself, wherever it is of; None: it is a log-in's."""
        own = self._own
        assert own is not None, "somebody asks"
        keys = self.at(own.account).register.keys.get(own.principal, ())
        return next((entry for entry in keys if entry.id == own.key), None)

    def close(self) -> None:
        """End the moment that was looked at."""
        self._open.close()
        for name in ("_moment", "_views"):
            self.__dict__.pop(name, None)

    @cached_property
    def _homes(self) -> list[Home]:
        own = self._own
        return self._moment.homes(WORLD, own.principal) if own and self.reaches else []

    @cached_property
    def _moment(self) -> ReadTransaction:
        return self._open.enter_context(self.guarded.service.moment())

    @cached_property
    def _views(self) -> dict[str, ReadView]:
        return {}


def identified(guarded: GuardedStore, key: str | None) -> Caller | None:
    """Return whose key this is, and count the request; None if it is none of this world.

    Raises:
        Refusal: its account has asked too often.

    """
    try:
        return guarded.identify(key, WORLD)
    except Unauthenticated:
        return None


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
