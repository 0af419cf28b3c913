"""Text from anywhere in Markdown: only ever as code, where nothing in it works.

*Why* no escaping: forges look for mentions, references, addresses and commands
in what Markdown has already been made into, where a backslash is gone. Code is
the one place in which none of them looks.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from ..escape import visible
from ..terminal import Line, shown

_TICKS = re.compile("`+")


def code(text: str) -> str:
    """Return *text* as code within a line."""
    found = visible(text)
    ticks = "`" * (_longest(found) + 1)
    room = " " if found.startswith(("`", " ")) or found.endswith(("`", " ")) else ""
    return f"{ticks}{room}{found}{room}{ticks}"


def fenced(lines: Iterable[Line], language: str = "text") -> str:
    """Return *lines* as a block of code."""
    found = shown(lines)
    ticks = "`" * max(3, _longest(found) + 1)
    return f"{ticks}{language}\n{found}\n{ticks}"


def _longest(text: str) -> int:
    """Return how many backticks stand together in *text* at most."""
    return max(map(len, _TICKS.findall(text)), default=0)
