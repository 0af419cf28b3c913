"""Lines of text with a tone, and the one function that makes terminal text of them."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import NamedTuple

from .escape import visible


class Tone(StrEnum):
    """The tone of a line; the values are the terminal codes (SGR) that turn its colour on."""

    PLAIN = ""
    HEADING = "\33[97m\33[1m"
    GAIN = "\33[32m"
    LOSS = "\33[31m"
    CHANGE = "\33[33m"
    FAULT = "\33[91m\33[1m"


RESET = "\33[0m"
"""The code that turns colour off."""


class Line(NamedTuple):
    """One line without its end, with any characters; ``render_lines`` escapes it."""

    text: str
    tone: Tone = Tone.PLAIN


BLANK = Line("")


def render_lines(lines: Iterable[Line], *, colour: bool = False) -> str:
    """Return *lines* as text without a last line end, everything in them escaped.

    *Why* here and nowhere else: what is escaped in one place cannot be
    forgotten in another, and no name can break out of its line.
    """
    rendered = map(_colour, lines) if colour else (visible(line.text) for line in lines)
    return "\n".join(rendered)


def _colour(line: Line) -> str:
    text = visible(line.text)
    return text if line.tone is Tone.PLAIN or not text else f"{line.tone}{text}{RESET}"
