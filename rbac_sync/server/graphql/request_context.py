"""The context of an operation, for every resolver: its caller and its tenant.

Only this module decides about access to other tenants. A key works in its
own tenant, and in others only if its scope is everywhere (see ``KeyScope``): so are
the keys of ``store init``, those of a log-in, and keys that such a key
creates for its own owner.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from dataclasses import replace
from functools import cached_property
from itertools import count
from typing import TypeVar
from uuid import UUID

from starlette.requests import Request

from ...backends.store.accounts import Caller, Home, ReadTransaction, whose
from ...backends.store.id_rows import KeyEntry
from ...backends.store.key_scope import KeyScope
from ...backends.store.session import StoreSession
from ...model import Address, Kind, Status
from ..auth import field_value, presented
from ..guarded_store import GuardedStore, WriteTransaction
from ..read_view import ReadView
from ..refusals import Unauthenticated
from .budget import CURRENT, Budget
from .fault import unauthenticated
from .ids import public_id

T = TypeVar("T")

WORLD = "prefect-cloud-1"
"""The world of the accounts of this face, which are its tenants."""

TENANT = "x-prefect-tenant-id"


class Sender:
    """The sender of a request, with the budget of all operations of the request.

    ``own`` is the owner of the key; None: there is none in this world. ``tenant`` is the id of the
    selected tenant; empty: the default one of the key. ``operations`` counts from 0.
    """

    def __init__(self, request: Request) -> None:
        """Identify the sender, and count the request.

        Raises:
            Refusal: the account has sent too many requests.
        """
        self.guarded: GuardedStore = request.app.state.guarded
        self.key = presented(request)
        self.own: Caller | None = None
        with suppress(Unauthenticated):
            self.own = self.guarded.identify(self.key, WORLD)
        self.tenant = field_value(request, TENANT)
        self.budget, self.operations = Budget(), count()
        CURRENT.set(self.budget)
        request.state.caller = self.own


class RequestContext:
    """The context of one operation: its caller and its tenant.

    ``caller`` is the owner of the key in the selected tenant; None: no key, an unknown
    one, or one that does not work in that tenant. ``key`` is the secret itself.
    """

    def __init__(self, sender: Sender) -> None:
        """Create the context of the next operation of *sender*."""
        self.guarded, self.key, self._own = sender.guarded, sender.key, sender.own
        self._tenant, self.budget = sender.tenant, sender.budget
        self._operations, self._mutations = sender.operations, count()
        self._open = ExitStack()

    @cached_property
    def caller(self) -> Caller | None:
        """The owner of the key, in the selected tenant."""
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
        """True if the key is valid in some tenant."""
        return self._own is not None

    def count(self, account: UUID) -> None:
        """Count a request without a key for *account*; one with a key is counted for its account.

        Raises:
            Refusal: the account has asked too often.
        """
        if self._own is None:
            self.guarded.rate.take(account)

    def begin(self) -> None:
        """Count an operation as a request; the first was counted with the HTTP request.

        Raises:
            Refusal: the account has asked too often.
        """
        self._take(self._operations)

    def mutate(self) -> None:
        """Count a mutation as a request, the first with its operation; see ``begin``."""
        self._take(self._mutations)

    def _take(self, counted: Iterator[int]) -> None:
        if next(counted) and self._own is not None:
            self.guarded.rate.take(self._own.account_id)

    @property
    def known(self) -> Caller:
        """The caller.

        Raises:
            GraphQLFault: there is no caller.
        """
        if self.caller is None:
            raise unauthenticated()
        return self.caller

    def write(self, work: Callable[[WriteTransaction], T]) -> T:
        """Do *work* in the tenant, in one transaction; later views are of a later moment.

        Raises:
            GraphQLFault: the caller may do nothing at all here.
        """

        def entered(transaction: WriteTransaction) -> T:
            if not transaction.view.access.acts(transaction.view.caller):
                raise unauthenticated()
            return work(transaction)

        return self.write_at(self.known.account, entered)

    def write_at(self, account: str, work: Callable[[WriteTransaction], T]) -> T:
        """Do *work* in a tenant with the caller as a member or a pending user; see ``write``.

        *work* checks whether the caller may act there: a pending user may answer.
        """
        own, key = self._own, self.key or ""
        homes = {home.account for home in self._homes}
        self.close()
        if own is None or account not in homes | {own.account}:
            raise unauthenticated()

        def who(session: StoreSession) -> Address:
            whose(session.account.connection, key)
            return own.principal

        return self.guarded.write_as(account, who, work)

    @property
    def reaches(self) -> bool:
        """True if the key works in every tenant of its owner."""
        own = self._own
        return own is not None and own.reach.everywhere and own.principal.kind is Kind.USER

    def reaching(self, owner: Address, default: UUID | None = None) -> KeyScope:
        """Return the scope of a key that the caller creates for *owner*."""
        mine = self.reaches and owner == self.known.principal
        return KeyScope(mine, default, public_id(self.here, self.known.principal))

    @property
    def here(self) -> ReadView:
        """The view of the tenant: of one moment for all fields until the next write.

        Raises:
            GraphQLFault: the caller may do nothing at all here.
        """
        view = self.at(self.known.account)
        if not view.access.acts(view.caller):
            raise unauthenticated()
        return view

    def tenants(self) -> list[ReadView]:
        """Return the views of all tenants with the caller as a member, the selected one first."""
        return [self.here, *self.elsewhere()]

    def elsewhere(self) -> list[ReadView]:
        """Return the views of the other tenants with the caller as a member."""
        here, homes = self.known.account, [h for h in self._homes if h.status is Status.ACTIVE]
        return [self.at(home.account) for home in homes if home.account != here]

    def inviting(self) -> list[ReadView]:
        """Return the views of the tenants that have invited the caller."""
        return [self.at(home.account) for home in self._homes if home.status is Status.PENDING]

    def at(self, account: str) -> ReadView:
        """Return the view of one tenant of the caller."""
        if account not in self._views:
            assert self._own is not None, "somebody asks"
            session = self._moment.session(account)
            self._views[account] = self.guarded.seen(session, self._own.principal)
        return self._views[account]

    def own_key(self) -> KeyEntry | None:
        """Return the entry of the key itself, in any tenant; None for a log-in."""
        own = self._own
        assert own is not None, "somebody asks"
        keys = self.at(own.account).register.keys.get(own.principal, ())
        return next((entry for entry in keys if entry.id == own.key), None)

    def close(self) -> None:
        """Close the views of the present moment."""
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


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
