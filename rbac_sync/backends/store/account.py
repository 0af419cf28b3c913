"""One account inside one transaction: its row, its clock and its names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, select, text, update

from ...catalogues import catalogue
from ...errors import BackendError
from ...model import Catalogue, Instant
from ..database.columns import loaded
from . import tables as t
from .names import NameIndex, NameRow

COLUMNS = ("number", "id", "handle", "world", "features", "settings", "serial", "created")


@dataclass(eq=False)
class Account:
    """An account as one transaction sees it. ``serial`` is the last number given."""

    connection: Connection
    number: int
    id: str
    handle: str
    world: str
    features: frozenset[str]
    settings: Mapping[str, Any]
    serial: int
    created: Instant

    @classmethod
    def unlocked(cls, connection: Connection, handle: str) -> Account:
        """Return the account, to be read.

        Raises:
            BackendError: there is none of this handle.

        """
        return cls._of(connection, handle, _row(handle))

    @classmethod
    def locked(cls, connection: Connection, handle: str) -> Account:
        """Return the account, to be written: nobody else writes to it before this transaction ends.

        In SQLite the transaction itself is the lock, and this only reads.

        Raises:
            BackendError: there is none of this handle.

        """
        return cls._of(connection, handle, _row(handle).with_for_update())

    @classmethod
    def _of(cls, connection: Connection, handle: str, statement: Select[Any]) -> Account:
        row = connection.execute(statement).mappings().first()
        if row is None:
            hint = f"rbac-sync store init --account {handle} --world WORLD --owner EMAIL"
            raise BackendError(f"the store has no account `{handle}`", hint=hint)
        return cls(connection, **{**row, "features": frozenset(row["features"])})

    @property
    def catalogue(self) -> Catalogue:
        """The permissions and built-in roles of this account's world."""
        return catalogue(self.world)

    @cached_property
    def names(self) -> NameIndex:
        """The numbers of addresses, read as they are asked for."""
        return NameIndex(self._names)

    def _names(self, *such: ColumnElement[bool]) -> list[NameRow]:
        c = t.address.c
        mine = select(c.number, c.kind, c.key).where(c.account == self.number, *such)
        return [(number, kind, key) for number, kind, key in self.rows(mine)]

    @cached_property
    def now(self) -> Instant:
        """The database's time, asked once: a transaction has one moment."""
        return clock(self.connection)

    def keep_serial(self) -> None:
        """Write back how far the counter has come."""
        kept = update(t.account).where(t.account.c.number == self.number)
        self.connection.execute(kept.values(serial=self.serial))

    def rows(self, statement: Select[Any]) -> list[tuple[Any, ...]]:
        """Return what *statement* finds as the driver gives it: TEXT and INTEGER, undecoded.

        *Why* past SQLAlchemy's own rows: they double the time of a bulk read.
        """
        cursor = self.connection.execute(statement).cursor
        assert cursor is not None, "a select has a cursor"
        return list(cursor.fetchall())


def clock(connection: Connection) -> Instant:
    """Return the database's own time."""
    if connection.dialect.name == "sqlite":
        now = "SELECT strftime('%Y-%m-%dT%H:%M:%fZ', 'now')"
        return loaded(connection.execute(text(now)).scalar_one())
    moment: datetime = connection.execute(text("SELECT clock_timestamp()")).scalar_one()
    return moment.astimezone(UTC)


def _row(handle: str) -> Select[Any]:
    return select(*(t.account.c[name] for name in COLUMNS)).where(t.account.c.handle == handle)
