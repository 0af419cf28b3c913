"""A store as a server uses it: one engine, whichever account a key belongs to."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from ...errors import CredentialError
from ...model import Address
from ..credential import hashed, same
from . import schema
from . import tables as t
from .account import clock
from .backend import StoreBackend
from .engine import WAIT, address, engine, reading, require
from .faults import told
from .names import KINDS

UNKNOWN = "this API key is not known here"


@dataclass(frozen=True, slots=True)
class Caller:
    """Whose key it is. ``account`` is the handle of the account that it belongs to."""

    account: str
    account_id: UUID
    principal: Address


class Service:
    """All accounts of one store."""

    def __init__(self, url: str, *, wait: float = WAIT) -> None:
        """Name the store; writers wait *wait* seconds for another."""
        self._url, self._wait = url, wait
        self._store = engine(address(url), wait)

    def check(self) -> None:
        """Check that the store can be reached and has the schema of this version.

        Raises:
            BackendError: it cannot, or has not.

        """
        require(self._store.url)
        with told(self._store), reading(self._store) as connection:
            schema.check(connection)

    def whose(self, api_key: str) -> Caller:
        """Return whose key this is.

        Raises:
            CredentialError: it is unknown or has expired.

        """
        digest = hashed(api_key)
        c, a, n = t.api_key.c, t.account.c, t.address.c
        statement = (
            select(c.hash, c.until, a.handle, a.id, n.kind, n.key)
            .join(t.account, a.number == c.account)
            .join(t.address, (n.account == c.account) & (n.number == c.owner))
            .where(c.hash == digest)
        )
        with told(self._store), reading(self._store) as connection:
            found = connection.execute(statement).first()
            if found is None or not same(found.hash, digest):
                raise CredentialError(UNKNOWN)
            if found.until is not None and found.until <= clock(connection):
                raise CredentialError("this API key has expired")
        return Caller(found.handle, UUID(found.id), Address(KINDS[found.kind], found.key))

    def account_of(self, document: UUID) -> str | None:
        """Return the handle of the account that has the document of this id, or None."""
        c, a = t.document.c, t.account.c
        statement = (
            select(a.handle).join(t.document, c.account == a.number).where(c.id == str(document))
        )
        with told(self._store), reading(self._store) as connection:
            found = connection.execute(statement).scalar()
        return None if found is None else str(found)

    def backend(self, account: str, api_key: str | None) -> StoreBackend:
        """Return the backend on one account with the credential given."""
        return StoreBackend(self._url, account, api_key, wait=self._wait, store=self._store)
