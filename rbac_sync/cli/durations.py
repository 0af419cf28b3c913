"""Durations on the command line: seconds, or a duration as Terraform writes it."""

from __future__ import annotations

import re

import click

NUMBER = r"(\d{1,9}(?:\.\d{1,9})?)"
DURATION = re.compile(
    rf"{NUMBER}|(?:{NUMBER}h)?(?:{NUMBER}m)?(?:{NUMBER}s)?(?:{NUMBER}ms)?", re.ASCII
)
UNITS = (3600.0, 60.0, 1.0, 0.001)
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
        parts = DURATION.fullmatch(str(value))
        if parts is None or not any(parts.groups()):
            self.fail(f"`{value}` is no time: write `30s`, `5m` or `1m30s`", param, ctx)
        plain, *units = (float(part or 0) for part in parts.groups())
        seconds = plain + sum(n * factor for n, factor in zip(units, UNITS, strict=True))
        if seconds > LONGEST:
            self.fail(f"`{value}` is longer than a day", param, ctx)
        return seconds
