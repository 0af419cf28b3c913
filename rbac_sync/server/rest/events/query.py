"""The events that meet a filter: their pages, their number, and counts of them by an attribute.

The database filters by names of events, workspaces and actors. For other criteria, it selects
the rows to read, which are then filtered one by one.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from functools import cached_property, partial
from itertools import chain, dropwhile, islice
from operator import gt, itemgetter, lt

from ....audit.chain import Link
from ....backends.database.columns import stored
from ....backends.store.span import SECOND, By, Interval, Span
from ....backends.store.trail import Tally
from ....dataclasses import dataclass
from ....model import Address, Instant
from ....model.instant import parsed, rfc3339
from ....wire.prefect_cloud import events as wire
from ....wire.prefect_cloud.events import ID, LONGEST, NAME, ROLE
from ...limits import LARGEST_ANSWER, MOST_ROWS
from ...read_view import ReadView
from ...refusals import InvalidRequest, Refusal
from .filters import Narrowing, matches_name, meets, narrowing
from .names import NAMES_OF_OTHERS, event_name, event_names, is_one_event
from .trail import EventPlace, PlacedEvent, events

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
            return list(islice(self._matching(), offset, offset + limit)), self._total()
        matching = list(self._looked_through())
        return matching[offset : offset + limit], len(matching)

    def next(self, limit: int, after: EventPlace) -> list[PlacedEvent]:
        """Return the events that follow the one at *after*; see ``first``."""
        following = self._matching(after) if self._narrowed.is_exact else self._looked_through()
        is_behind = gt if self._is_ascending else lt
        rest = dropwhile(lambda each: not is_behind(each.place, after), following)
        return list(islice(rest, limit))

    def groups(self, by: By | Interval) -> tuple[list[Tally], Iterator[PlacedEvent]]:
        """Return the groups of rows that are one event each, and all other events.

        Raises:
            Refusal: there are too many groups, or rows to read.
        """
        if not self._narrowed.is_exact:
            return [], self._looked_through()
        tallies = self.view.session.trail.tallies(self._rows, by, MOST_ROWS + 1)
        if len(tallies) > MOST_ROWS:
            raise too_many()
        return tallies, self._beside()

    def newest(self, tallies: list[Tally]) -> Iterator[wire.ReceivedEvent]:
        """Yield the newest event of each group."""
        links = self._newest(tallies)
        yield from (each.event for each in events(self.view, links))

    def names(self, tallies: list[Tally]) -> Iterator[str]:
        """Yield the name of the events of each group."""
        return map(event_name, self._newest(tallies))

    def _newest(self, tallies: list[Tally]) -> list[Link]:
        there = self.view.session.trail.at(tally.newest for tally in tallies)
        return [there[tally.newest] for tally in tallies]

    @property
    def since(self) -> Instant:
        """The beginning of the span."""
        return self._narrowed.span.since

    @cached_property
    def _narrowed(self) -> Narrowing:
        span = Span(*span_of(self.where, self.view.now))
        return narrowing(self.view, self.where, span, self.here)

    @cached_property
    def _shapes(self) -> tuple[frozenset[str], frozenset[str]]:
        """The shapes of rows that are one event each, and other ones, with names of the filter."""
        where, groups = self.where.event, self.view.session.trail.shapes(self._narrowed.span)
        one = [group for group in groups if is_one_event(group.key)]
        if where is not None:
            named = zip(one, self.names(one), strict=True)
            one = [group for group, name in named if matches_name(name, where)]
        others = {group.key for group in groups if not is_one_event(group.key)}
        may_be = any(matches_name(name, where) for name in NAMES_OF_OTHERS)
        return frozenset(group.key for group in one), frozenset(others if may_be else ())

    @property
    def _rows(self) -> Span:
        """The span of rows that are one event each, with the names of the filter."""
        return self._narrowed.span._replace(shapes=self._shapes[0])

    @property
    def _others(self) -> Span:
        """The span of all other rows: one may be no event or several, and two may be one event."""
        return self._narrowed.span._replace(shapes=self._shapes[1])

    @property
    def _every(self) -> Span:
        """The span of all rows whose events may have the names of the filter."""
        span = self._narrowed.span
        has_all = self.where.event is None and span.places is None and span.appliers is None
        return span if has_all else span._replace(shapes=frozenset.union(*self._shapes))

    def _total(self) -> int:
        trail, where = self.view.session.trail, self.where.event
        others = sum(matches_name(name, where) for name in event_names(trail.walk(self._others)))
        return trail.count(self._rows) + others + sum(map(self._meets, self._reported))

    def _beside(self) -> Iterator[PlacedEvent]:
        """Yield the events of ``_others`` and the reported events, if they meet the filter."""
        return filter(self._meets, chain(self._recorded(self._others, None), self._reported))

    def _looked_through(self) -> Iterator[PlacedEvent]:
        """Yield the events that meet the filter from rows that are read one by one."""
        if self.view.session.trail.count(self._every) > MOST_ROWS:
            raise too_many()
        matching = self._matching()
        is_distinct = self.where.resource is not None and self.where.resource.distinct
        return iter(_distinct(matching)) if is_distinct else matching

    def _matching(self, after: EventPlace | None = None) -> Iterator[PlacedEvent]:
        """Yield the events that meet the filter, in its order; rows before *after* are not read."""
        recorded = self._recorded(self._every, after)
        reported = sorted(self._reported, key=itemgetter(0), reverse=not self._is_ascending)
        merged = heapq.merge(recorded, reported, key=itemgetter(0), reverse=not self._is_ascending)
        return filter(self._meets, merged)

    def _recorded(self, span: Span, after: EventPlace | None) -> Iterator[PlacedEvent]:
        trail, is_ascending = self.view.session.trail, self._is_ascending
        begin = None  # a reported event has no row
        if after is not None:
            begin = (after[0], after[2]) if after[1] == 1 else (after[0], 0)
        links = trail.walk(span, is_ascending=is_ascending, begin=begin)
        return events(self.view, links, is_ascending=is_ascending)

    @cached_property
    def _reported(self) -> list[PlacedEvent]:
        """The events that clients have reported, without order."""
        span = self._narrowed.span
        names, most = (stored(span.since), f"{stored(span.until)}0"), (MOST_ROWS, LARGEST_ANSWER)
        documents = self.view.documents.between(KIND, self.here, names, most)
        if documents is None:
            raise too_many()
        times = [(parsed(each.content["occurred"]), each) for each in documents]
        named = self.view.register.named
        ids = {each.owner: named[each.owner].id for each in documents if each.owner in named}
        return [
            PlacedEvent(
                (occurred, 0, stored(each.created), str(each.id)),
                wire.ReceivedEvent(
                    **{**each.content, "occurred": occurred},
                    account=self.view.account_id,
                    workspace=ids.get(each.owner),
                    received=each.created,
                ),
            )
            for occurred, each in times
            if span.since <= occurred <= span.until
        ]

    def _meets(self, each: PlacedEvent) -> bool:
        is_here = self.here is None or each.event.workspace == self.view.id(self.here)
        return is_here and meets(each.event, self.where)

    @property
    def _is_ascending(self) -> bool:
        return self.where.order is wire.EventOrder.ASC


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
"""For counts that are not by time: the grouping of rows whose events have the same value, and
the function that returns this value of an event."""
