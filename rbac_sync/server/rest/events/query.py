"""The events that meet a filter: their pages, their number, and counts of them by an attribute.

The database filters by names of events, workspaces and actors. For other criteria, it selects
the events to read, which are then filtered one by one.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from functools import cached_property, partial
from itertools import dropwhile, islice
from operator import gt, itemgetter, lt

from ....audit.events import TrailRow
from ....backends.database.columns import stored
from ....backends.store.documents import Document
from ....backends.store.event_index import Tally
from ....backends.store.span import SECOND, By, Interval, Span
from ....backends.store.trail import PART
from ....dataclasses import dataclass
from ....model import Address, Instant
from ....model.instant import parsed, rfc3339
from ....wire.prefect_cloud import events as wire
from ....wire.prefect_cloud.events import ID, LONGEST, NAME, ROLE
from ...limits import LARGEST_ANSWER, MOST_ROWS
from ...read_view import ReadView
from ...refusals import InvalidRequest, Refusal
from .filters import Narrowing, matches_name, meets, narrowing
from .trail import EventPlace, PlacedEvent, events, name

KIND = "event"
"""The kind of the documents of events that clients report."""


Value = tuple[str, str]
"""The value for filters, and the label to show."""


@dataclass(frozen=True)
class EventQuery:
    """The events that meet *where*, only in the workspace *here* unless it is None."""

    view: ReadView
    where: wire.EventFilter
    here: Address | None = None

    def first(self, limit: int, offset: int) -> tuple[list[PlacedEvent], int]:
        """Return *limit* events after *offset*, and the number of all.

        Raises:
            Refusal: the span has too many rows to read.
        """
        if self._narrowed.is_exact:
            total = self.view.session.trail.events.count(self._span) + sum(
                map(self._meets, self._reported)
            )
            matching = self._matching(min(offset + limit, PART))
            return list(islice(matching, offset, offset + limit)), total
        everything = list(self._looked_through())
        return everything[offset : offset + limit], len(everything)

    def next(self, limit: int, after: EventPlace) -> list[PlacedEvent]:
        """Return the events that follow the one at *after*; see ``first``."""
        is_exact = self._narrowed.is_exact
        following = self._matching(limit, after) if is_exact else self._looked_through()
        is_behind = gt if self._is_ascending else lt
        rest = dropwhile(lambda each: not is_behind(each.place, after), following)
        return list(islice(rest, limit))

    def groups(self, by: By | Interval) -> tuple[list[Tally], Iterator[PlacedEvent]]:
        """Return the groups of events of the trail that need no reading, and all other events.

        Raises:
            Refusal: there are too many groups, or events to read.
        """
        if not self._narrowed.is_exact:
            return [], self._looked_through()
        tallies = self.view.session.trail.events.tallies(self._span, by, MOST_ROWS + 1)
        if len(tallies) > MOST_ROWS:
            raise too_many()
        return tallies, filter(self._meets, self._reported)

    def newest(self, tallies: list[Tally]) -> Iterator[wire.ReceivedEvent]:
        """Yield an event of each group, which is of its newest row."""
        return (each.event for each in events(self.view, self._newest(tallies)))

    def _newest(self, tallies: list[Tally]) -> Iterator[tuple[TrailRow, int]]:
        rows = self.view.session.trail.rows(tally.newest for tally in tallies)
        places = {seq: row.places for seq, row in rows.items()}
        for tally in tallies:
            yield rows[tally.newest], places[tally.newest].get(tally.key, 0)

    @property
    def since(self) -> Instant:
        """The beginning of the span."""
        return self._narrowed.span.since

    @cached_property
    def _narrowed(self) -> Narrowing:
        span = Span(*span_of(self.where, self.view.now))
        return narrowing(self.view, self.where, span, self.here)

    @cached_property
    def _span(self) -> Span:
        """The span of all events of the trail that have a name of the filter.

        *Why* with shapes even if each is one of the filter: an index has the events of each in
        order of time. Those of an object are read one by one.
        """
        span, where = self._narrowed.span, self.where.event
        if span.objects is not None:
            return span
        groups = self.view.session.trail.events.shapes(span)
        if where is not None:
            named = zip(groups, self._newest(groups), strict=True)
            groups = [
                group for group, (row, n) in named if matches_name(name(row.events[n]), where)
            ]
        return span._replace(shapes=frozenset(group.key for group in groups))

    def _looked_through(self) -> Iterator[PlacedEvent]:
        """Yield the events that meet the filter from events that are read one by one."""
        if self.view.session.trail.events.count(self._span) > MOST_ROWS:
            raise too_many()
        matching = self._matching(PART)
        is_distinct = self.where.resource is not None and self.where.resource.distinct
        return iter(_distinct(matching)) if is_distinct else matching

    def _matching(self, most: int, after: EventPlace | None = None) -> Iterator[PlacedEvent]:
        """Yield the events that meet the filter, in its order; those of the trail follow *after*.

        They are read *most* at once.
        """
        begin, is_ascending = None, self._is_ascending
        if after is not None:  # a reported event has no row
            begin = (stored(after[0]), *(after[2:] if after[1] == 1 else (0, 0)))
        trail = self.view.session.trail
        walked = trail.events.walk(self._span, most, is_ascending=is_ascending, after=begin)
        recorded = events(self.view, walked, most)
        reported = sorted(self._reported, key=itemgetter(0), reverse=not is_ascending)
        merged = heapq.merge(recorded, reported, key=itemgetter(0), reverse=not is_ascending)
        return filter(self._meets, merged)

    @cached_property
    def _reported(self) -> list[PlacedEvent]:
        """The events that clients have reported, without order."""
        span = self._narrowed.span
        names, most = (stored(span.since), f"{stored(span.until)}0"), (MOST_ROWS, LARGEST_ANSWER)
        documents = self.view.documents.between(KIND, self.here, names, most)
        if documents is None:
            raise too_many()
        placed = (placed_event(self.view, each) for each in documents)
        return [each for each in placed if span.since <= each.event.occurred <= span.until]

    def _meets(self, each: PlacedEvent) -> bool:
        is_here = self.here is None or each.event.workspace == self.view.id(self.here)
        return is_here and meets(each.event, self.where)

    @property
    def _is_ascending(self) -> bool:
        return self.where.order is wire.EventOrder.ASC


def placed_event(view: ReadView, document: Document) -> PlacedEvent:
    """Return the event in *document*, which a client has reported."""
    occurred, named = parsed(document.content["occurred"]), view.register.named
    event = wire.ReceivedEvent(
        **{**document.content, "occurred": occurred},
        account=view.account_id,
        workspace=named[document.owner].id if document.owner in named else None,
        received=document.created,
    )
    return PlacedEvent((occurred, 0, stored(document.created), str(document.id)), event)


def span_of(where: wire.EventFilter, now: Instant) -> tuple[Instant, Instant]:
    """Return the first and the last time of *where*.

    Raises:
        Refusal: the span is too long.
    """
    until = where.occurred.until or now
    try:
        since = where.occurred.since or until - LONGEST
    except OverflowError:
        since = datetime.min.replace(tzinfo=until.tzinfo)
    if until - since > LONGEST:
        raise InvalidRequest("a query spans 14 days at most", "filter", "occurred")
    return since, until


def too_many() -> Refusal:
    """Return the refusal of a span with too many events to read."""
    size = LARGEST_ANSWER // 2**20
    what = f"{MOST_ROWS} events to read one by one, or {size} MiB of reported ones"
    message = f"this span has more than {what}: ask for a shorter span"
    return InvalidRequest(message, "filter", "occurred")


def _distinct(placed: Iterable[PlacedEvent]) -> list[PlacedEvent]:
    kept: dict[str | None, PlacedEvent] = {}
    for each in placed:
        kept.setdefault(each.event.resource.get(ID), each)
    return list(kept.values())


def counted(query: EventQuery, by: wire.Countable, body: wire.CountEvents) -> list[wire.EventCount]:
    """Return a count for each value, the oldest interval or the largest count first."""
    interval = Interval(query.since, _width(body))
    grouping, value = _COUNTED.get(by) or (interval, partial(_begin, interval))
    tallies, others = query.groups(grouping)
    counts: dict[Value, wire.EventCount] = {}
    for tally, event in zip(tallies, query.newest(tallies), strict=True):
        _add(counts, value(event), tally.size, tally.first, tally.last)
    for _, event in others:
        _add(counts, value(event), 1, event.occurred, event.occurred)
    if by in _COUNTED:
        return sorted(counts.values(), key=lambda count: (-count.count, count.value))
    return sorted(counts.values(), key=lambda count: count.start_time)


def _add(
    counts: dict[Value, wire.EventCount], value: Value, count: int, first: Instant, last: Instant
) -> None:
    known = counts.get(value)
    counts[value] = wire.EventCount(
        value=value[0],
        label=value[1],
        count=count + (known.count if known else 0),
        start_time=min(first, known.start_time) if known else first,
        end_time=max(last, known.end_time) if known else last,
    )


def _width(body: wire.CountEvents) -> int:
    """Return the length of an interval in microseconds, at most that of two longest spans."""
    seconds = timedelta(**{f"{body.time_unit}s": 1}).total_seconds() * body.time_interval
    return round(min(seconds, 2 * LONGEST.total_seconds()) * SECOND)


def _begin(interval: Interval, event: wire.ReceivedEvent) -> Value:
    width = timedelta(microseconds=interval.width)
    text = rfc3339(interval.since + (event.occurred - interval.since) // width * width)
    return text, text


def _named(resource: wire.Resource) -> Value:
    return resource.get(ID, ""), resource.get(NAME, "")


_COUNTED: Mapping[wire.Countable, tuple[By, Callable[[wire.ReceivedEvent], Value]]] = {
    wire.Countable.EVENT: (By.SHAPE, lambda event: (event.event, event.event)),
    wire.Countable.RESOURCE: (By.THING, lambda event: _named(event.resource)),
    wire.Countable.WORKSPACE: (By.PLACE, lambda event: (str(event.workspace or ""),) * 2),
    wire.Countable.ACTOR: (
        By.ACTOR,
        lambda event: _named(next((r for r in event.related if r.get(ROLE) == "actor"), {})),
    ),
}
"""For counts that are not by time: the grouping of events of the same value, and the function that
returns this value of an event."""
