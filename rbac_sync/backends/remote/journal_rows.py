"""The rows of one journal in the tables that the journals of a database share."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Any

from ...audit.search import Search
from ..database.sql import SqlConnection
from ..database.trail_conditions import conditions


class JournalRows:
    """The rows of the journal *name*; a table is named without the ``journal_`` before it."""

    def __init__(self, database: SqlConnection, name: str) -> None:
        self._database, self._name = database, name

    def select(
        self, table: str, columns: str, such: str = "", **values: object
    ) -> list[tuple[Any, ...]]:
        """Return *columns* of the rows of *table* for this journal that meet *such*."""
        statement = f"SELECT {columns} FROM journal_{table} WHERE journal = :journal {such}"  # noqa: S608
        return self._database.rows(statement, {"journal": self._name, **values})

    def conditions(self, search: Search) -> tuple[str, dict[str, object]]:
        """Return the conditions of *search* for ``select``, and their values."""
        return conditions(search, is_file=self._database.is_file)

    def add(self, table: str, **values: object) -> None:
        row = {"journal": self._name, **values}
        places = ", ".join(f":{name}" for name in row)
        statement = f"INSERT INTO journal_{table} ({', '.join(row)}) VALUES ({places})"  # noqa: S608
        self._database.rows(statement, row)

    def drop(self, table: str, **values: object) -> None:
        """Delete the rows of *table* that have these values."""
        row = {"journal": self._name, **values}
        same = " AND ".join(f"{name} = :{name}" for name in row)
        self._database.rows(f"DELETE FROM journal_{table} WHERE {same}", row)  # noqa: S608

    def update(self, table: str, at: Mapping[str, object], values: Mapping[str, object]) -> None:
        """Write *values* to the rows of *table* whose columns have the values *at*."""
        columns = ", ".join(f"{name} = :new_{name}" for name in values)
        such = "".join(f" AND {name} = :{name}" for name in at)
        row = {"journal": self._name, **at, **{f"new_{name}": v for name, v in values.items()}}
        statement = f"UPDATE journal_{table} SET {columns} WHERE journal = :journal{such}"  # noqa: S608
        with self.transaction():
            self._database.rows(statement, row)

    def transaction(self) -> AbstractContextManager[None]:
        return self._database.transaction()
