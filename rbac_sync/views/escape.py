"""Text from any source made safe to show: invisible characters become escapes."""

from __future__ import annotations


def visible(text: str) -> str:
    r"""Return *text* with control, bidi and other unprintable characters as ``\x1b`` or ``\u202e``.

    *Why*: a name may move the cursor, reorder a line or hide a part of it, and
    so show a reviewer another plan than the one that is applied.
    """
    return text if text.isprintable() else "".join(map(_escape, text))


def _escape(character: str) -> str:
    if character.isprintable():
        return character
    code = f"{ord(character):x}"
    letter, digits = next((x, n) for x, n in (("x", 2), ("u", 4), ("U", 8)) if len(code) <= n)
    return f"\\{letter}{code.zfill(digits)}"
