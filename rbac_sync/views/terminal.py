"""Lines of text with a tone, and the one function that makes terminal text of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from enum import StrEnum

from ..named_tuples import NamedTuple
from .escape import visible

NARROWEST = 40
"""The width below which lines are not wrapped."""

GAPS = r"(?<=\S)(  +)"


class Tone(StrEnum):
    """The tone of a line; the values are the terminal codes (SGR) that turn its colour on."""

    PLAIN = ""
    HEADING = "\33[1m"
    GAIN = "\33[32m"
    LOSS = "\33[31m"
    CHANGE = "\33[33m"
    FAULT = "\33[91m\33[1m"


RESET = "\33[0m"
"""The code that turns colour off."""


class Layout(NamedTuple):
    """The form of a text: with or without colour, complete or short, and for what width.

    ``width`` None wraps nothing. A text that is not ``full`` has a line for each resource, without
    attributes.
    """

    colour: bool = False
    full: bool = True
    width: int | None = None


PLAIN = Layout()


class Line(NamedTuple):
    """One line without its end, with any characters; ``render_lines`` escapes it.

    ``hang`` is the indentation of the wrapped rest, if the line is longer than a terminal.
    """

    text: str
    tone: Tone = Tone.PLAIN
    hang: int = 6


BLANK = Line("")


def render_lines(lines: Iterable[Line], layout: Layout = PLAIN) -> str:
    """Return *lines* as text without a last line end, everything in them escaped.

    Lines longer than the width are wrapped between words, if possible between columns.

    *Why* here and nowhere else: with one place for escapes none can be
    forgotten, and no name can break out of its line.
    """
    if layout.width is None and not layout.colour:
        return "\n".join([visible(line.text) for line in lines])
    return "\n".join(
        f"{line.tone}{part}{RESET}" if layout.colour and line.tone and part else part
        for line in lines
        for part in wrapped(visible(line.text), layout.width, line.hang)
    )


def wrapped(text: str, width: int | None, hang: int) -> Iterable[str]:
    """Return the lines of *text* in *width*; a column between two blanks stays whole if it fits.

    All but the first are indented by *hang*. Without a width there is one line.
    """
    return (text,) if width is None else _in_width(text, max(width, NARROWEST), hang)


def _in_width(text: str, width: int, hang: int) -> Iterator[str]:
    from textwrap import wrap

    indent, line = " " * min(hang, width // 2), ""
    columns = re.split(GAPS, text)
    for gap, column in zip(["", *columns[1::2]], columns[::2], strict=True):
        if len(line + gap + column) <= width:
            line += gap + column
            continue
        if line.strip():
            yield line
        *whole, line = wrap(
            indent + column if line.strip() else column,
            width,
            subsequent_indent=indent,
            break_long_words=False,
            break_on_hyphens=False,
            replace_whitespace=False,
        ) or [column]
        yield from whole
    yield line
