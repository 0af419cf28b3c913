"""Text from any source in Markdown: always as code, where no markup works.

*Why* no escaping: forges look for mentions, references, addresses and commands
after they have rendered the Markdown, where a backslash is gone. Only in code
they do not look.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from ..escape import visible
from ..terminal import Line, render_lines

_TICKS = re.compile("`+")


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
