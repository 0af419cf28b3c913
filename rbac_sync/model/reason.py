"""The rule for the text of a reason, in a holding or a membership."""

from __future__ import annotations

MOST_CHARACTERS = 500


def reason_fault(text: str) -> str:
    """Return the fault of a reason, or nothing; an empty reason has no fault.

    *Why* one line: reports show a reason in the middle of a line.
    """
    if not text.isprintable():
        return "must be one line of visible characters"
    if text != text.strip():
        return "must not begin or end with space"
    if len(text) > MOST_CHARACTERS:
        return f"is longer than {MOST_CHARACTERS} characters"
    return ""
