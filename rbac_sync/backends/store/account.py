"""One account inside one transaction: its row, its clock and its addresses."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any

from ...catalogues import catalogue
from ...dataclasses import dataclass
from ...errors import BackendError
from ...model import Catalogue, Instant
from ..database.columns import loaded
from ..database.sql import Row, SqlConnection, quoted
from . import schema
from . import tables as t
from .clock import clock
from .names import NameIndex, NameRow
from .table import StoreTable

if TYPE_CHECKING:
    from .basis import Basis

PAGE = 1_000
"""The number of rows of a table that are read together where all are read."""

COLUMNS = ("number", "id", "handle", "world", "features", "settings", "serial", "created")


class Moved(Exception):
    """Another write may have changed what was read before the account was locked."""


@dataclass(eq=False)
class Account:
    """An account as one transaction sees it. ``serial`` is the last number that was drawn.

    An account with a ``basis`` is not locked yet; it is when the first change is made.
    ``end`` is that of the trail, if it was read with the lock.
    """

    connection: SqlConnection
    number: int
    id: str
    handle: str
    world: str
    features: frozenset[str]
    settings: Mapping[str, Any]
    serial: int
    created: Instant
    basis: Basis | None = None
    end: tuple[int, str] | None = None

    @classmethod
    def unlocked(cls, connection: SqlConnection, handle: str) -> Account:
        """Return the account for reading.

        Raises:
            BackendError: there is no account with this handle.
        """
        return cls._of(connection, handle, connection.rows(_ROW, {"handle": handle}))

    @classmethod
    def locked(cls, connection: SqlConnection, handle: str) -> Account:
        """Lock the account and return it: no other transaction writes to it before this one ends.

        In SQLite the transaction itself is the lock, and this function only reads. On a server
        the schema is checked with the lock: this writer may have waited for a migration.

        Raises:
            BackendError: there is no account with this handle, or the store has another schema.
        """
        if connection.is_file:
            return cls.unlocked(connection, handle)
        locking = f"{_ROW} FOR UPDATE", {"handle": handle}
        rows, revision = connection.together([locking, (schema.VERSION, {})])
        schema.confirm(revision)
        return cls._of(connection, handle, rows)

    def lock(self) -> None:
        """Lock the account, unless it is locked. See ``basis``.

        Raises:
            Moved: what was read before may be different now.
        """
        if self.basis is not None and not self.basis.lock():
            raise Moved
        self.basis = None

    @classmethod
    def _of(cls, connection: SqlConnection, handle: str, rows: list[Row]) -> Account:
        if not rows:
            command = f"rbac-sync store init --account {handle} --world WORLD --owner EMAIL"
            hint = f"correct the name of the account, or make it: `{command}`"
            raise BackendError(f"the store has no account `{handle}`", hint=hint)
        number, id_, _, world, features, settings, serial, created = rows[0]
        decoded = frozenset(json.loads(features)), json.loads(settings)
        return cls(connection, number, id_, handle, world, *decoded, serial, loaded(created))

    @property
    def catalogue(self) -> Catalogue:
        """The permissions and built-in roles of this account's world."""
        return catalogue(self.world)

    @cached_property
    def names(self) -> NameIndex:
        """The numbers of addresses, read when they are needed."""
        return NameIndex(self._names)

    def _names(self, **at: object) -> Iterable[NameRow]:
        """Return the rows of ``address`` with the values *at*, which are read one by one."""
        return self.stream(statement(t.address, ("number", "kind", "key"), at), **at)

    @cached_property
    def now(self) -> Instant:
        """The time of the database, read once in a transaction."""
        return clock(self.connection)

    def trail_end(self) -> tuple[int, str]:
        """Return the number and the hash of the last row of the trail; no hash if it is empty."""
        rows = self.rows(TRAIL_END)
        return rows[0] if rows else (0, "")

    def keep_serial(self) -> None:
        """Write the last drawn number to the database."""
        self.rows("UPDATE account SET serial = :serial WHERE number = :account", serial=self.serial)

    def rows(self, statement: str, **values: object) -> list[Row]:
        """Return the rows of *statement* as the driver gives them: TEXT and INTEGER, undecoded.

        *values* are those of the statement besides ``account``.
        """
        return self.connection.rows(statement, {"account": self.number, **values})

    def stream(self, statement: str, **values: object) -> Iterable[Row]:
        """Give the rows of *statement* one by one; see ``rows``."""
        return self.connection.stream(statement, {"account": self.number, **values})

    def find(self, table: StoreTable, *columns: str, **at: object) -> list[Row]:
        """Return *columns* of the account's rows of *table* whose columns have the values *at*.

        A list stands for any of its values. The rows are undecoded.
        """
        return self.rows(statement(table, columns, at), **at)


def statement(
    table: StoreTable,
    columns: tuple[str, ...],
    at: Mapping[str, object],
    order: tuple[str, ...] = (),
) -> str:
    """Return the statement of ``Account.find``, whose values are ``account`` and those of *at*."""
    lists = frozenset(name for name, value in at.items() if isinstance(value, list))
    return _statement(table, columns, tuple(at), lists, order)


@cache
def _statement(
    table: StoreTable,
    columns: tuple[str, ...],
    named: tuple[str, ...],
    lists: frozenset[str],
    order: tuple[str, ...],
) -> str:
    """Build and cache a statement. *Why*: to build one takes as long as to find a row by it."""
    such = [f"{quoted(n)} IN (:{n})" if n in lists else f"{quoted(n)} = :{n}" for n in named]
    text = f"SELECT {listed(columns)} FROM {quoted(table.name)} WHERE account = :account"  # noqa: S608
    text = " AND ".join((text, *such))
    return f"{text} ORDER BY {listed(order)}" if order else text


def pages(
    connection: SqlConnection, account: int, table: StoreTable, columns: tuple[str, ...]
) -> Iterator[list[Row]]:
    """Yield the rows of *table* of the account with this number, in order of their key, in parts.

    *columns* begin with those of the key.
    """
    key, values = table.key[1:], dict[str, object](account=account)
    after = f"AND ({listed(key)}) > ({', '.join(f':{name}' for name in key)})"
    all_, ordered = statement(table, columns, {}), f"ORDER BY {listed(key)} LIMIT {PAGE}"
    rows = connection.rows(f"{all_} {ordered}", values)
    while rows:
        yield rows
        last = dict(zip(key, rows[-1][1:], strict=False))
        rows = connection.rows(f"{all_} {after} {ordered}", {**values, **last})


def listed(columns: Iterable[str]) -> str:
    """Return the names of *columns*, as a statement has them."""
    return ", ".join(map(quoted, columns))


TRAIL_END = "SELECT seq, hash FROM audit WHERE account = :account ORDER BY seq DESC LIMIT 1"
_ROW = f"SELECT {listed(COLUMNS)} FROM account WHERE handle = :handle"  # noqa: S608
