"""All accounts of a store at one moment, for somebody who belongs to several."""

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
    """An account that knows a person. ``status`` says whether that person has come in."""

    account: str
    account_id: UUID
    status: Status


class ReadTransaction:
    """One reading transaction over the whole store."""

    def __init__(self, connection: Connection, place: str) -> None:
        """Read by *connection*; *place* is the store as it may be shown."""
        self._connection, self._place = connection, place

    def session(self, account: str) -> StoreSession:
        """Return an account by its handle."""
        row = Account.unlocked(self._connection, account)
        return StoreSession(row, Target("store", self._place, row.handle, row.world), None)

    def homes(self, world: str, user: Address) -> list[Home]:
        """Return the accounts of *world* that know *user*, the one that has known it longest first.

        *Why* not by handle: whoever founds an account chooses its handle, and
        whom to invite, but not to have come first.
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
