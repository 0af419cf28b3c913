"""Handles: lower-case letters, digits and dashes."""

from __future__ import annotations

import re

from ..refusals import unprocessable

HANDLE = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?")


def handle(wanted: str, kept: str | None = None) -> str:
    """Return *wanted* if it is a handle, or if it is *kept*, which may be older than the rule.

    Raises:
        Refusal: it is none.

    """
    if wanted != kept and not HANDLE.fullmatch(wanted):
        raise unprocessable("a handle has lower-case letters, digits and dashes only", "handle")
    return wanted
