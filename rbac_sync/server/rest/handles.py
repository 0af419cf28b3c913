"""Handles: lower-case letters, digits and dashes."""

from __future__ import annotations

import re

from ..refusals import unprocessable

HANDLE = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?")


def handle(name: str, kept: str | None = None) -> str:
    """Return *name* if it is a handle, or if it is *kept*, which may be older than the rule.

    Raises:
        Refusal: it is none.

    """
    if name != kept and not HANDLE.fullmatch(name):
        raise unprocessable("a handle has lower-case letters, digits and dashes only", "handle")
    return name
