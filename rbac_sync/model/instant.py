"""Points in time: always aware, always UTC, written as RFC 3339 with a ``Z``."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

Instant = datetime
"""An aware ``datetime`` in UTC."""

LONG_AGO = datetime.min.replace(tzinfo=UTC)
"""An instant before every other."""

CLOCK_SKEW = timedelta(minutes=5)
"""The difference between two clocks that is tolerated when a moment is compared with now."""


def rfc3339(instant: Instant) -> str:
    """Return *instant* as ``2026-12-31T00:00:00Z``, with microseconds only where there are any."""
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")


def sortable(instant: Instant) -> str:
    """Return *instant* as RFC 3339 in a fixed width, so that texts sort as instants do."""
    return instant.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def parsed(text: str) -> Instant:
    """Return the instant that *text* names.

    Raises:
        ValueError: not RFC 3339, without an offset, or no date of the calendar in UTC.
    """
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:
        raise ValueError(f"`{text}` has no UTC offset")
    try:
        return instant.astimezone(UTC)
    except OverflowError as error:
        raise ValueError(f"`{text}` is no date of the calendar in UTC") from error


def later(one: Instant | None, other: Instant | None) -> Instant | None:
    """Return the later of two starts; None is the earliest start."""
    return max(one, other) if one and other else one or other


def earlier(one: Instant | None, other: Instant | None) -> Instant | None:
    """Return the earlier of two ends; None is the latest end."""
    return min(one, other) if one and other else one or other


def is_open(since: Instant | None, until: Instant | None, now: Instant) -> bool:
    """Say whether a term has begun and has not ended at *now*."""
    return (since is None or since <= now) and (until is None or now < until)


def outlasts(one: Instant | None, other: Instant | None) -> bool:
    """Say whether the end *one* is later than the end *other*; None is the latest end."""
    return other is not None and (one is None or one > other)


def is_to_come(moment: Instant, now: Instant) -> bool:
    """Say whether *moment* is later than *now* by more than clocks may differ."""
    return moment - now > CLOCK_SKEW


def length(span: timedelta) -> str:
    """Return *span*, in whole minutes, with the largest unit that divides it: ``90 days``."""
    minutes = int(span.total_seconds()) // 60
    units = (("day", 24 * 60), ("hour", 60), ("minute", 1))
    unit, size = next((unit, size) for unit, size in units if minutes % size == 0)
    count = minutes // size
    return f"{count} {unit}{'s' * (count != 1)}"
