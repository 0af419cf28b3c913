"""The audit trail of an account in the database: rows are added and read, never changed."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import chain, repeat
from typing import Any

from ...audit.chain import START, ChainCheck, Link, link
from ...audit.record import DONE, Record, Touch, format_actor
from ...audit.replay import recorded_changes
from ...audit.texts import FIELDS
from ...model import Address, Instant, Kind
from ...model.kind import SPECS
from ...named_tuples import NamedTuple
from ..database.columns import loaded, stored
from ..database.sql import FAR, batched, newest_first
from . import counts
from . import tables as t
from .account import Account, listed, pages
from .batch import FULL
from .bulk import Values, load
from .span import By, Interval, Span, grouping

KEY_TABLE, PERSON_TABLE = SPECS[Kind.KEY].table, SPECS[Kind.USER].table
RENAMES = "%` renamed to `%"
"""The pattern of the messages of renames; see ``audit.record.message``."""

COLUMNS = ("account", "seq", "prev", "hash", *FIELDS)
SEQ, TIME = COLUMNS.index("seq"), COLUMNS.index("timestamp")
ROWS = f"SELECT {listed(COLUMNS)} FROM audit WHERE account = :account"  # noqa: S608
FIRST_SINCE = """
    SELECT coalesce(min(seq), :far) FROM audit WHERE account = :account AND timestamp >= :since
