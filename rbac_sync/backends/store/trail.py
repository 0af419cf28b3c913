"""The audit trail of an account in the database: rows are added and read, never changed."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

from ...audit.chain import START, ChainCheck, Link, link
from ...audit.events import TrailRow, replaces, rotated
from ...audit.record import DONE, Record, Touch, format_actor
from ...audit.replay import recorded_changes
from ...audit.search import ALL, Search
from ...audit.shapes import BOTH, INDEXED_SIDES, KEYS, TABLE, shapes
from ...model import Address, Instant, Kind
from ...model.kind import SPECS
from ..database.columns import loaded
from ..database.parts import FAR, batched, newest_first
from ..database.trail_conditions import conditions
from . import counts
from . import tables as t
from .account import Account, pages
from .batch import FULL
from .bulk import load
from .event_index import TrailEvents, event_rows
from .recent_rows import COLUMNS, ROWS, RecentRows, first_since
from .trail_index import numbers

PERSON_TABLE = SPECS[Kind.USER].table
RENAMES = "%` renamed to `%"
"""The pattern of the messages of renames; see ``audit.record.message``."""

SEQ, TIME = COLUMNS.index("seq"), COLUMNS.index("timestamp")
INDEXED_SINCE = "0010"
"""The first revision of the schema with ``audit_event``."""

PART = 200
"""The number of rows, or of events of a span, in one query where no fewer are needed."""

LAST = "A"
"""A text that is greater than any time."""

BY_TIME = f"""
    {ROWS} AND (timestamp, seq) < (:time, :seq) ORDER BY timestamp DESC, seq DESC LIMIT {PART}
"""
OF_INDEXED = f"""
    {ROWS} AND seq > :seq AND object_table IN (:tables) ORDER BY seq LIMIT {PART}
"""

MOST_CHANGES = 2_000
"""The number of changes from which on it is quicker to read the state than the changes."""


TOUCHED = """
    SELECT object_id, timestamp, applier, run, plan_digest FROM audit
    WHERE account = :account AND seq IN (
        SELECT max(seq) FROM audit
        WHERE account = :account AND result = :done AND object_id IN (:names) GROUP BY object_id
    )
"""
MADE = """
    SELECT timestamp, object_id, applier, on_behalf_of FROM audit
    WHERE account = :account AND object_table = :table AND result = :done AND before IS NULL
        AND timestamp IN (:moments)
