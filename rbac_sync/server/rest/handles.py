"""Handles: lower-case letters, digits and dashes."""

from __future__ import annotations

from ...wire.prefect_cloud.handles import FORM, HANDLE
from ..refusals import unprocessable


def handle(name: str, kept: str | None = None) -> str:
    """Return *name* if it is a handle, or equals *kept*, which may be older than the rule.

    Raises:
        Refusal: *name* is no handle.

    """
    if name != kept and not HANDLE.fullmatch(name):
        raise unprocessable(FORM, "handle")
    return name
