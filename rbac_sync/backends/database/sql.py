"""Statements as text, on an open connection to SQLite or PostgreSQL.

A statement names its values as ``:name``. A list of values matches each of its values, as
in ``number IN (:numbers)``, and a list of tuples each of its rows, as in
``(scope, principal) IN (:places)``.
"""

from __future__ import annotations

import re
import sqlite3
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import lru_cache
from typing import TYPE_CHECKING, Any, ClassVar, TypeAlias

if TYPE_CHECKING:
    import psycopg

    from .postgresql import BoundedConnection

Values: TypeAlias = Mapping[str, object]
Row: TypeAlias = tuple[Any, ...]
Observer: TypeAlias = Callable[[str, Values, Sequence[Row]], object]
"""A function that is given each query of a connection, its values and its rows."""

NOTHING: Values = {}

READS: Sequence[str] = ("BEGIN",)
WRITES: Sequence[str] = ("PRAGMA journal_mode = WAL", "BEGIN IMMEDIATE")
"""The statements that begin a transaction in SQLite, to read and to write."""

NAME = r"(?<![:\w]):([a-z]\w*)"
"""A value in a statement."""


class SqlConnection(ABC):
    """An open connection. ``is_file`` is true for SQLite and false for PostgreSQL.

    ``error`` is the type of the exceptions of the driver. The *observer*, if there is one, is told
    all that ``rows`` and ``stream`` read.
    """

    is_file: ClassVar[bool]
    error: type[Exception]
    driver: sqlite3.Connection | BoundedConnection
    observer: Observer | None = None

    def rows(self, statement: str, values: Values = NOTHING) -> list[Row]:
        """Run *statement* and return its rows; a statement without rows returns none."""
        cursor = self._executed(statement, values)
        rows: list[Row] = cursor.fetchall() if cursor.description else []
        if self.observer is not None:
            self.observer(statement, values, rows)
        return rows

    def stream(self, statement: str, values: Values = NOTHING) -> Iterable[Row]:
        """Run *statement*, which has rows, and give them one by one."""
        if self.observer is not None:
            return self.rows(statement, values)
        return self._executed(statement, values)

    @abstractmethod
    def _executed(self, statement: str, values: Values) -> sqlite3.Cursor | psycopg.Cursor[Row]:
        """Run *statement* and return its cursor."""

    @abstractmethod
    def each(self, statement: str, values: Sequence[Values]) -> int:
        """Run *statement* once with each of *values*; return the number of changed rows."""

    @abstractmethod
    def load(self, table: str, columns: Sequence[str], rows: Iterable[Row]) -> None:
        """Insert *rows*, values of *columns*, in the fastest way of the driver."""

    @abstractmethod
    def has_table(self, name: str) -> bool:
        """Say whether the database has the table *name*."""

    @abstractmethod
    def begin(self) -> None:
        """Begin a transaction; it ends with the connection, if nothing ends it before."""

    @abstractmethod
    def take_turn(self) -> None:
        """Wait until no other connection of this process writes to the same SQLite file.

        The turn ends with the connection.

        Raises:
            Locked: the earlier writers take too long.
        """

    @abstractmethod
    def together(self, queries: Sequence[tuple[str, Values]]) -> list[list[Row]]:
        """Return the rows of each of *queries*, which the observer is not told."""

    @abstractmethod
    def begin_writing(self, queries: Sequence[tuple[str, Values]]) -> list[list[Row]]:
        """End the transaction, begin one that writes, and return the rows of each of *queries*.

        The new transaction may wait for a lock; *queries* see what is true then.

        Raises:
            Locked: see ``take_turn``.
        """

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Open a transaction, or stay in an open one. Its end commits; an exception undoes it.

        An error of the rollback is ignored: the exception before it says more, and the database
        undoes a transaction whose connection is lost.
        """
        if self.driver.in_transaction:
            yield
            return
        self.begin()
        try:
            yield
            self.driver.commit()
        except BaseException:
            with suppress(self.error):
                self.driver.rollback()
            raise


class FileConnection(SqlConnection):
    """A connection to SQLite."""

    driver: sqlite3.Connection
    is_file = True
    error = sqlite3.Error

    def __init__(
        self,
        driver: sqlite3.Connection,
        *,
        writes: bool = False,
        turn: Callable[[], object] = lambda: None,
    ) -> None:
        """Use *driver*; its transactions read, or write. *turn* is that of ``take_turn``."""
        self.driver, self._writes, self._turn = driver, writes, turn

    def _executed(self, statement: str, values: Values) -> sqlite3.Cursor:
        return self.driver.execute(*spread(statement, values))

    def each(self, statement: str, values: Sequence[Values]) -> int:
        return self.driver.executemany(statement, values).rowcount

    def load(self, table: str, columns: Sequence[str], rows: Iterable[Row]) -> None:
        marks = ", ".join("?" * len(columns))
        self.driver.executemany(f"INSERT INTO {whole_row(table, columns)} VALUES ({marks})", rows)  # noqa: S608

    def has_table(self, name: str) -> bool:
        return bool(self.rows("SELECT 1 FROM sqlite_schema WHERE name = :name", {"name": name}))

    def begin(self) -> None:
        self._run(WRITES if self._writes else READS)

    def take_turn(self) -> None:
        self._turn()

    def together(self, queries: Sequence[tuple[str, Values]]) -> list[list[Row]]:
        return [self._executed(statement, values).fetchall() for statement, values in queries]

    def begin_writing(self, queries: Sequence[tuple[str, Values]]) -> list[list[Row]]:
        self.driver.commit()
        self.take_turn()
        self._run(WRITES)
        return self.together(queries)

    def _run(self, statements: Iterable[str]) -> None:
        for statement in statements:
            self.driver.execute(statement)


class ServerConnection(SqlConnection):
    """A connection to PostgreSQL."""

    driver: BoundedConnection
    is_file = False

    def __init__(
        self, driver: BoundedConnection, begin: Callable[[bool], str], *, writes: bool
    ) -> None:
        """Use *driver*; its transactions read, or write.

        *begin* returns the statements that begin a transaction of one sort or the other.
        """
        from psycopg import Error

        self.driver, self._begin, self.error = driver, begin, Error
        self._writes = writes

    def _executed(self, statement: str, values: Values) -> psycopg.Cursor[Row]:
        text, single = spread(statement, values)
        with self.transaction():
            return self.driver.execute(formatted(text), single)

    def each(self, statement: str, values: Sequence[Values]) -> int:
        with self.driver.cursor() as cursor:
            cursor.executemany(formatted(statement), values)
            return cursor.rowcount

    def load(self, table: str, columns: Sequence[str], rows: Iterable[Row]) -> None:
        copying = f"COPY {whole_row(table, columns)} FROM STDIN".encode()
        with self.driver.cursor() as cursor, cursor.copy(copying) as copy:
            for row in rows:
                copy.write_row(row)

    def has_table(self, name: str) -> bool:
        ((there,),) = self.rows("SELECT to_regclass(:name)", {"name": name})
        return there is not None

    def begin(self) -> None:
        self.driver.execute(self._begin(self._writes).encode())

    def take_turn(self) -> None:
        """Do nothing: the server lets writers wait for each other."""

    def together(self, queries: Sequence[tuple[str, Values]]) -> list[list[Row]]:
        return self._in_one_message(queries)

    def begin_writing(self, queries: Sequence[tuple[str, Values]]) -> list[list[Row]]:
        """See ``SqlConnection``: the first of *queries* takes the lock. All is one message."""
        return self._in_one_message(queries, "COMMIT", self._begin(True))

    def _in_one_message(
        self, queries: Sequence[tuple[str, Values]], *before: str
    ) -> list[list[Row]]:
        from psycopg import ClientCursor

        cursor = ClientCursor(self.driver)
        spreads = [spread(statement, values) for statement, values in queries]
        texts = [cursor.mogrify(formatted(text), values) for text, values in spreads]
        cursor.execute("; ".join((*before, *texts)).encode())
        results = [cursor.fetchall()] if cursor.description else []
        while cursor.nextset():
            results += [cursor.fetchall()] if cursor.description else []
        return results


def whole_row(table: str, columns: Iterable[str]) -> str:
    """Return the names of *table* and of *columns*, as an INSERT or a COPY has them."""
    return f'"{table}" ({", ".join(map(quoted, columns))})'


def quoted(name: str) -> str:
    """Return *name*, of a table or a column, as a statement has it."""
    return f'"{name}"'


def spread(statement: str, values: Values) -> tuple[str, Values]:
    """Return *statement* and *values* with a name of its own for each value of a list."""
    lists = {name: value for name, value in values.items() if isinstance(value, list)}
    if not lists:
        return statement, values
    single = {name: value for name, value in values.items() if name not in lists}
    for name, value in lists.items():
        rows = [each if isinstance(each, tuple) else (each,) for each in value]
        named = {f"{name}_{n}": each for n, each in enumerate(each for row in rows for each in row)}
        statement = re.sub(rf":{name}\b", _marks(list(named), rows), statement)
        single |= named
    return statement, single


def _marks(names: list[str], rows: list[Row]) -> str:
    """Return the marks of the values *names* of *rows*; NULL, which equals nothing, for none."""
    if not rows:
        return "NULL"
    width, marks = len(rows[0]), [f":{name}" for name in names]
    if width == 1:
        return ", ".join(marks)
    parts = (", ".join(marks[at : at + width]) for at in range(0, len(marks), width))
    return f"VALUES {', '.join(f'({part})' for part in parts)}"


@lru_cache(maxsize=512)
def formatted(statement: str) -> bytes:
    """Return *statement* as psycopg takes it: ``%(name)s`` for ``:name``."""
    return re.sub(NAME, r"%(\1)s", statement.replace("%", "%%")).encode()
