"""The shapes of the rows of an audit trail, which say whether their columns determine their events.

The database derives the shape of a row, see ``backends.store.derived``: the table of its object,
the sides that it has, and the sort of the object.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from ..model import Kind
from ..model.kind import SPECS
from .chain import Link
from .texts import FIELDS

KEYS, TEAMS = SPECS[Kind.KEY].table, SPECS[Kind.TEAM].table
ACCOUNTS, WORKSPACES = SPECS[Kind.ACCOUNT].table, SPECS[Kind.WORKSPACE].table
USERS, LISTS = SPECS[Kind.USER].table, SPECS[Kind.OBJECT].table
REMARKED = (ACCOUNTS, USERS, SPECS[Kind.SERVICE_ACCOUNT].table, WORKSPACES)
"""The tables of things about which there are remarks: rows without sides."""

MARKS = NO_SIDE, GONE, NEW, BOTH = ".-+="
"""The marks of the sides of a row in its shape: none, that before, that after, both."""

INDEXED_SIDES: Mapping[str, str] = {
    KEYS: MARKS,
    TEAMS: BOTH,
    **dict.fromkeys(REMARKED, NO_SIDE),
}
"""The sides, by table, of the rows that have their events in an index.

A changed team may be several events, the rows of two keys may be one. A remark is an event of a
name, and of a workspace, that only its words determine, or a note, which is none.
"""

SORTS: Mapping[str, str] = {USERS: "00"}
"""The sort, by table, of an object of such a row; none of another table."""

ALL_SORTS: Mapping[str, Sequence[str]] = {
    SPECS[Kind.BINDING].table: ("", "a", "d"),
    SPECS[Kind.ROLE].table: ("0", "1"),
    USERS: ("00", "01", "10", "11"),
}
"""All sorts, by table, of the objects of rows with a side; those of another table have none."""

INDEXED = tuple(
    f"{table}{each}{SORTS.get(table, '')}"
    for table, sides in INDEXED_SIDES.items()
    for each in sides
)
"""The shapes of these rows."""

OBJECT, TABLE, *SIDES = map(FIELDS.index, ("object_id", "object_table", "before", "after"))
"""The places of these fields in the texts of a row."""


def shapes(tables: Iterable[str], marks: Iterable[str]) -> list[str]:
    """Return the shapes of the rows about things of *tables* that have a side of *marks*."""
    sorts = ((table, ALL_SORTS.get(table, ("",))) for table in tables)
    return sorted(f"{table}{mark}{each}" for table, of in sorts for mark in marks for each in of)


LISTED = [*shapes([TEAMS], [GONE, NEW]), *shapes([LISTS], [GONE, NEW, BOTH])]
"""The shapes of the rows whose sides list principals, and whose members are not in the index."""

NAMED = [spec.table for kind, spec in SPECS.items() if spec.table and kind is not Kind.BINDING]
"""The tables of things with names of their own, which may change."""


def is_indexed(link: Link) -> bool:
    """Say whether the columns of *link* do not determine its events."""
    before, after = (link.texts[side] is not None for side in SIDES)
    return MARKS[before + 2 * after] in INDEXED_SIDES.get(link.texts[TABLE] or "", "")
