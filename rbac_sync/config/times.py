"""Dates and times that the calendar does not have, or that TOML writes otherwise."""

from __future__ import annotations

import re
from calendar import month_name, monthrange
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

CLOCK = r"(?P<hour>\d{1,2}):(?P<minute>\d{1,2})(?::(?P<second>\d{1,2})(?:\.\d{0,9})?)?"
OFFSET = r"[Zz]|[+-]\d{1,2}(?::?\d{1,2})?"
DATED = re.compile(
    r"(?<![\w.\"'-])(?P<year>\d{4})(?P<mark>[-/.])(?P<month>\d{1,2})(?P=mark)(?P<day>\d{1,2})"
    rf"(?:(?P<between>[Tt ])(?:{CLOCK}|(?P<only>\d{{1,2}}))\ ?(?P<offset>{OFFSET})?)?(?![\d:])",
)
UNDATED = re.compile(rf"(?<![\w.\"'-]){CLOCK}(?![\d:])")
NEAR = 40
"""A date and time have fewer characters."""

LAST_HOUR, LAST_MINUTE, LAST_MONTH = 23, 59, 12
END_OF_DAY = 24


class Strange(NamedTuple):
    """Something written like a date or a time: where it stands, what it is not, and a remedy."""

    start: int
    end: int
    problem: str
    hint: str


def strange(text: str, position: int) -> Strange | None:
    """Return what is written at *position* like a date or a time and is none; None if nothing."""
    begun = max(text.rfind("\n", 0, position) + 1, position - NEAR)
    near = text[begun : position + NEAR].partition("\n")[0]
    at = position - begun
    for pattern in (DATED, UNDATED):
        for match in pattern.finditer(near):
            if match.start() <= at <= match.end() and (hint := _hint(match)):
                what = "date" if pattern is DATED and match["between"] is None else "time"
                problem = f"there is no such {what} as `{match[0]}`"
                return Strange(begun + match.start(), begun + match.end(), problem, hint)
    return None


def quoted(text: str) -> str:
    """Return how *text* is written as a date or a time: with what is wrong, or without quotes."""
    match = DATED.fullmatch(text)
    if match is None:
        return "write `2026-12-31`, without quotes"
    return _hint(match) or f"write `{text}`, without quotes"


def _hint(match: re.Match[str]) -> str:
    """Return what to write instead, and why; empty if it is a date and time of TOML."""
    if match.re is UNDATED:
        return "a time stands with its date: write `2026-12-31T18:00:00Z`"
    return next(_remedies(match), "")


def _remedies(match: re.Match[str]) -> Iterator[str]:
    year, month, day = (int(match[name]) for name in ("year", "month", "day"))
    hour, minute, second = (int(match[name] or 0) for name in ("hour", "minute", "second"))
    hour = int(match["only"] or hour)
    if year == 0:
        yield "years go from 0001 to 9999"
    elif not 1 <= month <= LAST_MONTH:
        yield f"months go from 01 to 12, as in `{year:04}-12-31`"
    elif day not in range(1, 1 + (last := monthrange(year, month)[1])):
        yield f"{month_name[month]} {year} has {last} days, as in `{year:04}-{month:02}-{last}`"
    elif (hour, minute, second) == (END_OF_DAY, 0, 0):
        yield f"a day ends where the next begins: write `{_written(match, hours=24)}`"
    elif hour > LAST_HOUR:
        yield f"hours go from 00 to 23, as in `{_written(match, hours=LAST_HOUR)}`"
    elif minute > LAST_MINUTE:
        yield f"minutes go from 00 to 59, as in `{_written(match, hours=hour, minutes=59)}`"
    elif second > LAST_MINUTE:
        later = _written(match, hours=hour, minutes=minute + 1)
        yield f"seconds go from 00 to 59: write `{later}`"
    elif _is_strange(match["offset"] or ""):
        yield f"an offset goes from -23:59 to +23:59, as in `{_written(match, utc=True)}`"
    elif not _is_toml(match[0]):
        written = _written(match, hours=hour, minutes=minute, seconds=second)
        yield f"write `{written if match['between'] else written[:10]}`"


def _written(match: re.Match[str], *, utc: bool = False, **since_midnight: int) -> str:
    """Return the date and time in the form of TOML, so long after the day has begun."""
    if utc:
        names = ("hour", "minute", "second")
        since_midnight = {f"{name}s": int(match[name] or 0) for name in names}
    year, month, date = (int(match[name]) for name in ("year", "month", "day"))
    day = datetime(year, month, date)  # noqa: DTZ001 - the offset is written as it was
    try:
        found = day + timedelta(**since_midnight)
    except OverflowError:
        found = day
    hours, minutes = _offset("" if utc else match["offset"] or "")
    return f"{found.isoformat()}{hours:+03}:{minutes:02}".replace("+00:00", "Z")


def _offset(written: str) -> tuple[int, int]:
    """Return the hours, with their sign, and the minutes of an offset."""
    digits = written.strip("Zz").replace(":", "")
    return int(digits[:3] or 0), int(digits[3:] or 0)


def _is_strange(offset: str) -> bool:
    hours, minutes = _offset(offset)
    return abs(hours) > LAST_HOUR or minutes > LAST_MINUTE


TOML = re.compile(
    r"\d{4}-\d\d-\d\d(?:[Tt ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:[Zz]|[+-]\d\d:\d\d)?)?\Z"
)


def _is_toml(text: str) -> bool:
    return TOML.match(text) is not None
