"""The check that a file has the form of a ``markdown`` report: only code and known words.

*Why*: the run for a fork's pull request writes such a file without any rights,
and another run, with the right to comment, shows it. The author of the fork
can put anything into the file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from ..drift import NO_DRIFT, NO_DRIFT_SEEN, REPLACED
from ..plan import APPLIED, NO_CHANGES, NO_CHANGES_SEEN, PLANNED
from ..words import VALID
from .graph import LETTERS
from .markdown import FAILED, FAULTY, FIRST, NOTICE
from .markdown_rows import HEADER, MARKS

NUMBER = r"\d[\d,]*"
WORDS = r"[A-Za-z][A-Za-z ]*"
FENCE = re.compile(r"(`{3,})(text|diff|mermaid)")
SPAN = re.compile(r"(?<!`)(`+)(?!`)(?:(?!\1)[^|])+\1(?!`)")
"""Code within a line, without ``|``, which could end it."""

MERMAID = re.compile(
    rf'flowchart LR|  n\d+(?:\["(?:(?!{LETTERS.pattern}).|·)*"\]| -\.?-> n\d+)'
    r"|  linkStyle \d+ stroke:#(?:1a7f37|cf222e)"
)
"""A line of a picture; any other line could contain a link."""

CODE = "\0"
"""The placeholder for code within a line; no line contains it otherwise."""

WHO = rf"(?:{NUMBER} principals?|everyone(?: and {NUMBER} principals?)?)"
FEW = rf"{CODE}(?:, {CODE})*(?: and {NUMBER} more)?"
UNSEEN = rf"{NUMBER} managed parts? could not be seen\."
_LINES = (
    "",
    *map(re.escape, (FAILED, FAULTY, VALID, NO_CHANGES, NO_DRIFT, *HEADER.split("\n"))),
    *(NUMBER.join(map(re.escape, counts.split("{}"))) for counts in (PLANNED, APPLIED)),
    rf"(?:{re.escape(NO_DRIFT_SEEN)}|{re.escape(NO_CHANGES_SEEN)}) {UNSEEN}",
    rf"Drift: {NUMBER} things? differs? from the configuration\.(?: {UNSEEN})?",
    rf"Drift: {NUMBER} keys? {re.escape(REPLACED)}\.(?: {UNSEEN})?",
    rf"{WHO} gaining, {WHO} losing",
    rf"and {NUMBER} more rows? without a risk",
    rf"### rbac-sync(?: on {CODE}(?:, {CODE})?|: {NUMBER} accounts)?",
    rf"#### (?:{NUMBER} )?{WORDS}(?:: (?:{NUMBER} {WORDS}|{WHO}))?",
    r"> \[!(?:WARNING|CAUTION)\]",
    rf">(?: \*\*(?:{WORDS}: )?(?:{NUMBER}|{WHO}) [A-Za-z ,.]+\*\*(?:: {FEW})?)?",
    rf"\| (?:{'|'.join(MARKS)}) {CODE}<br>{CODE} \| {CODE}(?:<br>{CODE})* \|",
    rf"- \*\*RS\d+ [A-Z_]+\*\* {CODE}(?:<br>{CODE})*",
    rf"- {CODE}(?:: {CODE}| with everything in it)?",
    rf"- (?:RS\d+|[A-Z_]+|{CODE}|[A-Za-z][A-Za-z ,']*(?:: [a-z]+)?): {NUMBER}",
    rf"(?:Planned|Applied) as (?:{CODE}|nobody)(?: on behalf of {CODE})? · plan {CODE}",
    rf"<details><summary>(?:{NUMBER} )?{WORDS}</summary>",
    "</details>",
    r"[a-z,; ]+".join(map(re.escape, SPAN.sub(CODE, NOTICE).split("{}"))),
)
LINE = re.compile("|".join(f"(?:{line})" for line in _LINES))
"""A line outside of code."""


def is_own_report(text: str) -> bool:
    """Say whether *text* has the form of a Markdown report of rbac-sync."""
    first, *lines = text.split("\n")
    visible = all(line.isprintable() and not line.startswith("/") for line in lines)
    # Without a blank line after it, a tag turns the next lines into markup.
    separated = all(not after for line, after in pairwise(lines) if line.startswith("<"))
    known = all(LINE.fullmatch(SPAN.sub(CODE, line)) for line in _outside(lines))
    return first == FIRST and visible and separated and known


def _outside(lines: list[str]) -> Iterator[str]:
    """Yield the lines outside of blocks of code, and those in a block that may end it."""
    end, content = "", re.compile("")
    for line in lines:
        if line == end:
            end = ""
        elif opening := FENCE.fullmatch(line) if not end else None:
            end, content = opening[1], MERMAID if opening[2] == "mermaid" else re.compile(".*")
        elif not end or end in line or not content.fullmatch(line):
            yield line
    if end:
        yield end