"""

PARTS = (64, 200)
"""The number of rows of a span in the first query, and in each later one."""

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


Place = tuple[str, int]
"""The time of a row, as stored, and its number."""


class Tally(NamedTuple):
    """A group of rows of a span with a common *key*: their number, and the first and last time.

    ``newest`` is the number of the last row.
    """

    key: str
    size: int
    first: Instant
    last: Instant
    newest: int

    def joined(self, other: Tally) -> Tally:
        """Return the group of the rows of both groups."""
        last, newest = max((self.last, self.newest), (other.last, other.newest))
        size, first = self.size + other.size, min(self.first, other.first)
        return Tally(self.key, size, first, last, newest)


class StoreTrail:
    """The trail of one account inside one transaction."""

    def __init__(self, account: Account, place: str = "") -> None:
        """Use the trail of *account* in the store at *place*, a URL without secrets."""
        self._account, self.place = account, place
        self._last: tuple[int, str] | None = None
        self._held: list[Values] = []

    def append(self, record: Record) -> None:
        """Add one row to the end of the chain; the next ``flush`` writes it."""
        last, prev = self._last or self._account.trail_end()
        row = link(self._account.handle, last + 1, prev or START, record)
        self._last = row.seq, row.hash
        self._held.append((self._account.number, row.seq, row.prev, row.hash, *row.texts))
        if len(self._held) >= FULL:
            self.flush()

    def flush(self) -> None:
        """Write the rows held back."""
        if self._held:
            load(self._account.connection, t.audit, self._held)
            counts.add(self._account, self._held[0][1] - 1, (row[TIME] for row in self._held))
            self._held = []

    def links(self) -> Iterator[Link]:
        """Yield the whole chain, oldest row first; it is read in parts."""
        account = self._account
        for rows in pages(account.connection, account.number, t.audit, COLUMNS):
            yield from map(self._link, rows)

    def infos(self) -> Iterator[Mapping[str, Any]]:
        """Yield the ``info`` of each row that has one, oldest row first."""
        account, columns = self._account, (*t.audit.key, "info")
        for rows in pages(account.connection, account.number, t.audit, columns):
            yield from (json.loads(info) for *_, info in rows if info is not None)

    def length(self) -> int:
        """Return the number of rows, which is the number of the last one."""
        return self._account.trail_end()[0]

    def latest(self, since: Instant | None = None, who: str = "") -> Iterator[Link]:
        """Yield the newest rows first, from *since* on, by or for *who*, read in parts as needed.

        The order is that of the chain. *since* selects all rows from the first with this time
        or a later one on, even if a clock that was set back gave them an earlier time.
        """
        such = f"{ROWS} AND (applier = :who OR on_behalf_of = :who)" if who else ROWS
        text = f"{such} AND seq BETWEEN :first AND :last ORDER BY seq DESC LIMIT :most"
        rows, first = self._account.rows, 0
        if since is not None:
            ((first,),) = rows(FIRST_SINCE, since=stored(since), far=FAR)
        parts = newest_first(
            lambda last, most: rows(text, who=who, first=first, last=last, most=most), SEQ
        )
        return map(self._link, parts)

    def walk(
        self,
        span: Span,
        *,
        is_ascending: bool = False,
        begin: tuple[Instant, int] | None = None,
    ) -> Iterator[Link]:
        """Yield the rows of *span* in order of time, the newest first unless *is_ascending*.

        They begin at the time and the row number *begin*, and are read in parts as needed.
        """
        first = (stored(span.since), 0) if is_ascending else (stored(span.until), FAR)
        if begin is not None:
            at = (stored(begin[0]), begin[1])
            first = max(first, at) if is_ascending else min(first, at)
        for most in chain(PARTS, repeat(PARTS[-1])):
            places = self._places(span, first, most, is_ascending=is_ascending)
            there = self.at(seq for _, seq in places)
            yield from (there[seq] for _, seq in places)
            if len(places) < most:
                return
            time, seq = places[-1]
            first = time, seq + 1 if is_ascending else seq - 1

    def _places(self, span: Span, first: Place, most: int, *, is_ascending: bool) -> list[Place]:
        """Return the places of at most *most* rows of *span* from *first* on, in order."""
        sign, end, way = (">=", "<= :until", "ASC") if is_ascending else ("<=", ">= :since", "DESC")
        order = f"ORDER BY timestamp {way}, seq {way} LIMIT :most"
        parts, values = span.parts()
        if not parts:
            return []
        firsts = (
            f"""
            SELECT timestamp, seq FROM (
                SELECT timestamp, seq FROM audit WHERE account = :account{part}
                    AND (timestamp, seq) {sign} (:time, :seq) AND timestamp {end} {order}
            ) AS part
            """  # noqa: S608
            for part in parts
        )
        at = {"time": first[0], "seq": first[1], "most": most, **span.times}
        return self._account.rows(f"{' UNION ALL '.join(firsts)} {order}", **at, **values)

    def count(self, span: Span) -> int:
        """Return the number of rows in *span*."""
        return sum(size for _, size, *_ in self._groups(span, By.SHAPE))

    def shapes(self, span: Span) -> list[Tally]:
        """Return the groups by shape of *span*, or of a wider span if only that one is counted."""
        appliers = span.appliers if span.places is None else None
        return self.tallies(span._replace(appliers=appliers, objects=None), By.SHAPE)

    def tallies(self, span: Span, by: By | Interval, most: int | None = None) -> list[Tally]:
        """Return the groups of rows of *span*, at most *most* of each of its parts."""
        tallies: dict[str, Tally] = {}
        for key, size, first, last, newest in self._groups(span, by, most):
            tally = Tally(str(key), int(size), loaded(first), loaded(last), newest)
            known = tallies.get(tally.key)
            tallies[tally.key] = tally.joined(known) if known else tally
        return list(tallies.values())

    def _groups(
        self, span: Span, by: By | Interval, most: int | None = None
    ) -> Iterator[counts.Group]:
        """Yield the groups of *span*, as it is counted, or part by part from its rows."""
        counted = counts.Counted.of(span, by)
        if counted is not None:
            yield from counts.groups(self._account, span, by, counted, most)
            return
        key = grouping(by, is_file=self._account.connection.is_file)
        parts, values = span.parts()
        for part in parts:
            text = f"""
                SELECT {key}, count(*), min(timestamp), max(timestamp), max(seq) FROM audit
                WHERE account = :account{part} AND timestamp BETWEEN :since AND :until
                GROUP BY 1 {"" if most is None else "LIMIT :most"}
            """  # noqa: S608
            yield from self._account.rows(text, most=most, **span.times, **values)

    def at(self, numbers: Iterable[int]) -> dict[int, Link]:
        """Return the rows with these numbers."""
        return {
            row[1]: self._link(row)
            for part in batched(sorted(numbers))
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

        *Why* only then: renames are found by their message, in all rows of users.
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
            renamed = f"{mine} AND message LIKE :renames ORDER BY seq"
            renames = self._account.rows(renamed, **about, renames=RENAMES)
            links = list({link.seq: link for link in (*links, *map(self._link, renames))}.values())
        return [link.record for link in sorted(links, key=lambda link: link.seq)]

    def makers(self, born: Mapping[Address, str]) -> dict[Address, str]:
        """Return the creator of each key of *born*, which has the time of its creation.

        *Why* not by address: the row of a key has the name of its owner at that time.
        """
        of_keys = {"table": KEY_TABLE, "done": DONE}
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
