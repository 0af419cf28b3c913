"""Damaged rows of an account: unreadable, with a broken reference, or in contradiction.

rbac-sync writes no such rows: somebody changed the database, or the disk is faulty.
Rows are examined as they are stored, undecoded.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

from ...audit.row_facts import Mismatch
from ...catalogues import catalogue
from ...model import ACTORS, ANYWHERE, PRINCIPALS, SCOPES, Address, Kind, Level
from ...model.address import folded
from ..database.sql import SqlConnection
from . import tables as t
from .account import listed, pages
from .names import FIXED
from .row_facts import RESTORE
from .table import StoreTable
from .valid_values import are_valid, fault
from .versions import NAMED

Row = Mapping[str, Any]


def damage(connection: SqlConnection, handle: str) -> Iterator[Mismatch]:
    """Yield each fault in the rows of the account with this *handle*, table by table.

    Rows are compared with each other only if each is readable and all references are valid.
    """
    there = _Rows(connection, handle)
    broken = list(chain.from_iterable(map(there.illegible, there.tables)))
    broken = broken or list(chain.from_iterable(map(there.dangling, there.tables)))
    yield from broken
    if not broken:
        for check in (there.misplaced, there.built_in, there.out_of_order):
            yield from check()


class _Part:
    """Some rows of a table, with the columns *names*."""

    def __init__(self, names: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
        self._names, self._rows = names, rows

    def __iter__(self) -> Iterator[Row]:
        return (dict(zip(self._names, row, strict=True)) for row in self._rows)

    def values(self, name: str) -> list[Any]:
        """Return the values of the column *name*."""
        place = self._names.index(name)
        return [row[place] for row in self._rows]

    def such(self, name: str, values: Container[Any]) -> Iterator[Row]:
        """Yield the rows that have one of *values* in the column *name*."""
        return (row for row in self if row[name] in values) if values else iter(())


class _Rows:
    """The rows of one account, by table. They are read in parts: there may be many."""

    def __init__(self, connection: SqlConnection, handle: str) -> None:
        self._connection = connection
        names = tuple(t.account.columns)
        text = f"SELECT {listed(names)} FROM account WHERE handle = :handle"  # noqa: S608
        (row,) = connection.rows(text, {"handle": handle})
        self._account = _named(t.account, row)
        self._number = self._account["number"]
        self.tables = [table for table in t.TABLES if table not in OF_THE_TRAIL]

    def of(self, table: StoreTable, such: str = "1 = 1", **values: object) -> Iterator[Row]:
        """Yield the rows ``r`` of *table* that are *such*, a condition with *values*, undecoded."""
        columns = ", ".join(f'r."{name}"' for name in table.columns)
        text = f"""
            SELECT {columns} FROM "{table.name}" AS r WHERE r.account = :account AND {such}
            ORDER BY {listed(table.key)}
        """  # noqa: S608
        rows = self._connection.rows(text, {"account": self._number, **values})
        return (_named(table, row) for row in rows)

    def _parts(self, table: StoreTable, names: Iterable[str]) -> Iterator[_Part]:
        """Yield the columns *names* of *table* in parts, with those of its key."""
        if table is t.account:
            yield _Part((*self._account,), [tuple(self._account.values())])
            return
        columns = tuple(dict.fromkeys((*table.key, *names)))
        for rows in pages(self._connection, self._number, table, columns):
            yield _Part(columns, rows)

    def illegible(self, table: StoreTable) -> Iterator[Mismatch]:
        """Yield each row of *table* with a value that is invalid in its column."""
        for part in self._parts(table, table.columns):
            for column in table.columns.values():
                if not are_valid(table, column, part.values(column.name)):
                    for row in part:
                        if wrong := fault(table, column, row[column.name]):
                            yield _mismatch(table, row, f"`{column.name}` {wrong}")

    def dangling(self, table: StoreTable) -> Iterator[Mismatch]:
        """Yield each row of *table* that refers to a missing row."""
        targets = {names[-1]: BY_NAME[target] for names, target, _ in table.references}
        known = {name: self._numbers(target) for name, target in targets.items()}
        for part in self._parts(table, targets) if targets else ():
            for name, target in targets.items():
                message = f"`{name}` leads to no row of `{target.name}`"
                for row in part.such(name, set(part.values(name)) - known[name] - {None}):
                    yield _mismatch(table, row, message)

    def _numbers(self, table: StoreTable, such: str = "1 = 1", **values: object) -> set[int]:
        """Return the last column of the keys of the rows of *table* that are *such*."""
        key = table.key[-1]
        if table is t.account:
            return {self._number}
        text = f'SELECT "{key}" FROM "{table.name}" WHERE account = :account AND {such}'  # noqa: S608
        rows = self._connection.stream(text, {"account": self._number, **values})
        return {number for (number,) in rows}

    def _address(self, number: int) -> Address:
        (row,) = self.of(t.address, "r.number = :number", number=number)
        return _address(row["kind"], row["key"])

    def misplaced(self) -> Iterator[Mismatch]:
        """Yield each row whose address is of another kind, and each address without a row."""
        things = " AND ".join(_missing(NUMBERED, table.name) for table in NAMED.values())
        nothing = [(_address(row["kind"], row["key"]), row) for row in self.of(t.address, things)]
        for fixed in sorted(set(FIXED) - {address for address, _ in nothing}):
            yield Mismatch("`address`", f"the row of `{fixed}` is missing", RESTORE)
        for kind, table in NAMED.items():
            such = _missing(NUMBERED, "address", SURE.get(kind, SURE_OF_OTHERS))
            for row in self.of(table, such, kind=str(kind)):
                address = self._address(row["number"])
                if address.kind is not kind or not _fits(address, row):
                    yield _mismatch(table, row, f"its address is that of `{address}`")
        for address, row in nothing:
            if address not in FIXED:
                yield _mismatch(t.address, row, "there is nothing of this address")
        for table, ends in ENDS.items():
            yield from self._wrong_ends(table, ends)
        actors = sorted(map(str, ACTORS))
        for row in self.of(t.binding, OF_NO_ACTOR, level=str(Kind.ACCOUNT), actors=actors):
            who = self._address(row["principal"])
            yield _mismatch(t.binding, row, f"`{who}` cannot hold a role of the account")

    def _wrong_ends(
        self, table: StoreTable, ends: Mapping[str, Iterable[Kind]]
    ) -> Iterator[Mismatch]:
        wrong = {
            name: self._numbers(t.address, "kind NOT IN (:kinds)", kinds=sorted(map(str, kinds)))
            for name, kinds in ends.items()
        }
        for part in self._parts(table, ends):
            for name, numbers in wrong.items():
                for row in part.such(name, numbers.intersection(part.values(name))):
                    message = f"`{name}` is `{self._address(row[name])}`, which cannot be one"
                    yield _mismatch(table, row, message)

    def built_in(self) -> Iterator[Mismatch]:
        """Yield each role that is wrongly marked as built in or as custom."""
        known = catalogue(self._account["world"]).roles
        parts = {row["role"] for table in PARTS for row in self.of(table)}
        for row in self.of(t.role):
            address = self._address(row["number"])
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
        place, awaited = (0, 0), 0
        for row in chain.from_iterable(self._parts(t.binding, ())):
            before, place = place, (row["scope"], row["principal"])
            awaited = awaited + 1 if place == before else 0
            if row["position"] != awaited:
                yield _mismatch(t.binding, row, "`position` does not count from 0")
        for row in self.of(t.binding, SAID_BEFORE):
            yield _mismatch(t.binding, row, "says the same as another row of its place")
        if any(number > self._account["serial"] for number in self._drawn()):
            message = "`serial` is less than a number that was given"
            yield _mismatch(t.account, self._account, message)

    def _drawn(self) -> Iterator[int]:
        """Yield the highest number, and the highest version, of each part of the rows."""
        for table in set(self.tables) - {t.account}:
            names = [name for name in ("number", "version") if name in table.columns]
            for part in self._parts(table, names) if names else ():
                yield from (max(part.values(name)) for name in names)


OF_THE_TRAIL = (t.audit, t.audit_event, t.audit_count)
BY_NAME = {table.name: table for table in t.TABLES}
SAID_BEFORE = """r.position > 0 AND EXISTS (
    SELECT 1 FROM binding AS b
    WHERE b.account = r.account AND b.scope = r.scope AND b.principal = r.principal
        AND b.position < r.position AND b.role = r.role
        AND coalesce(b.since, '') = coalesce(r.since, '')
        AND coalesce(b.until, '') = coalesce(r.until, '')
        AND coalesce(b.reason, '') = coalesce(r.reason, '')
)"""
ENDS: Mapping[StoreTable, Mapping[str, Iterable[Kind]]] = {
    t.binding: {"principal": PRINCIPALS, "scope": SCOPES},
    t.team_member: {"member": ACTORS},
    t.api_key: {"owner": ACTORS},
}
"""The kinds of the addresses to which columns may lead."""
NUMBERED = ("account", "number")
SURE = {Kind.USER: "o.kind = :kind AND o.key = r.email", Kind.ROLE: "1 = 0"}
"""The conditions for an address ``o`` that certainly fits a row; others are examined in Python."""
SURE_OF_OTHERS = f"o.kind = :kind AND o.key <> '{ANYWHERE.key}'"
OF_NO_ACTOR = """
    r.scope IN (SELECT number FROM address AS s WHERE s.account = :account AND s.kind = :level)
    AND r.principal IN (
        SELECT number FROM address AS p WHERE p.account = :account AND p.kind NOT IN (:actors)
    )
"""
"""The condition for a binding that gives a role of the account to a team or to everyone."""
PARTS = (t.role_permission, t.role_implied)


def _missing(names: Iterable[str], target: str, such: str = "1 = 1") -> str:
    """Return the condition that no row ``o`` of *target*, which is *such*, has the key *names*."""
    pairs = zip(BY_NAME[target].key, names, strict=True)
    key = " AND ".join(f'o."{key}" = r."{name}"' for key, name in pairs)
    return f'NOT EXISTS (SELECT 1 FROM "{target}" AS o WHERE {key} AND {such})'  # noqa: S608


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


def _address(kind: str, key: str) -> Address:
    return Address(Kind(kind), key)


def _named(table: StoreTable, row: Sequence[Any]) -> Row:
    return dict(zip(table.columns, row, strict=True))


def _mismatch(table: StoreTable, row: Row, message: str) -> Mismatch:
    key = ", ".join(f"{name} {row[name]}" for name in table.key if name != "account")
    return Mismatch(f"`{table.name}` row {key or row['number']}", message, RESTORE)
