"""A store as a server uses it: one database engine for all accounts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Select, bindparam, select

from ...errors import CredentialError
from ...model import Address, Kind, Status
from ..credential import hashed, same
from ..database.engine import WAIT, address, display_url, engine, reading
from ..database.faults import translate_errors
from ..interface import Target
from . import log_ins, schema
from . import tables as t
from .account import Account, clock
from .backend import StoreBackend
from .key_scope import HERE, KeyScope
from .log_ins import LogIn
from .names import KINDS
from .row_facts import KEY
from .session import StoreSession

UNKNOWN = "this API key is not known here"


@dataclass(frozen=True, slots=True)
class Caller:
    """The owner of a key. ``account`` is the handle of the account that it belongs to.

    ``key`` is the id of the key, or of the log-in that is used like a key.
    """

    account: str
    account_id: UUID
    principal: Address
    world: str
    key: UUID
    reach: KeyScope = HERE


@dataclass(frozen=True, slots=True)
class Home:
    """An account with a certain user. ``status`` is that of the user: pending or active."""

    account: str
    account_id: UUID
    status: Status


class ReadTransaction:
    """One read transaction over the whole store."""

    def __init__(self, connection: Connection, place: str) -> None:
        """Read over *connection*; *place* is the URL of the store without secrets."""
        self._connection, self._place = connection, place

    def session(self, account: str) -> StoreSession:
        """Return a session of the account with this handle."""
        row = Account.unlocked(self._connection, account)
        return StoreSession(row, Target("store", self._place, row.handle, row.world), None)

    def homes(self, world: str, user: Address) -> list[Home]:
        """Return the accounts of *world* that have *user*, the one with the oldest entry first.

        *Why* not by handle: the founder of an account chooses its handle and its users,
        but cannot choose to be first.
        """
        a, n, u = t.account.c, t.address.c, t.user.c
        statement = (
            select(a.handle, a.id, u.status)
            .join(t.address, n.account == a.number)
            .join(t.user, (u.account == n.account) & (u.number == n.number))
            .where(a.world == world, n.kind == Kind.USER, n.key == user.key)
            .order_by(u.created, a.handle)
        )
        rows = self._connection.execute(statement)
        return [Home(handle, UUID(id_), Status(status)) for handle, id_, status in rows]


class Accounts:
    """All accounts of one store."""

    def __init__(self, url: str, *, wait: float = WAIT) -> None:
        """Name the store; writers wait *wait* seconds for another."""
        self._url, self._wait = url, wait
        self._store = engine(address(url), wait, is_pooled=True)

    def check(self) -> None:
        """Check that the store can be reached and has the schema of this version.

        Raises:
            BackendError: the store cannot be reached, or has another schema.
        """
        with translate_errors(self._store), reading(self._store) as connection:
            schema.check(connection)

    def worlds(self) -> frozenset[str]:
        """Return the worlds of all accounts.

        Raises:
            BackendError: the store cannot be used.
        """
        self.check()
        with translate_errors(self._store), reading(self._store) as connection:
            return frozenset(connection.execute(select(t.account.c.world)).scalars())

    def whose(self, api_key: str) -> Caller:
        """Return the owner of this key or log-in.

        Raises:
            CredentialError: the key or log-in is unknown or has expired.
        """
        if api_key.startswith(log_ins.ACCESS):
            return self._logged_in(api_key)
        digest = hashed(api_key)
        with translate_errors(self._store), reading(self._store) as connection:
            row = connection.execute(_key_of_hash(), {"hash": digest}).first()
            if row is None or not same(row.hash, digest):
                raise CredentialError(UNKNOWN)
            if row.until is not None and row.until <= clock(connection):
                raise CredentialError("this API key has expired")
        return Caller(
            row.handle,
            UUID(row.account_id),
            Address(KINDS[row.kind], row.key),
            row.world,
            UUID(row.id),
            KeyScope.of(row.content),
        )

    def log_in(self, token: str, sort: str = log_ins.ACCESS) -> LogIn:
        """Return the log-in to which *token*, of this *sort*, belongs; see ``log_ins``."""
        with translate_errors(self._store), reading(self._store) as connection:
            return log_ins.whose(connection, token, sort)

    def _logged_in(self, token: str) -> Caller:
        log_in = self.log_in(token)
        reach = KeyScope(everywhere=True, default=log_in.tenant)
        return Caller(
            log_in.account, log_in.account_id, log_in.person, log_in.world, log_in.id, reach
        )

    def account_of(self, document: UUID, world: str) -> str | None:
        """Return the handle of the account of *world* with the document of this id, or None."""
        c, a = t.document.c, t.account.c
        held = select(a.handle).join(t.document, c.account == a.number)
        statement = held.where(c.id == str(document), a.world == world)
        with translate_errors(self._store), reading(self._store) as connection:
            handle = connection.execute(statement).scalar()
        return None if handle is None else str(handle)

    @contextmanager
    def moment(self) -> Iterator[ReadTransaction]:
        """Open a transaction that reads all accounts at one moment."""
        with translate_errors(self._store), reading(self._store) as connection:
            schema.check(connection)
            yield ReadTransaction(connection, display_url(self._store.url))

    def backend(self, account: str, api_key: str | None) -> StoreBackend:
        """Return the backend on one account with the credential given."""
        return StoreBackend(self._url, account, api_key, wait=self._wait, store=self._store)


@cache
def _key_of_hash() -> Select[Any]:
    """Return the statement that reads the key with a given ``hash``, its owner and its scope."""
    c, a, n, d = t.api_key.c, t.account.c, t.address.c, t.document.c
    beside = (d.account == c.account) & (d.kind == KEY) & (d.owner == c.owner)
    return (
        select(c.hash, c.until, c.id, a.handle, a.id.label("account_id"), a.world)
        .add_columns(n.kind, n.key, d.content)
        .join(t.account, a.number == c.account)
        .join(t.address, (n.account == c.account) & (n.number == c.owner))
        .outerjoin(t.document, beside & (d.name == c.id))
        .where(c.hash == bindparam("hash"))
    )
