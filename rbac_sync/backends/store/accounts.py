"""A store as a server uses it: one database engine for all accounts."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from uuid import UUID

from ...dataclasses import dataclass
from ...errors import BackendError, CredentialError
from ...model import Address, Kind, Status
from ...model.settings import WAIT
from ..credential import ACCESS, hashed, same
from ..database.columns import loaded
from ..database.engine import address, display_url, engine, reading, translate_errors
from ..database.sql import SqlConnection
from ..interface import Target
from . import log_ins, schema
from .account import Account
from .backend import StoreBackend
from .clock import clock
from .key_scope import HERE, KeyScope
from .legible import OURS, Examine, examine_also, legible
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

    def __init__(self, connection: SqlConnection, place: str) -> None:
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
        rows = self._connection.rows(
            HOMES, {"world": world, "kind": str(Kind.USER), "key": user.key}
        )
        return [Home(handle, UUID(id_), Status(status)) for handle, id_, status in rows]


class Accounts:
    """All accounts of one store."""

    def __init__(self, url: str) -> None:
        """Name the store."""
        self._url, self._store = url, engine(address(url), WAIT, is_pooled=True)

    def check(self) -> None:
        """Check that the store can be reached and has the schema of this version.

        Raises:
            BackendError: the store cannot be reached, or has another schema.
        """
        with self._reading() as connection:
            schema.check(connection)

    def worlds(self) -> frozenset[str]:
        """Return the worlds of all accounts.

        Raises:
            BackendError: the store cannot be used.
        """
        self.check()
        with self._reading() as connection:
            return frozenset(world for (world,) in connection.rows("SELECT world FROM account"))

    def whose(self, api_key: str) -> Caller:
        """Return the owner of this key or log-in; see ``whose``."""
        with self._reading() as connection:
            return whose(connection, api_key)

    def log_in(self, token: str, sort: str = ACCESS) -> LogIn:
        """Return the log-in to which *token*, of this *sort*, belongs; see ``log_ins``."""
        with self._reading() as connection:
            return log_ins.whose(connection, token, sort)

    def account_of(self, document: UUID, world: str) -> str | None:
        """Return the handle of the account of *world* with the document of this id, or None."""
        with self._reading() as connection:
            rows = connection.rows(ACCOUNT_OF, {"id": str(document), "world": world})
        return str(rows[0][0]) if rows else None

    @contextmanager
    def moment(self) -> Iterator[ReadTransaction]:
        """Open a transaction that reads all accounts at one moment."""
        with self._reading() as connection:
            schema.check(connection)
            yield ReadTransaction(connection, display_url(self._store.url))

    @contextmanager
    def _reading(self) -> Iterator[SqlConnection]:
        """Open a transaction that reads all accounts; see ``legible``."""
        store = self._store
        with translate_errors(store), legible(store), reading(store) as connection:
            yield connection

    def examine_also(self, examine: Examine) -> None:
        """Make examinations for damaged rows include *examine*; see ``legible``."""
        examine_also(self._store, examine)

    def explained(self, errors: Iterable[Exception]) -> Iterator[Exception]:
        """Yield each of *errors*; of the database, or with a damaged row as the cause, in words.

        The rows are examined once. *Why* afterwards: who asks has caught the errors.
        """
        cause: Exception | None = None
        for error in errors:
            if not isinstance(error, (*OURS, *self._store.errors)):
                yield error
                continue
            try:
                if cause is None:
                    with translate_errors(self._store), legible(self._store):
                        raise error
            except (*OURS, BackendError) as found:
                cause = found
            yield cause if isinstance(cause, BackendError) else error

    def backend(self, account: str, api_key: str | None) -> StoreBackend:
        """Return the backend on one account with the credential given."""
        return StoreBackend(self._url, account, api_key, store=self._store)


def whose(connection: SqlConnection, api_key: str) -> Caller:
    """Return the owner of this key or log-in, of any account.

    Raises:
        CredentialError: the key or log-in is unknown or has expired.
    """
    if api_key.startswith(ACCESS):
        return _of_log_in(log_ins.whose(connection, api_key))
    digest = hashed(api_key)
    rows = connection.rows(KEY_OF_HASH, {"hash": digest, "kind": KEY})
    if not rows or not same(rows[0][0], digest):
        raise CredentialError(UNKNOWN)
    _, until, id_, handle, account_id, world, kind, key, content = rows[0]
    if until is not None and loaded(until) <= clock(connection):
        raise CredentialError("this API key has expired")
    reach = KeyScope.of(content and json.loads(content))
    owner = Address(KINDS[kind], key)
    return Caller(handle, UUID(account_id), owner, world, UUID(id_), reach)


def _of_log_in(log_in: LogIn) -> Caller:
    reach = KeyScope(everywhere=True, default=log_in.tenant)
    return Caller(log_in.account, log_in.account_id, log_in.person, log_in.world, log_in.id, reach)


HOMES = """
    SELECT a.handle, a.id, u.status FROM account a
    JOIN address n ON n.account = a.number
    JOIN "user" u ON u.account = n.account AND u.number = n.number
    WHERE a.world = :world AND n.kind = :kind AND n.key = :key
    ORDER BY u.created, a.handle
"""
ACCOUNT_OF = """
    SELECT a.handle FROM account a JOIN document d ON d.account = a.number
    WHERE d.id = :id AND a.world = :world
"""
KEY_OF_HASH = """
    SELECT k.hash, k.until, k.id, a.handle, a.id, a.world, n.kind, n.key, d.content FROM api_key k
    JOIN account a ON a.number = k.account
    JOIN address n ON n.account = k.account AND n.number = k.owner
    LEFT JOIN document d
        ON d.account = k.account AND d.kind = :kind AND d.owner = k.owner AND d.name = k.id
    WHERE k.hash = :hash
"""
"""The key with a hash, with its owner and the document of its scope."""
