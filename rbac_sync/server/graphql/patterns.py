"""The comparison of text with patterns of SQL and regular expressions, in bounded time.

*Why* RE2 and not ``re``: patterns come from requests, and ``re`` needs years for some
short ones. The time of RE2 is linear in the length of the text.
"""

from __future__ import annotations

import re
from typing import Any

import re2

from .budget import CURRENT
from .fault import failed

LONGEST = 200
MOST = 64
"""The most different patterns of a request."""

STEPS = 1000
"""The number of steps that counts as one; a pattern takes up to one for each part and character."""

MEMORY = 2**20
"""Bytes that one pattern may take."""

LIKE = {"%": ".*", "_": "."}
SIMILAR = {**LIKE, ".": r"\.", "^": r"\^", "$": r"\$"}
"""Characters with another meaning in patterns of SQL than in regular expressions."""


def like(text: str, pattern: str) -> bool:
    """Say whether *text* is like *pattern*: ``%`` is any text, ``_`` one character."""
    parts = re.findall(r"\\?.", _short(pattern), re.DOTALL)
    whole = "".join(LIKE.get(part) or re2.escape(part[-1]) for part in parts)
    return _has_match(_whole(whole), text)


def similar(text: str, pattern: str) -> bool:
    """Say whether the whole *text* is ``SIMILAR TO`` *pattern*, as in SQL.

    Its classes and escaped characters mean the same in a regular expression.
    """
    parts = re.findall(r"\\.|\[\^?\]?(?:\\.|[^\]])*\]|.", _short(pattern), re.DOTALL)
    whole = "".join(SIMILAR.get(part) or _literal(part) for part in parts)
    return _has_match(_whole(whole), text)


def matches(text: str, pattern: str) -> bool:
    """Say whether a part of *text* matches a regular expression."""
    return _has_match(_compiled(f"(?s){_short(pattern)}"), text)


def _short(pattern: str) -> str:
    if len(pattern) > LONGEST:
        raise failed(f"A pattern has {LONGEST} characters at most.")
    return pattern


def _has_match(expression: Any, text: str) -> bool:
    if budget := CURRENT.get(None):
        budget.spend(expression.programsize * len(text) // STEPS)
    return expression.search(text) is not None


def _literal(part: str) -> str:
    return re2.escape(part[-1]) if part.startswith("\\") and len(part) > 1 else part


def _whole(expression: str) -> Any:
    return _compiled(rf"(?s)\A(?:{expression})\z")


def _compiled(expression: str) -> Any:
    budget = CURRENT.get(None)
    known = budget.patterns if budget else {}
    if expression not in known:
        if len(known) >= MOST:
            raise failed(f"A request has {MOST} patterns at most.")
        known[expression] = _made(expression)
    return known[expression]


def _made(expression: str) -> Any:
    options = re2.Options()
    options.log_errors, options.max_mem = False, MEMORY
    try:
        return re2.compile(expression, options)
    except (re2.error, UnicodeError):
        raise failed("invalid regular expression") from None
