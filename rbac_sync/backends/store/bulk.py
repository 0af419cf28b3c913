"""Bulk loading of rows, by the fastest way of each driver.

*Why* past SQLAlchemy's handling of parameters: it takes 2.7 times as long as
the driver itself, and psycopg's COPY is another five times as fast.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, Dialect, Table
from sqlalchemy.sql.dml import UpdateBase
from sqlalchemy.types import TypeEngine

Row = dict[str, Any]
Values = tuple[Any, ...]
"""The values of all columns of a table, in their order, as the driver takes them."""

Encoder = Callable[[Any], Any]


def load(connection: Connection, table: Table, rows: Iterable[Values]) -> None:
    """Insert *rows* into *table* in bulk."""
    if connection.dialect.name == "postgresql":
        _copy(connection, table, rows)
    else:
        marks = ", ".join("?" * len(table.columns))
        text = f"INSERT INTO {_whole_row(table, connection.dialect)} VALUES ({marks})"  # noqa: S608
        connection.exec_driver_sql(text, list(rows))


def encoded_rows(connection: Connection, table: Table, rows: Sequence[Row]) -> Iterator[Values]:
    """Return *rows*, which name every column of *table*, as ``load`` takes them.

    Their values are encoded in place.
    """
    _encode(rows, _column_encoders(table, connection.dialect))
    return map(itemgetter(*(column.name for column in table.columns)), rows)


def execute(connection: Connection, statement: UpdateBase, rows: Sequence[Row]) -> int:
    """Execute *statement* once per row of parameters, and return how many rows it touched."""
    text, encoders = _compiled(statement, connection.dialect)
    _encode(rows, encoders)
    return connection.exec_driver_sql(text, list(rows)).rowcount


@lru_cache(maxsize=256)
def _whole_row(table: Table, dialect: Dialect) -> str:
    """Return the names of *table* and of all its columns, as statements have them."""
    quote = dialect.identifier_preparer.quote
    return f"{quote(table.name)} ({', '.join(quote(column.name) for column in table.columns)})"


def _copy(connection: Connection, table: Table, rows: Iterable[Values]) -> None:
    text = f"COPY {_whole_row(table, connection.dialect)} FROM STDIN"
    cursor: Any = connection.connection.cursor()
    with cursor, cursor.copy(text) as copy:
        for row in rows:
            copy.write_row(row)


@lru_cache(maxsize=256)
def _compiled(statement: UpdateBase, dialect: Dialect) -> tuple[str, Mapping[str, Encoder]]:
    compiled = statement.compile(dialect=dialect)
    types = ((name, bind.type) for name, bind in compiled.binds.items())
    return str(compiled), _encoders(types, dialect)


@lru_cache(maxsize=256)
def _column_encoders(table: Table, dialect: Dialect) -> Mapping[str, Encoder]:
    return _encoders(((column.name, column.type) for column in table.columns), dialect)


def _encoders(
    types: Iterable[tuple[str, TypeEngine[Any]]],
    dialect: Dialect,
) -> Mapping[str, Encoder]:
    processors = ((name, of.dialect_impl(dialect).bind_processor(dialect)) for name, of in types)
    return {name: encoder for name, encoder in processors if encoder}


def _encode(rows: Sequence[Row], encoders: Mapping[str, Encoder]) -> None:
    for name, encoder in encoders.items():
        encoded = cache(encoder)
        for row in rows:
            row[name] = encoded(row[name])
