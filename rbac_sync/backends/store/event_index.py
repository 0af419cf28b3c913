"""The events of a trail, by what they have in common and in order of time.

A row of ``audit`` is one event, if the columns of the row determine the event.
``audit_event`` has a row for each other event; it is written with the row of the trail. Its
``shape`` is the name of the event after a mark. ``position`` is 0, -1 and so on: in the order of
time, the newest first, the events of a row follow each other. The events follow from the trail;
``audit verify`` compares them. A row that cannot be read has no events.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import zip_longest
from typing import TYPE_CHECKING

from ...audit.chain import VERIFY, Link
from ...audit.events import TrailRow, rotated
from ...audit.shapes import OBJECT, TABLE, WORKSPACES, is_indexed
from ...audit.texts import FIELDS
from ...errors import BackendError
from ...model import Instant
from ...named_tuples import NamedTuple
from ..database.columns import loaded, stored
from ..database.parts import FAR
from . import counts
from . import tables as t
from .account import Account, pages
from .bulk import Values
from .row_facts import RESTORE
from .span import By, Interval, Span, grouping

if TYPE_CHECKING:
    from ...audit.row_facts import Mismatch

TIME, APPLIER = map(FIELDS.index, ("timestamp", "applier"))

POSITION = {"audit": "0", "audit_event": "position"}
"""The expression of the position of an event among those of its row, by table."""

Place = tuple[str, int, int]
"""The time of an event, as stored, the number of its row, and its position in this row."""


class Tally(NamedTuple):
    """A group of events of a span with a common *key*: their number, and the first and last time.

    ``newest`` is the number of the row of the last event.
    """

    key: str
    size: int
    first: Instant
    last: Instant
    newest: int

    def joined(self, other: Tally) -> Tally:
        """Return the group of the events of both groups."""
        last, newest = max((self.last, self.newest), (other.last, other.newest))
        size, first = self.size + other.size, min(self.first, other.first)
        return Tally(self.key, size, first, last, newest)


class TrailEvents:
    """The events of the trail of one account; *rows* reads the rows with some numbers."""

    def __init__(
        self, account: Account, rows: Callable[[Iterable[int]], Mapping[int, TrailRow]]
    ) -> None:
        self._account, self._rows = account, rows

    def walk(
        self, span: Span, most: int, *, is_ascending: bool = False, after: Place | None = None
    ) -> Iterator[tuple[TrailRow, int]]:
        """Yield the events of *span* in order of time, the newest first unless *is_ascending*.

        Each is a row and a place among the events of this row. They follow the place *after*,
        and are read as needed, *most* at once.
        """
        begin = (stored(span.since), 0, 0) if is_ascending else (stored(span.until), FAR, 0)
        if after is not None:
            begin = max(begin, after) if is_ascending else min(begin, after)
        while places := self._places(span, begin, most, is_ascending=is_ascending):
            there = self._rows(seq for _, seq, _ in places)
            yield from (_event(there, place) for place in places)
            if len(places) < most:
                return
            begin = places[-1]

    def _places(self, span: Span, after: Place, most: int, *, is_ascending: bool) -> list[Place]:
        """Return the places of at most *most* events of *span* behind *after*, in order."""
        sign, end, way = (">", "<= :until", "ASC") if is_ascending else ("<", ">= :since", "DESC")
        order = f"ORDER BY timestamp {way}, seq {way}, position {way} LIMIT :most"
        parts, values = span.parts()
        if not parts:
            return []
        firsts = (
            f"""
            SELECT timestamp, seq, position FROM (
                SELECT timestamp, seq, {POSITION[table]} AS position FROM {table}
                WHERE account = :account{such}
                    AND (timestamp, seq, {POSITION[table]}) {sign} (:time, :seq, :position)
                    AND timestamp {end} {order}
            ) AS part
            """  # noqa: S608
            for table, such in parts
        )
        at = {"time": after[0], "seq": after[1], "position": after[2], "most": most, **span.times}
        return self._account.rows(f"{' UNION ALL '.join(firsts)} {order}", **at, **values)

    def count(self, span: Span) -> int:
        """Return the number of events in *span*."""
        return sum(size for _, size, *_ in self._groups(span, By.SHAPE))

    def shapes(self, span: Span) -> list[Tally]:
        """Return the groups by shape of *span*, or of a wider span if only that one is counted."""
        appliers = span.appliers if span.places is None else None
        return self.tallies(span._replace(appliers=appliers, objects=None), By.SHAPE)

    def tallies(self, span: Span, by: By | Interval, most: int | None = None) -> list[Tally]:
        """Return the groups of events of *span*, at most *most* of each of its parts."""
        tallies: dict[str, Tally] = {}
        for key, size, first, last, newest in self._groups(span, by, most):
            tally = Tally(str(key), int(size), loaded(first), loaded(last), newest)
            known = tallies.get(tally.key)
            tallies[tally.key] = tally.joined(known) if known else tally
        return list(tallies.values())

    def _groups(
        self, span: Span, by: By | Interval, most: int | None = None
    ) -> Iterator[counts.Group]:
        """Yield the groups of *span*, as it is counted, or part by part from its events."""
        counted = counts.Counted.of(span, by)
        if counted is not None:
            yield from counts.groups(self._account, span, by, counted, most)
            return
        parts, values = span.parts()
        for table, such in parts:
            key = grouping(by, table, is_file=self._account.connection.is_file)
            text = f"""
                SELECT {key}, count(*), min(timestamp), max(timestamp), max(seq) FROM {table}
                WHERE account = :account{such} AND timestamp BETWEEN :since AND :until
                GROUP BY 1 {"" if most is None else "LIMIT :most"}
            """  # noqa: S608
            yield from self._account.rows(text, most=most, **span.times, **values)


def _event(there: Mapping[int, TrailRow], place: Place) -> tuple[TrailRow, int]:
    """Return the row of the event at *place*, and the place of the event among those of the row.

    Raises:
        BackendError: the row, one of those *there*, has no such event.
    """
    (time, seq, position), row = place, there.get(place[1])
    if row is None or row.link.texts[TIME] != time or not 0 <= -position < len(row.events):
        message = f"`audit_event` row {seq}, {position} does not follow from the trail"
        raise BackendError(message, hint=VERIFY)
    return row, -position


def event_rows(account: int, links: Iterable[Link]) -> Iterator[Values]:
    """Yield the rows of ``audit_event`` that follow from *links*, in the order of their key."""
    for row in rotated(filter(is_indexed, links)):
        if not row.is_readable:
            continue
        texts = row.link.texts
        place = texts[OBJECT] if texts[TABLE] == WORKSPACES else ""
        for n, event in reversed([*enumerate(row.events)]):
            key = (account, row.link.seq, -n, event.shape, place)
            yield (*key, texts[TIME], texts[APPLIER], texts[OBJECT], str(event.member or ""))


def mismatches(account: Account, links: Iterable[Link]) -> Iterator[Mismatch]:
    """Yield a mismatch for the first row of *account* that does not follow from its *links*."""
    from ...audit.row_facts import Mismatch

    columns = tuple(t.audit_event.columns)
    kept = (
        row
        for part in pages(account.connection, account.number, t.audit_event, columns)
        for row in part
    )
    for pair in zip_longest(event_rows(account.number, links), kept):
        if pair[0] != pair[1]:
            _, seq, position, *_ = min(filter(None, pair))
            where = f"`audit_event` row {seq}, {position}"
            yield Mismatch(where, "does not follow from the trail", RESTORE)
            return
