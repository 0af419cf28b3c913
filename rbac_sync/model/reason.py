"""Reasons: why somebody holds a role or has a place in a team."""

from __future__ import annotations

MOST_CHARACTERS = 500


def reason_fault(text: str) -> str:
    """Return the fault of a reason, or nothing. None at all is fine.

    *Why* one line: a reason stands in the middle of a line wherever access is shown.
    """
    if not text.isprintable():
        return "must be one line of visible characters"
    if text != text.strip():
        return "must not begin or end with space"
    if len(text) > MOST_CHARACTERS:
        return f"is longer than {MOST_CHARACTERS} characters"
    return ""
