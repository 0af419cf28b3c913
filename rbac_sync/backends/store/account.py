"""One account inside one transaction: its row, its clock and its addresses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, cached_property
from typing import Any

from sqlalchemy import (
    BindParameter,
    Connection,
    CursorResult,
    Select,
    Table,
    bindparam,
    select,
    text,
    update,
)

from ...catalogues import catalogue
from ...errors import BackendError
from ...model import Catalogue, Instant
from ...model.instant import parsed
from . import tables as t
from .names import NameIndex, NameRow

COLUMNS = ("number", "id", "handle", "world", "features", "settings", "serial", "created")


@dataclass(eq=False)
class Account:
    """An account as one transaction sees it. ``serial`` is the last number that was drawn."""

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
        """Return the account for reading.

        Raises:
            BackendError: there is no account with this handle.
        """
        return cls._of(connection, handle, _ROW)

    @classmethod
    def locked(cls, connection: Connection, handle: str) -> Account:
        """Lock the account and return it: no other transaction writes to it before this one ends.

        In SQLite the transaction itself is the lock, and this function only reads.

        Raises:
            BackendError: there is no account with this handle.
        """
        return cls._of(connection, handle, _LOCKED_ROW)

    @classmethod
    def _of(cls, connection: Connection, handle: str, statement: Select[Any]) -> Account:
        row = connection.execute(statement, {"handle": handle}).mappings().first()
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
        """The numbers of addresses, read when they are needed."""
        return NameIndex(self._names)

    def _names(self, **at: object) -> list[NameRow]:
        """Return the rows of ``address`` with the values *at*.

        *Why* in an order: for a list of keys, SQLite otherwise scans the account.
        """
        order = ("kind", "key") if "key" in at else ()
        query = statement(t.address, ("number", "kind", "key"), at, order)
        return [(number, kind, key) for number, kind, key in self.rows(query, **at)]

    @cached_property
    def now(self) -> Instant:
        """The time of the database, read once in a transaction."""
        return clock(self.connection)

    def keep_serial(self) -> None:
        """Write the last drawn number to the database."""
        self.connection.execute(_SERIAL, {"at_number": self.number, "serial": self.serial})

    def rows(self, statement: Select[Any], **values: object) -> list[tuple[Any, ...]]:
        """Return the rows of *statement* as the driver gives them: TEXT and INTEGER, undecoded.

        *values* are those of its parameters besides ``account``.
        *Why* past SQLAlchemy's own rows: they double the time of a bulk read.
        """
        cursor = self.execute(statement, **values).cursor
        assert cursor is not None, "a select has a cursor"
        return list(cursor.fetchall())

    def execute(self, statement: Select[Any], **values: object) -> CursorResult[Any]:
        """Return the result of *statement* with these *values* of its parameters."""
        return self.connection.execute(statement, {"account": self.number, **values})

    def find(self, table: Table, *columns: str, **at: object) -> list[tuple[Any, ...]]:
        """Return *columns* of the account's rows of *table* whose columns have the values *at*.

        A list stands for any of its values. The rows are undecoded.
        """
        return self.rows(statement(table, columns, at), **at)


def statement(
    table: Table, columns: tuple[str, ...], at: Mapping[str, object], order: tuple[str, ...] = ()
) -> Select[Any]:
    """Return the statement of ``Account.find``, whose parameters are ``account`` and those *at*."""
    lists = frozenset(name for name, value in at.items() if isinstance(value, list))
    return _statement(table, columns, tuple(at), lists, order)


@cache
def _statement(
    table: Table,
    columns: tuple[str, ...],
    named: tuple[str, ...],
    lists: frozenset[str],
    order: tuple[str, ...],
) -> Select[Any]:
    """Build and cache a statement. *Why*: to build one takes longer than to find a row by it."""
    c = table.c
    mine = select(*(c[name] for name in columns)).where(c.account == bindparam("account"))
    for name in named:
        value: BindParameter[Any] = bindparam(name, expanding=name in lists)
        mine = mine.where(c[name].in_(value) if name in lists else c[name] == value)
    return mine.order_by(*(c[name] for name in order))


def clock(connection: Connection) -> Instant:
    """Return the database's own time."""
    if connection.dialect.name == "sqlite":
        now = "SELECT strftime('%Y-%m-%dT%H:%M:%fZ', 'now')"
        return parsed(connection.execute(text(now)).scalar_one())
    moment: datetime = connection.execute(text("SELECT clock_timestamp()")).scalar_one()
    return moment.astimezone(UTC)


_ROW = select(*(t.account.c[name] for name in COLUMNS)).where(
    t.account.c.handle == bindparam("handle")
)
_LOCKED_ROW = _ROW.with_for_update()
_SERIAL = (
    update(t.account)
    .where(t.account.c.number == bindparam("at_number"))
    .values(serial=bindparam("serial"))
)
