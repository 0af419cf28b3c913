"""Counts of events, by the attribute that they share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta

from ....model import Instant
from ....model.instant import rfc3339
from ....wire.prefect_cloud import events as wire
from .filters import ID, ROLE

NAME = "prefect.resource.name"
Value = tuple[str, str]
"""The value to filter by, and the one to show."""


def counted(
    events: list[wire.ReceivedEvent],
    by: wire.Countable,
    body: wire.CountEvents,
    since: Instant,
) -> list[wire.EventCount]:
    """Return a count for each value, the oldest interval or the largest count first."""
    value = _VALUES.get(by) or _interval(body, since)
    groups: dict[Value, list[wire.ReceivedEvent]] = {}
    for event in events:
        groups.setdefault(value(event), []).append(event)
    counts = [_count(value, group) for value, group in groups.items()]
    if by in _VALUES:
        return sorted(counts, key=lambda count: (-count.count, count.value))
    return sorted(counts, key=lambda count: count.start_time)


def _count(value: Value, group: list[wire.ReceivedEvent]) -> wire.EventCount:
    times = [event.occurred for event in group]
    return wire.EventCount(
        value=value[0],
        label=value[1],
        count=len(group),
        start_time=min(times),
        end_time=max(times),
    )


def _interval(body: wire.CountEvents, since: Instant) -> Callable[[wire.ReceivedEvent], Value]:
    interval = timedelta(**{f"{body.time_unit}s": 1}).total_seconds() * body.time_interval
    seconds = min(interval, timedelta.max.total_seconds())

    def start(event: wire.ReceivedEvent) -> Value:
        past = (event.occurred - since).total_seconds() // seconds * seconds
        text = rfc3339(since + timedelta(seconds=past))
        return text, text

    return start


def _actor(event: wire.ReceivedEvent) -> Value:
    for related in event.related:
        if related.get(ROLE) == "actor":
            return related.get(ID, ""), related.get(NAME, "")
    return "", ""


_VALUES: Mapping[wire.Countable, Callable[[wire.ReceivedEvent], Value]] = {
    wire.Countable.EVENT: lambda event: (event.event, event.event),
    wire.Countable.RESOURCE: lambda event: (
        event.resource.get(ID, ""),
        event.resource.get(NAME, ""),
    ),
    wire.Countable.WORKSPACE: lambda event: (str(event.workspace or ""),) * 2,
    wire.Countable.ACTOR: _actor,
}
"""The value that events are counted by, where it is not time."""
