"""Text from any source in Markdown: always as code, where no markup works.

*Why* no escaping: forges look for mentions, references, addresses and commands
after they have rendered the Markdown, where a backslash is gone. Only in code
they do not look.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain

from ..escape import visible
from ..terminal import BLANK, Line, Tone, render_lines

_TICKS = re.compile("`+")

LARGEST = 65_536
"""The largest comment of GitHub in bytes; GitLab takes more."""

SIGNS: Mapping[Tone, str] = {Tone.GAIN: "+", Tone.LOSS: "-", Tone.CHANGE: "!"}
"""The sign with which a forge colours a line of a diff."""


def code(text: str) -> str:
    """Return *text* as code within a line.

    *Why* no ``|`` in it: in a table one ends the cell, and the code with it.
    """
    content = visible(text).replace("|", "\\x7c")
    ticks = "`" * (_longest(content) + 1)
    padding = " " if content.startswith(("`", " ")) or content.endswith(("`", " ")) else ""
    return f"{ticks}{padding}{content}{padding}{ticks}"


def fenced(lines: Iterable[Line], language: str = "text") -> str:
    """Return *lines* as a block of code."""
    content = render_lines(lines)
    ticks = "`" * max(3, _longest(content) + 1)
    return f"{ticks}{language}\n{content}\n{ticks}"


def _longest(text: str) -> int:
    """Return the length of the longest run of backticks in *text*."""
    return max(map(len, _TICKS.findall(text)), default=0)


def folded(title: str, content: str) -> str:
    """Return *content* folded below *title*."""
    return f"<details><summary>{title}</summary>\n\n{content}\n\n</details>"


def diff_block(lines: Iterable[Line]) -> str:
    """Return *lines* as a diff block, without a blank line at the beginning."""
    signed = cut_to_size(map(_mark, lines))
    first = next(signed, BLANK)
    return fenced(chain((first,) if first.text else (), signed), "diff")


def cut_to_size(lines: Iterable[Line]) -> Iterator[Line]:
    """Yield *lines* up to the size of a comment, since a longer form is never used."""
    size = 0
    for line in lines:
        yield line
        size += len(line.text)
        if size > LARGEST:
            return


def _mark(line: Line) -> Line:
    """Return *line* with its sign at the very beginning."""
    sign, words = SIGNS.get(line.tone), line.text.lstrip(" ")
    return Line(f"{sign} {words[2:]}" if sign else words)


def block(text: str) -> str:
    """Return *text* of several lines, escaped already, as a block of code."""
    return fenced(map(Line, text.rstrip("\n").split("\n")))


def tally(of: Mapping[str, int]) -> str:
    """Return each name with its number as a list, in order of name."""
    return "\n".join(f"- {name}: {count:,}" for name, count in sorted(of.items()))
