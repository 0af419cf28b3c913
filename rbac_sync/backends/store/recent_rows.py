"""The rows of a trail from a time on."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from ...audit.chain import Link
from ...audit.record import DONE, Record
from ...audit.shapes import BOTH, GONE, NEW, USERS, shapes
from ...audit.texts import FIELDS
from ...model import Instant, Kind
from ...model.kind import SPECS
from ..database.columns import stored
from ..database.parts import FAR, batched
from .account import Account, listed

COLUMNS = ("account", "seq", "prev", "hash", *FIELDS)
ROWS = f"SELECT {listed(COLUMNS)} FROM audit WHERE account = :account"  # noqa: S608
SINCE = """
    SELECT coalesce(min(seq), :far), count(*) FROM audit
    WHERE account = :account AND timestamp >= :since
"""
"""*Why* with a count: to find the first row alone, SQLite reads all rows before it."""

RECENT = f"{ROWS} AND timestamp >= :earliest AND seq + 0 >= :first AND result = :done"
"""*Why* ``+ 0``: the database then reads the few rows of an index, not all since the first."""

CHANGES = f"{RECENT} AND shape IN (:shapes)"
JOINING = f"{CHANGES} AND info LIKE :joins"
JOINS = '%"joins":%'
"""The pattern of the ``info`` of who joins a team."""

CREATIONS = f'{RECENT} AND object_id IN (:names) AND "before" IS NULL AND "after" IS NOT NULL'

ALWAYS = frozenset(SPECS[kind].table for kind in (Kind.TEAM, Kind.ROLE, Kind.OBJECT))
"""The tables of things of which an account has few: all creations are read."""


class RecentRows:
    """The rows from a time on: all from the first with this time or a later one on."""

    def __init__(
        self, account: Account, since: Instant, last: int, link: Callable[[tuple[Any, ...]], Link]
    ) -> None:
        """Read the rows of *account* from *since* to number *last*; *link* makes links of them.

        If the clock was set back meanwhile, rows that come later may have an earlier time.
        """
        self._account, self._link = account, link
        first, count = first_since(account, since)
        is_in_order = not count or count == last + 1 - first
        earliest = stored(since) if is_in_order else ""
        self._values: dict[str, object] = {"done": DONE, "first": first, "earliest": earliest}

    def changes(self, tables: Collection[str]) -> dict[int, Record]:
        """Return the changes of *tables* that were made, by number.

        Of creations there are those of ``ALWAYS``, and of users who joined a team with it.
        """
        ended, new = shapes(tables, (GONE, BOTH)), shapes(ALWAYS.intersection(tables), (NEW,))
        changes = self._records(CHANGES, shapes=[*ended, *new])
        return changes | self._records(JOINING, shapes=shapes((USERS,), (NEW,)), joins=JOINS)

    def creations(self, names: Collection[str]) -> dict[int, Record]:
        """Return the creations of things with these *names*, by number."""
        parts = batched(sorted(names))
        return {
            seq: record
            for part in parts
            for seq, record in self._records(CREATIONS, names=part).items()
        }

    def _records(self, statement: str, **values: object) -> dict[int, Record]:
        rows = self._account.rows(statement, **self._values, **values)
        return {link.seq: link.record for link in map(self._link, rows)}


def first_since(account: Account, since: Instant) -> tuple[int, int]:
    """Return the number of the first row at *since* or later, and that of all such rows."""
    ((first, count),) = account.rows(SINCE, since=stored(since), far=FAR)
    return first, count
