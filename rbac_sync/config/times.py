"""Dates and times that do not exist, or that TOML writes in another form."""

from __future__ import annotations

import re
from calendar import month_name, monthrange
from datetime import datetime, timedelta

from ..named_tuples import NamedTuple

CLOCK = r"(?P<hour>\d{1,2}):(?P<minute>\d{1,2})(?::(?P<second>\d{1,2})(?:\.\d{0,9})?)?"
OFFSET = r"[Zz]|[+-]\d{1,2}(?::?\d{1,2})?"
DATED = re.compile(
    r"(?<![\w.\"'-])(?P<year>\d{4})(?P<mark>[-/.])(?P<month>\d{1,2})(?P=mark)(?P<day>\d{1,2})"
    rf"(?:(?P<between>[Tt ])(?:{CLOCK}|(?P<only>\d{{1,2}}))\ ?(?P<offset>{OFFSET})?)?(?![\d:])"
)
UNDATED = re.compile(rf"(?<![\w.\"'-]){CLOCK}(?![\d:])")
NEAR = 40
"""More characters than a date with a time has."""

TOML = re.compile(r"\d{4}-\d\d-\d\d(?:[Tt ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:[Zz]|[+-]\d\d:\d\d)?)?")

DATE_MISSING = "a time stands with its date: write `2026-12-31T18:00:00Z`"

LAST_HOUR, LAST_MINUTE, LAST_MONTH = 23, 59, 12
END_OF_DAY = 24


class InvalidDate(NamedTuple):
    """Text with the form of a date or a time: its stretch, the problem, and a hint."""

    start: int
    end: int
    problem: str
    hint: str


def find_invalid_date(text: str, position: int) -> InvalidDate | None:
    """Return the invalid date or time at *position*, None if there is none."""
    start = max(text.rfind("\n", 0, position) + 1, position - NEAR)
    near = text[start : position + NEAR].partition("\n")[0]
    at = position - start
    for pattern in (DATED, UNDATED):
        for match in pattern.finditer(near):
            hint = DATE_MISSING if pattern is UNDATED else _hint(match)
            if hint and match.start() <= at <= match.end():
                noun = "date" if pattern is DATED and match["between"] is None else "time"
                problem = f"there is no such {noun} as `{match[0]}`"
                return InvalidDate(start + match.start(), start + match.end(), problem, hint)
    return None


def suggest_form(text: str) -> str:
    """Return a hint on how to write *text* as a date or a time."""
    match = DATED.fullmatch(text)
    if match is None:
        return "write `2026-12-31`, without quotes"
    return _hint(match) or f"write `{text}`, without quotes"


def _hint(match: re.Match[str]) -> str:
    """Return a hint on how to write the date or time in *match*, and why; empty if it is TOML."""
    year, month, day = (int(match[name]) for name in ("year", "month", "day"))
    hour, minute, second = (int(match[name] or 0) for name in ("hour", "minute", "second"))
    hour = int(match["only"] or hour)
    offset_hours, offset_minutes = _offset(match["offset"] or "")
    hint = ""
    if year == 0:
        hint = "years go from 0001 to 9999"
    elif not 1 <= month <= LAST_MONTH:
        hint = f"months go from 01 to 12, as in `{year:04}-12-31`"
    elif day not in range(1, 1 + (last := monthrange(year, month)[1])):
        hint = f"{month_name[month]} {year} has {last} days, as in `{year:04}-{month:02}-{last}`"
    elif (hour, minute, second) == (END_OF_DAY, 0, 0):
        hint = f"a day ends where the next begins: write `{_format_instant(match, hours=24)}`"
    elif hour > LAST_HOUR:
        hint = f"hours go from 00 to 23, as in `{_format_instant(match, hours=LAST_HOUR)}`"
    elif minute > LAST_MINUTE:
        hint = f"minutes go from 00 to 59, as in `{_format_instant(match, hours=hour, minutes=59)}`"
    elif second > LAST_MINUTE:
        later = _format_instant(match, hours=hour, minutes=minute + 1)
        hint = f"seconds go from 00 to 59: write `{later}`"
    elif abs(offset_hours) > LAST_HOUR or offset_minutes > LAST_MINUTE:
        hint = f"an offset goes from -23:59 to +23:59, as in `{_format_instant(match, utc=True)}`"
    elif not TOML.fullmatch(match[0]):
        text = _format_instant(match, hours=hour, minutes=minute, seconds=second)
        hint = f"write `{text if match['between'] else text[:10]}`"
    return hint


def _format_instant(match: re.Match[str], *, utc: bool = False, **since_midnight: int) -> str:
    """Return the instant *since_midnight* after the start of the day in *match*, as in TOML."""
    if utc:
        names = ("hour", "minute", "second")
        since_midnight = {f"{name}s": int(match[name] or 0) for name in names}
    year, month, date = (int(match[name]) for name in ("year", "month", "day"))
    day = datetime(year, month, date)  # noqa: DTZ001 - the offset is written as it was
    try:
        instant = day + timedelta(**since_midnight)
    except OverflowError:  # there is no later one
        instant = day.replace(hour=LAST_HOUR, minute=LAST_MINUTE, second=LAST_MINUTE)
    hours, minutes = _offset("" if utc else match["offset"] or "")
    return f"{instant.isoformat()}{hours:+03}:{minutes:02}".replace("+00:00", "Z")


def _offset(text: str) -> tuple[int, int]:
    """Return the hours, with their sign, and the minutes of an offset."""
    digits = text.strip("Zz").replace(":", "")
    return int(digits[:3] or 0), int(digits[3:] or 0)
