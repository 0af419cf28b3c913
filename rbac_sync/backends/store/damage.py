"""Damaged rows of an account: unreadable, with a broken reference, or in contradiction.

rbac-sync writes no such rows: somebody changed the database, or the disk is faulty.
Rows are examined as they are stored, undecoded.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from itertools import chain
from typing import Any
from uuid import UUID

from ...audit.row_facts import Mismatch
from ...catalogues import catalogue, worlds
from ...errors import BackendError
from ...model import ACTORS, ANYWHERE, PRINCIPALS, SCOPES, Address, Kind, Level
from ...model.address import folded
from ..database.columns import PLAIN, TEXT
from ..database.engine import Engine, reading
from ..database.sql import SqlConnection
from . import tables as t
from .account import listed
from .names import FIXED
from .row_facts import RESTORE
from .tables import Column, StoreTable
from .versions import NAMED

Row = Mapping[str, Any]

HASH = re.compile("[0-9a-f]{64}")
OURS = (ValueError, TypeError, LookupError, AttributeError, ArithmeticError, RecursionError)
"""Errors that reading a damaged row may raise."""


@contextmanager
def legible(store: Engine, handle: str) -> Iterator[None]:
    """Report a damaged row of the account as the cause of an exception inside, if there is one.

    The rows are read in a new transaction, after that of the exception has ended: uncommitted
    rows are no damage.

    Raises:
        BackendError: there is a damaged row; the message names it.
    """
    try:
        yield
    except UnicodeEncodeError:
        raise  # of a text that was to be written
    except (*OURS, AssertionError) as error:
        with reading(store) as connection:
            wrong = next(damage(connection, handle), None)
        if wrong is None:
            raise
        hint = f"{wrong.hint}; `rbac-sync audit verify` lists all such rows"
        raise BackendError(f"the store is damaged: {wrong}", hint=hint) from error


def damage(connection: SqlConnection, handle: str) -> Iterator[Mismatch]:
    """Yield each fault in the rows of the account with this *handle*, table by table.

    Rows are compared with each other only if each is readable and all references are valid.
    """
    there = _Rows(connection, handle)
    broken = list(chain.from_iterable(map(there.illegible, there.tables))) or [*there.dangling()]
    yield from broken
    if not broken:
        for check in (there.misplaced, there.built_in, there.out_of_order):
            yield from check()


class _Rows:
    """The rows of one account, by table."""

    def __init__(self, connection: SqlConnection, handle: str) -> None:
        self._connection = connection
        (self._account,) = self._read(t.account, "handle", handle)
        self._number = self._account["number"]
        self._held: dict[StoreTable, list[Row]] = {t.account: [self._account]}
        self.tables = [table for table in t.TABLES if table not in OF_THE_TRAIL]

    def of(self, table: StoreTable) -> list[Row]:
        """Return the rows of *table*, undecoded."""
        if table not in self._held:
            self._held[table] = self._read(table, "account", self._number)
        return self._held[table]

    def _read(self, table: StoreTable, column: str, value: object) -> list[Row]:
        text = f'SELECT {listed(table.columns)} FROM "{table.name}" WHERE {column} = :value'  # noqa: S608
        rows = self._connection.rows(text, {"value": value})
        return [dict(zip(table.columns, row, strict=True)) for row in rows]

    def illegible(self, table: StoreTable) -> Iterator[Mismatch]:
        """Yield each row of *table* with a value that is invalid in its column."""
        for row in self.of(table):
            for column in table.columns.values():
                if wrong := _wrong(table, column, row[column.name]):
                    yield _mismatch(table, row, f"`{column.name}` {wrong}")

    def dangling(self) -> Iterator[Mismatch]:
        """Yield each row that refers to a missing row."""
        for table in self.tables:
            for names, name, _ in table.references:
                target = BY_NAME[name]
                known = {tuple(row[key] for key in target.key) for row in self.of(target)}
                for row in self.of(table):
                    held = tuple(row[name] for name in names)
                    if None not in held and held not in known:
                        where = f"`{names[-1]}` leads to no row of `{target.name}`"
                        yield _mismatch(table, row, where)

    @cached_property
    def addresses(self) -> dict[int, Address]:
        """The address of each number."""
        return {r["number"]: Address(Kind(r["kind"]), r["key"]) for r in self.of(t.address)}

    def misplaced(self) -> Iterator[Mismatch]:
        """Yield each row whose address is of another kind, and each address without a row."""
        for fixed in sorted(set(FIXED) - set(self.addresses.values())):
            yield Mismatch("`address`", f"the row of `{fixed}` is missing", RESTORE)
        seen = {number for number, address in self.addresses.items() if address in FIXED}
        for kind, table in NAMED.items():
            for row in self.of(table):
                seen.add(row["number"])
                address = self.addresses[row["number"]]
                if address.kind is not kind or not _fits(address, row):
                    yield _mismatch(table, row, f"its address is that of `{address}`")
        for row in self.of(t.address):
            if row["number"] not in seen:
                yield _mismatch(t.address, row, "there is nothing of this address")
        yield from self._wrong_ends(t.binding, "principal", PRINCIPALS)
        yield from self._wrong_ends(t.binding, "scope", SCOPES)
        yield from self._wrong_ends(t.team_member, "member", ACTORS)
        yield from self._wrong_ends(t.api_key, "owner", ACTORS)

    def _wrong_ends(
        self, table: StoreTable, column: str, kinds: Iterable[Kind]
    ) -> Iterator[Mismatch]:
        for row in self.of(table):
            if self.addresses[row[column]].kind not in kinds:
                message = f"`{column}` is `{self.addresses[row[column]]}`, which cannot be one"
                yield _mismatch(table, row, message)

    def built_in(self) -> Iterator[Mismatch]:
        """Yield each role that is wrongly marked as built in or as custom."""
        known = catalogue(self._account["world"]).roles
        parts = {row["role"] for table in PARTS for row in self.of(table)}
        for row in self.of(t.role):
            address = self.addresses[row["number"]]
            own = row["base"] is not None or row["description"] or row["number"] in parts
            if row["builtin"] and own:
                yield _mismatch(t.role, row, f"`{address}` is built in, and has parts of its own")
            if bool(row["builtin"]) != (address in known):
                yield _mismatch(t.role, row, f"`builtin` is not so of `{address}`")
        yield from self._circles()

    def _circles(self) -> Iterator[Mismatch]:
        leads: dict[int, set[int]] = {}
        for row in self.of(t.role):
            leads[row["number"]] = {row["base"]} - {None}
        for row in self.of(t.role_implied):
            leads[row["role"]].add(row["implied"])
        for row in self.of(t.role):
            if _returns(row["number"], leads):
                yield _mismatch(t.role, row, "is based on itself")

    def out_of_order(self) -> Iterator[Mismatch]:
        """Yield each binding with a gap or repetition in its holdings, and a counter too low."""
        places: dict[tuple[int, int], list[Row]] = {}
        for row in self.of(t.binding):
            places.setdefault((row["scope"], row["principal"]), []).append(row)
        for rows in places.values():
            if sorted(row["position"] for row in rows) != list(range(len(rows))):
                yield _mismatch(t.binding, rows[0], "`position` does not count from 0")
            if len({tuple(row[name] for name in HOLDING) for row in rows}) < len(rows):
                yield _mismatch(t.binding, rows[0], "says the same as another row of its place")
        numbers = (
            row[name]
            for table in self.tables
            for name in ("number", "version")
            if name in table.columns and table is not t.account
            for row in self.of(table)
        )
        if max(numbers, default=0) > self._account["serial"]:
            message = "`serial` is less than a number that was given"
            yield _mismatch(t.account, self._account, message)


OF_THE_TRAIL = (t.audit, t.audit_count)
BY_NAME = {table.name: table for table in t.TABLES}
HOLDING = ("role", "since", "until", "reason")
PARTS = (t.role_permission, t.role_implied)


def _returns(start: int, leads: Mapping[int, set[int]]) -> bool:
    seen, due = set[int](), list(leads[start])
    while due:
        number = due.pop()
        if number == start:
            return True
        if number not in seen:
            seen.add(number)
            due += leads[number]
    return False


def _fits(address: Address, row: Row) -> bool:
    if address.kind is Kind.USER:
        return folded(row["email"]) == address.key
    if address.kind is Kind.ROLE:
        return address.key.partition("/")[0] in set(Level)
    return address.kind is not Kind.WORKSPACE or address != ANYWHERE


def _mismatch(table: StoreTable, row: Row, message: str) -> Mismatch:
    key = ", ".join(f"{name} {row[name]}" for name in table.key if name != "account")
    return Mismatch(f"`{table.name}` row {key or row['number']}", message, RESTORE)


def _wrong(table: StoreTable, column: Column, value: Any) -> str:
    """Return the fault of *value* in words; empty if there is none."""
    if value is None:
        return "" if column.is_nullable else "is missing"
    if not isinstance(value, str if column.type.sql == TEXT.sql else int):
        return "is of another type"
    try:
        _check(table, column)(value)
    except OURS:
        return f"cannot be read: {value!r:.60}"
    return ""


def _check(table: StoreTable, column: Column) -> Callable[[Any], object]:
    """Return a function that raises one of ``OURS`` for an invalid value of *column*."""
    name = column.name
    if column.type is PLAIN:
        return _list if name == "features" else _mapping
    if column.type.decoded:
        return column.type.decoded
    if name in ("id", "actor_id") and table is not t.run:
        return UUID
    if table is t.api_key and name == "hash":
        return _hash
    return sorted(worlds()).index if name == "world" else lambda _: None


def _list(text: str) -> None:
    if not all(isinstance(each, str) for each in _of(list, text)):
        raise TypeError(text)


def _mapping(text: str) -> None:
    _of(dict, text)


def _of(type_: type, text: str) -> Any:
    value = json.loads(text)
    if not isinstance(value, type_):
        raise TypeError(text)
    return value


def _hash(text: str) -> None:
    if not HASH.fullmatch(text):
        raise ValueError(text)