"""


class StoreTrail:
    """The trail of one account inside one transaction."""

    def __init__(self, account: Account, place: str = "") -> None:
        """Use the trail of *account* in the store at *place*, a URL without secrets."""
        self._account, self.place = account, place
        self._last: tuple[int, str] | None = None
        self._held: list[Link] = []
        self.events = TrailEvents(account, self.rows)

    def append(self, record: Record) -> None:
        """Add one row to the end of the chain; the next ``flush`` writes it.

        Two rows that are one event are written together.
        """
        self._account.lock()
        last, prev = self._last or self._account.end or self._account.trail_end()
        row = link(self._account.handle, last + 1, prev or START, record)
        self._last = row.seq, row.hash
        if len(self._held) >= FULL and not replaces(TrailRow(self._held[-1]), TrailRow(row)):
            self.flush()
        self._held.append(row)

    def flush(self) -> None:
        """Write the rows held back, with their events."""
        if self._held:
            number, held = self._account.number, self._held
            rows = ((number, row.seq, row.prev, row.hash, *row.texts) for row in held)
            load(self._account.connection, t.audit, rows)
            self._load_events(held)
            counts.add(self._account, held[0].seq - 1, (row.texts[0] or "" for row in held))
            self._held = []

    def renew_events(self) -> None:
        """Write the events of rows that an older version wrote, and count all events anew."""
        self._load_events(self.indexed())
        counts.renew(self._account)

    def _load_events(self, links: Iterable[Link]) -> None:
        events = event_rows(self._account.number, links)
        while part := list(islice(events, FULL)):
            load(self._account.connection, t.audit_event, part)

    def links(self) -> Iterator[Link]:
        """Yield the whole chain, oldest row first; it is read in parts."""
        account = self._account
        for rows in pages(account.connection, account.number, t.audit, COLUMNS):
            yield from map(self._link, rows)

    def indexed(self) -> Iterator[Link]:
        """Yield the rows of the tables that ``audit_event`` has events of, oldest first."""
        last = 0
        while rows := self._account.rows(OF_INDEXED, seq=last, tables=[*INDEXED_SIDES]):
            yield from map(self._link, rows)
            last = rows[-1][SEQ]

    def infos(self) -> Iterator[Mapping[str, Any]]:
        """Yield the ``info`` of each row that has one, oldest row first."""
        account, columns = self._account, (*t.audit.key, "info")
        for rows in pages(account.connection, account.number, t.audit, columns):
            yield from (json.loads(info) for *_, info in rows if info is not None)

    def length(self) -> int:
        """Return the number of rows, which is the number of the last one."""
        return self._account.trail_end()[0]

    def latest(self, search: Search = ALL) -> Iterator[Link]:
        """Yield the rows that *search* may select, the newest first, read in parts as needed.

        The order is that of the chain. ``since`` selects all rows from the first with this time
        or a later one on, even if a clock that was set back gave them an earlier time.
        """
        first = first_since(self._account, search.since)[0] if search.since else 0
        if (seqs := numbers(self._account, search)) is None:
            yield from self._passed(search, first)
            return
        for part in batched([seq for seq in seqs if seq >= first], PART):
            links = self._at(part)
            yield from (links[seq] for seq in part)

    def _passed(self, search: Search, first: int) -> Iterator[Link]:
        """Yield the rows that *search* may select from row *first* on, found in one pass."""
        such, values = conditions(search, is_file=self._account.connection.is_file)
        text = f"{ROWS}{such} AND seq BETWEEN :first AND :last ORDER BY seq DESC LIMIT :most"
        values |= {"first": first}
        parts = newest_first(
            lambda last, most: self._account.rows(text, **values, last=last, most=most), SEQ
        )
        return map(self._link, parts)

    def since(self, since: Instant) -> RecentRows:
        """Return the rows from *since* on; see ``latest``."""
        return RecentRows(self._account, since, self.length(), self._link)

    def newest(self) -> Iterator[Link]:
        """Yield the rows in order of time, the newest first, read in parts as needed."""
        time, seq = LAST, FAR
        while rows := self._account.rows(BY_TIME, time=time, seq=seq):
            yield from map(self._link, rows)
            time, seq = rows[-1][TIME], rows[-1][SEQ]

    def rows(self, numbers: Iterable[int]) -> dict[int, TrailRow]:
        """Return the rows with these numbers, by number."""
        links = self._at(numbers)
        made = (row.seq for row in links.values() if row.texts[TABLE] == KEYS)
        links.update(self._at({seq + 1 for seq in made} - links.keys()))
        return {row.link.seq: row for row in rotated(links[seq] for seq in sorted(links))}

    def _at(self, numbers: Iterable[int]) -> dict[int, Link]:
        return {
            row[SEQ]: self._link(row)
            for part in batched(sorted(set(numbers)))
            for row in self._account.rows(f"{ROWS} AND seq IN (:numbers)", numbers=part)
        }

    def touched(self, addresses: Collection[Address]) -> dict[Address, Touch]:
        """Return the last change of each of *addresses* that the trail has."""
        named = {str(address): address for address in addresses}
        return {
            named[name]: Touch(loaded(at), who, run, planned=bool(digest))
            for part in batched(sorted(named))
            for name, at, who, run, digest in self._account.rows(TOUCHED, done=DONE, names=part)
        }

    def about_people(self, people: Collection[Address]) -> list[Record]:
        """Return the records about *people*, and all renames if one of them may have been renamed.

        *Why* only then: renames are found by their message, in all rows of changed users.
        """
        names, about = sorted(map(str, people)), {"done": DONE, "table": PERSON_TABLE}
        mine = f"{ROWS} AND result = :done AND object_table = :table"
        links = [
            self._link(row)
            for part in batched(names)
            for row in self._account.rows(
                f"{mine} AND object_id IN (:names) ORDER BY seq", **about, names=part
            )
        ]
        last = {link.record.object_id: link.record for link in links}
        if any(record.after is not None for record in last.values()):
            renamed = f"{mine} AND shape IN (:shapes) AND message LIKE :renames ORDER BY seq"
            of_users = shapes([PERSON_TABLE], [BOTH])
            renames = self._account.rows(renamed, **about, shapes=of_users, renames=RENAMES)
            links = list({link.seq: link for link in (*links, *map(self._link, renames))}.values())
        return [link.record for link in sorted(links, key=lambda link: link.seq)]

    def makers(self, born: Mapping[Address, str]) -> dict[Address, str]:
        """Return the creator of each key of *born*, which has the time of its creation.

        *Why* not by address: the row of a key has the name of its owner at that time.
        """
        of_keys = {"table": KEYS, "done": DONE}
        rows = {
            (at, _name(key)): format_actor(applier, behalf)
            for part in batched(sorted(set(born.values())))
            for at, key, applier, behalf in self._account.rows(MADE, **of_keys, moments=part)
        }
        made = {key: rows.get((at, _name(str(key)))) for key, at in born.items()}
        return {key: maker for key, maker in made.items() if maker}

    def scopes_since(self, seq: int, digest: str) -> frozenset[Address] | None:
        """Return the workspaces of all changes since the row *seq*, whose hash was *digest*.

        None if the rows do not follow that one, if other resources were changed, or too many.
        """
        since = f"{ROWS} AND seq > :seq ORDER BY seq LIMIT {MOST_CHANGES}"
        rows = self._account.rows(since, seq=seq)
        links, check = [self._link(row) for row in rows], ChainCheck(seq=seq, prev=digest)
        if len(links) == MOST_CHANGES or any(True for row in links for _ in check.row(row)):
            return None
        from ...planning.extent import workspaces_of

        scopes = list(map(workspaces_of, recorded_changes(row.record for row in links)))
        known = [each for each in scopes if each is not None]
        return frozenset[Address]().union(*known) if len(known) == len(scopes) else None

    def _link(self, row: tuple[Any, ...]) -> Link:
        _, seq, prev, digest = row[:4]
        return Link(self._account.handle, seq, prev, row[4:], digest)


def _name(key: str) -> str:
    """Return the name of the key in this address, still encoded."""
    return key.rpartition("/key/")[2]
