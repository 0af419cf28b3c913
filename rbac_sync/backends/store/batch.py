"""Writes that are collected and sent to the database in bulk."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from os import urandom
from typing import TYPE_CHECKING, Any, Literal

from ...errors import BackendError
from . import row_facts
from . import tables as t
from .account import Account
from .bulk import Row, Write, encoded_rows, execute, load, updating
from .table import StoreTable

if TYPE_CHECKING:
    from ...audit.row_facts import Facts

Verb = Literal["insert", "update", "delete"]
Group = StoreTable | Write

RANK = {table: rank for rank, table in enumerate(t.TABLES)}
"""The position of each table in the order of references: a table follows those it refers to."""

IDS_DRAWN = 64
"""The number of ids for which random bytes are drawn at once."""

FULL = 20_000
"""The most rows that are held back, so that memory stays bounded."""


def _new_ids() -> Iterator[str]:
    """Yield random UUIDs as text; ``uuid4`` takes ten times as long for each."""
    while True:
        drawn = urandom(16 * IDS_DRAWN).hex()
        for at in range(0, len(drawn), 32):
            digits = drawn[at : at + 32]
            variant = "89ab"[int(digits[16], 16) % 4]
            yield (
                f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-{variant}{digits[17:20]}-{digits[20:]}"
            )


class Batch:
    """The writes of one transaction to one account, in bulk.

    Writes of one verb are held back together and made table by table: inserts
    in the order of references, deletes against it. A write of another verb
    first sends the earlier ones, so the outcome is that of the given order.

    ``version`` is written to each row of the present change. The facts of the written
    rows that the trail records are collected until ``noted`` takes them.
    """

    def __init__(self, account: Account) -> None:
        self._account = account
        self._verb: Verb = "insert"
        self._held: dict[Group, list[Row]] = {}
        self._due: Counter[Group] = Counter()
        self._count = 0
        self._touched: dict[tuple[StoreTable, str, int], int] = {}
        self._notes: dict[str, Facts | None] = {}
        self._blanks: dict[StoreTable, Row] = {}
        self._ids = _new_ids()
        self.version = account.serial

    def step(self) -> None:
        """Begin the next change."""
        self.version = self.draw()

    def draw(self) -> int:
        """Draw the next number of the account, which is locked then: no number is drawn twice."""
        self._account.lock()
        self._account.serial += 1
        return self._account.serial

    def new_id(self) -> str:
        """Return an id for a new thing."""
        return next(self._ids)

    def insert(self, table: StoreTable, **values: Any) -> None:
        """Hold back a new row, with its id and stamps; columns without a value are NULL."""
        row = {**self._blank(table), "version": self.version, **values}
        if row.get("id", "") is None:
            row["id"] = self.new_id()
        if table in row_facts.COLUMNS:
            self.note(row_facts.label(table, row), row_facts.of_row(table, row))
        self._hold("insert", table, row, 1)

    def update(self, statement: Write, **parameters: Any) -> None:
        """Hold back an update of exactly one row, made with ``updating``."""
        self._hold("update", statement, self._stamps() | parameters, 1)

    def delete(self, statement: Write, rows: int = 1, **parameters: Any) -> None:
        """Hold back the deletion of exactly *rows* rows, made with ``deleting``."""
        self._hold("delete", statement, self._stamps() | parameters, rows)

    def touch(self, table: StoreTable, column: str, number: int) -> None:
        """Give the present version to rows with *number* in *column*: a part of them changes."""
        self._touched[table, column, number] = self.version

    def note(self, label: str, facts: Facts | None) -> None:
        """Collect the facts of a row for the trail; None: it is gone. See ``audit.row_facts``."""
        noted = self._notes.get(label)
        self._notes[label] = {**noted, **facts} if noted and facts else facts

    def noted(self) -> dict[str, Facts | None]:
        """Return the collected facts, and forget them."""
        notes, self._notes = self._notes, {}
        return notes

    def settle(self, verb: Verb | None = None) -> None:
        """Send the writes held back, unless all of them are of *verb*."""
        if self._verb != verb:
            self.flush()

    def flush(self) -> None:
        """Send every write held back."""
        for group in self._ordered():
            self._write(group, self._held[group])
        self._held.clear()
        self._due.clear()
        self._count = 0
        self._touch()

    def _hold(self, verb: Verb, group: Group, row: Row, due: int) -> None:
        if verb != self._verb or self._count >= FULL:
            self.flush()
            self._verb = verb
        self._held.setdefault(group, []).append(row)
        self._due[group] += due
        self._count += due

    def _blank(self, table: StoreTable) -> Row:
        """Return a row of *table* with the stamps as its only values."""
        if table not in self._blanks:
            self._blanks[table] = dict.fromkeys(table.columns) | self._stamps()
        return self._blanks[table]

    def _stamps(self) -> Row:
        account = self._account
        now = account.now
        return {
            "account": account.number,
            "at_account": account.number,
            "version": self.version,
            "created": now,
            "updated": now,
        }

    def _ordered(self) -> list[Group]:
        if self._verb == "update":
            return list(self._held)
        return sorted(self._held, key=lambda g: RANK[_table(g)], reverse=self._verb == "delete")

    def _write(self, group: Group, rows: list[Row]) -> None:
        connection = self._account.connection
        if isinstance(group, StoreTable):
            load(connection, group, encoded_rows(group, rows))
        elif execute(connection, group, rows) != self._due[group]:
            message = f"a row of `{_table(group).name}` that was to be changed is not there"
            raise BackendError(message, hint="nothing was changed; plan again")

    def _touch(self) -> None:
        rows_by_statement: dict[Write, list[Row]] = {}
        for (table, column, number), version in self._touched.items():
            row = self._stamps() | {f"at_{column}": number, "version": version}
            rows_by_statement.setdefault(updating(table, key=(column,)), []).append(row)
        for statement, rows in rows_by_statement.items():
            execute(self._account.connection, statement, rows)
        self._touched.clear()


def _table(group: Group) -> StoreTable:
    return group if isinstance(group, StoreTable) else group.table
