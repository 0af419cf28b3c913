"""The input documents as they stand, cut into sentences, cells, headings and requests."""

from __future__ import annotations

import re
from collections.abc import Iterator

FRAME = ("Role | Abilities |", "Permission | Description |", "---|---|")
"""Lines of a table that say nothing by themselves."""

SENTENCE = re.compile(r"(?<=\.) (?=[A-Z])")
ABILITY = re.compile(r"(?:^|(?<=[.:]) )- ")
TITLES = re.compile(r"^(Creating a new role|Updating a role's permissions (?=U)|Deleting a role )")
"""Headings of the second document that share their line with a sentence, or stand as one."""

REQUEST = re.compile(r"^(?:mutation|query) \{\n.*?^\}$", re.DOTALL | re.MULTILINE)

Said = tuple[str, str]
"""What something stands under, the first cell of a row or a heading, and its own words."""


def said(text: str) -> Iterator[Said]:
    """Yield everything that a document says, in order."""
    row = ""
    for line in REQUEST.sub(lambda found: " ".join(found[0].split()), text).splitlines():
        if line.startswith("# "):
            row = line.removeprefix("# ")
            yield row, line
        elif line.strip() and line not in FRAME:
            yield from _of_line(line.strip(), row)


def _of_line(line: str, row: str) -> Iterator[Said]:
    cell, bar, words = line.removesuffix(" |").partition(" | ")
    if bar:
        split = SENTENCE if words.startswith("User can") else ABILITY
        yield from ((cell, part.strip()) for part in split.split(words) if part)
    elif line.startswith(("mutation {", "query {")):
        yield row, line
    else:
        parts = SENTENCE.split(TITLES.sub("", line) or line)
        yield from ((row, part) for part in parts)
