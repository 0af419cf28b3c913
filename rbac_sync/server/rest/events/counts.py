"""Counts of events by an attribute."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import partial

from ....backends.store.span import SECOND, By, Interval
from ....model import Instant
from ....model.instant import rfc3339
from ....wire.prefect_cloud import events as wire
from .filters import ID, NAME, ROLE
from .query import LONGEST, EventQuery

Value = tuple[str, str]
"""The value for filters, and the label to show."""


def counted(query: EventQuery, by: wire.Countable, body: wire.CountEvents) -> list[wire.EventCount]:
    """Return a count for each value, the oldest interval or the largest count first."""
    interval = Interval(query.since, _width(body))
    grouping, value = _COUNTED.get(by) or (interval, partial(_begin, interval))
    tallies, others = query.groups(grouping)
    counts: dict[Value, wire.EventCount] = {}
    for tally in tallies:
        _add(counts, value(query.event(tally)), tally.size, tally.first, tally.last)
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


def _actor(event: wire.ReceivedEvent) -> Value:
    return _named(next((each for each in event.related if each.get(ROLE) == "actor"), {}))


def _named(resource: wire.Resource) -> Value:
    return resource.get(ID, ""), resource.get(NAME, "")


_COUNTED: Mapping[wire.Countable, tuple[By, Callable[[wire.ReceivedEvent], Value]]] = {
    wire.Countable.EVENT: (By.SHAPE, lambda event: (event.event, event.event)),
    wire.Countable.RESOURCE: (By.THING, lambda event: _named(event.resource)),
    wire.Countable.WORKSPACE: (By.PLACE, lambda event: (str(event.workspace or ""),) * 2),
    wire.Countable.ACTOR: (By.ACTOR, _actor),
}
"""For counts that are not by time: the grouping of rows whose events have the same value, and
the function that returns this value of an event."""
