"""Lines of text with a tone, and the one place where they become what a terminal shows."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import NamedTuple

from click import style

from .escape import visible


class Tone(StrEnum):
    """The tone of a line, as far as colour can tell; the values are colours."""

    PLAIN = ""
    HEADING = "bright_white"
    GAIN = "green"
    LOSS = "red"
    CHANGE = "yellow"
    FAULT = "bright_red"


BOLD = frozenset({Tone.HEADING, Tone.FAULT})


class Line(NamedTuple):
    """One line without its end. May hold anything: it is escaped when it is shown."""

    text: str
    tone: Tone = Tone.PLAIN


BLANK = Line("")


def shown(lines: Iterable[Line], *, colour: bool = False) -> str:
    """Return *lines* as text without a last line end, everything in them escaped.

    *Why* here and nowhere else: what is escaped in one place cannot be
    forgotten in another, and no name can break out of its line.
    """
    written = map(_coloured, lines) if colour else (visible(line.text) for line in lines)
    return "\n".join(written)


def _coloured(line: Line) -> str:
    text = visible(line.text)
    if line.tone is Tone.PLAIN or not text:
        return text
    return style(text, fg=line.tone, bold=line.tone in BOLD or None)
