"""Instants and durations on the command line."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import click

AGO = r"(?a)(\d{1,4})([mhdw])"
UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
DAYS = {"today": 0, "yesterday": 1}

FORMS = "2026-12-31 or 2026-12-31T12:00:00Z"


def instant(context: click.Context, parameter: click.Parameter, value: str | None) -> Any:  # noqa: ARG001
    """Read an RFC 3339 instant, or a date for its start in UTC."""
    from ..model.instant import parsed

    try:
        return parsed(value if "T" in value else f"{value}T00:00:00Z") if value else None
    except ValueError as error:
        message = f"`{value}` is no date or time; write {FORMS}"
        raise click.BadParameter(message) from error


def past_instant(context: click.Context, parameter: click.Parameter, value: str | None) -> Any:
    """Read an instant, or how long ago it is: ``2d``, ``1h``, ``yesterday``; local days."""
    now = datetime.now(UTC).astimezone()
    if value in DAYS:
        midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
        return (midnight - timedelta(days=DAYS[value])).astimezone(UTC)
    if value and (ago := re.fullmatch(AGO, value)):
        return (now - timedelta(**{UNITS[ago[2]]: int(ago[1])})).astimezone(UTC)
    try:
        return instant(context, parameter, value)
    except click.BadParameter as error:
        message = f"{error.message}, or how long ago: 2d, 12h, yesterday"
        raise click.BadParameter(message) from error


NUMBER = r"(\d{1,9}(?:\.\d{1,9})?)"
DURATION = rf"(?a){NUMBER}|(?:{NUMBER}h)?(?:{NUMBER}m)?(?:{NUMBER}s)?(?:{NUMBER}ms)?"
SECONDS = (3600.0, 60.0, 1.0, 0.001)
LONGEST = 24 * 3600.0
"""Seconds."""


class Seconds(click.ParamType[float]):
    """A duration in seconds, or as Terraform writes it: ``90``, ``30s``, ``1m30s``, ``500ms``."""

    name = "seconds"

    def convert(
        self, value: str | float, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """Return *value* in seconds."""
        if isinstance(value, float):
            return value
        parts = re.fullmatch(DURATION, str(value))
        if parts is None or not any(parts.groups()):
            self.fail(f"`{value}` is no time: write `30s`, `5m` or `1m30s`", param, ctx)
        plain, *units = (float(part or 0) for part in parts.groups())
        seconds = plain + sum(n * factor for n, factor in zip(units, SECONDS, strict=True))
        if seconds > LONGEST:
            self.fail(f"`{value}` is longer than a day", param, ctx)
        return seconds
