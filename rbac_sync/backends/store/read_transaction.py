"""All accounts of a store at one moment, for a user of several accounts."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection, select

from ...model import Address, Kind, Status
from ..interface import Target
from . import tables as t
from .account import Account
from .session import StoreSession


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
