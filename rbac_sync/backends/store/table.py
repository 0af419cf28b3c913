"""A table of the store: its columns, its references to other tables, and its indexes."""

from __future__ import annotations

from ...named_tuples import NamedTuple
from ..database.columns import TEXT, ColumnType


class Column(NamedTuple):
    """A column. Those of the primary key come first; the database itself fills derived ones."""

    name: str
    type: ColumnType = TEXT
    is_key: bool = False
    is_nullable: bool = False
    is_derived: bool = False


class Reference(NamedTuple):
    """A reference to the primary key of a table; *ends* is what a deletion there does."""

    names: tuple[str, ...]
    table: str
    ends: str = "CASCADE"


class Index(NamedTuple):
    """Columns by which rows are found; if it *is_unique*, no two rows have the same values."""

    names: tuple[str, ...]
    is_unique: bool = False


Part = Column | Reference | Index


class StoreTable:
    """A table of the schema. Two tables are equal if they are the same object."""

    def __init__(self, name: str, *parts: Part) -> None:
        self.name, columns = name, [part for part in parts if isinstance(part, Column)]
        self.columns = {each.name: each for each in columns if not each.is_derived}
        self.derived = tuple(each.name for each in columns if each.is_derived)
        self.key = tuple(column.name for column in self.columns.values() if column.is_key)
        self.references = tuple(part for part in parts if isinstance(part, Reference))
        self.indexes = tuple(part for part in parts if isinstance(part, Index))
