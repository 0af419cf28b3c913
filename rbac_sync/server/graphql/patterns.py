"""Text against the patterns of SQL, in a time that no pattern can blow up.

*Why* not ``re`` for regular expressions: patterns come from requests, and some
short ones take it longer than anybody lives. Here a pattern becomes states
through which a text is led once. What it may have is said in ``pattern_reader``.
"""

from __future__ import annotations

import re
from functools import lru_cache

from .automaton import Automaton
from .fault import failed
from .pattern_reader import Reader

LONGEST = 200
REMEMBERED = 64
"""Patterns that are kept translated."""


def like(text: str, pattern: str) -> bool:
    """Say whether *text* is like *pattern*: ``%`` is any text, ``_`` one character."""
    return _like(_short(pattern)).fullmatch(text) is not None


def similar(text: str, pattern: str) -> bool:
    """Say whether *text* as a whole is similar to *pattern*, in SQL's words."""
    return _automaton(_short(pattern), whole=True).takes(text)


def matches(text: str, pattern: str) -> bool:
    """Say whether a part of *text* matches a regular expression."""
    return _automaton(_short(pattern), whole=False).takes(text)


def _short(pattern: str) -> str:
    if len(pattern) > LONGEST:
        raise failed(f"A pattern has {LONGEST} characters at most.")
    return pattern


@lru_cache(maxsize=REMEMBERED)
def _like(pattern: str) -> re.Pattern[str]:
    """Translate; once a part is found, no other place for it is tried: (?>...)."""
    parts, signs = [""], iter(pattern)
    for sign in signs:
        if sign == "%":
            parts.append("")
        elif sign == "_":
            parts[-1] += "."
        else:
            parts[-1] += re.escape(next(signs, sign) if sign == "\\" else sign)
    first, *rest = parts
    if not rest:
        return re.compile(first, re.DOTALL)
    *between, last = rest
    middle = "".join(f"(?>.*?{part})" for part in between)
    return re.compile(f"{first}{middle}.*{last}", re.DOTALL)


@lru_cache(maxsize=REMEMBERED)
def _automaton(pattern: str, *, whole: bool) -> Automaton:
    return Automaton(Reader(pattern, of_sql=whole).read())
