"""The check that a file has the form of a ``markdown`` report: only code and known words.

*Why*: the run for a fork's pull request writes such a file with nobody's
rights, and another run, with the right to comment, shows it. Whoever made the
file may have put anything into it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from ..drift import NO_DRIFT, NO_DRIFT_SEEN, REPLACED
from ..plan import NO_CHANGES, NO_CHANGES_SEEN
from .markdown import FAILED, FAULTY, FIRST, NOTICE, VALID

NUMBER = r"\d[\d,]*"
WORDS = r"[A-Za-z][A-Za-z ]*"
FENCE = re.compile(r"(`{3,})(text|diff)")
CODE = r"(?P<ticks>`+)(?!`)(?:(?!(?P=ticks)).)+(?P=ticks)"
UNSEEN = rf"{NUMBER} managed parts? could not be seen\."
_LINES = (
    "",
    *map(re.escape, (FAILED, FAULTY, VALID, NO_CHANGES, NO_DRIFT)),
    rf"Plan: {NUMBER} to add, {NUMBER} to change, {NUMBER} to destroy\.",
    rf"Apply complete! Resources: {NUMBER} added, {NUMBER} changed, {NUMBER} destroyed\.",
    rf"(?:{re.escape(NO_DRIFT_SEEN)}|{re.escape(NO_CHANGES_SEEN)}) {UNSEEN}",
    rf"Drift: {NUMBER} things? differs? from the configuration\.(?: {UNSEEN})?",
    rf"Drift: {NUMBER} keys? {re.escape(REPLACED)}\.(?: {UNSEEN})?",
    rf"{NUMBER} principals? gaining, {NUMBER} principals? losing",
    rf"### rbac-sync(?: on {CODE})?",
    rf"#### (?:{NUMBER} )?{WORDS}(?:: {NUMBER} {WORDS})?",
    rf"- (?:RS\d+|[A-Z_]+|{WORDS}(?:: [a-z]+)?): {NUMBER}",
    rf"<details><summary>(?:{NUMBER} )?{WORDS}</summary>",
    "</details>",
    r"[a-z,; ]+".join(map(re.escape, NOTICE.split("{}"))),
)
LINE = re.compile("|".join(f"(?:{line})" for line in _LINES))
"""A line outside of code."""


def is_own_report(text: str) -> bool:
    """Say whether *text* has the form of a Markdown report of rbac-sync."""
    first, *lines = text.split("\n")
    visible = all(line.isprintable() and not line.startswith("/") for line in lines)
    # Without a blank line after it, a tag makes markup of what follows.
    separated = all(not after for line, after in pairwise(lines) if line.startswith("<"))
    return first == FIRST and visible and separated and all(map(LINE.fullmatch, _outside(lines)))


def _outside(lines: list[str]) -> Iterator[str]:
    """Yield the lines outside of blocks of code, and those that might end a block too early."""
    end = ""
    for line in lines:
        if line == end:
            end = ""
        elif opening := FENCE.fullmatch(line) if not end else None:
            end = opening[1]
        elif not end or end in line:
            yield line
    if end:
        yield end
