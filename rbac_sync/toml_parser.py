"""The parser of TOML: tomli, or a faster one for texts that both parsers read alike.

tomli is imported when a text needs it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from importlib import import_module
from typing import Any, cast

Parser = Callable[[str], dict[str, Any]]

_BASIC, _LITERAL = r'"(?!"")[^"\\\n]*+"(?!")', r"'(?!'')[^'\n]*+'(?!')"
SPREAD = re.compile(rf"""\{{(?!(?:[^{{}}\n"'#]|{_BASIC}|{_LITERAL})*+\}})""")
"""A brace that may not begin a plain inline table on one line: a table, a comment, a line end or
a text that a pattern could misread may follow in it."""

DIGITS = bytes.maketrans(b"123456789_", b"0000000000")
MOST_FAST = 2**20
"""The longest text for the fast parser, which never gives back the memory that one text took."""

LONG = b"0" * 640
"""The shortest number that Python can be configured to refuse, with a zero for every digit."""


def loads(text: str) -> dict[str, Any]:
    """Return the tree of *text*; the keys of each table are in the order of the text.

    Raises:
        TOMLDecodeError: *text* is not TOML; the message is that of tomli, with either parser.
        ValueError: a number in *text* is too long.
        RecursionError: *text* nests too deep.
    """
    fast = fast_parser()
    if fast is not None and len(text) <= MOST_FAST and is_plain(text):
        try:
            return fast(text)
        except ValueError:
            pass  # tomli raises the error with its place
    import tomli

    return tomli.loads(text)


@cache
def fast_parser() -> Parser | None:
    """Return the parser that the extra `fast` brings; None without it."""
    try:
        return cast("Parser", import_module("toml_rs").loads)
    except ModuleNotFoundError:
        return None


def is_plain(text: str) -> bool:
    """Say whether both parsers read *text* alike.

    *Why*: the fast one allows a line end beside the `=` of an inline table, ignores a
    byte order mark, and reads endless numbers. Texts that may have one of these are left to tomli.
    """
    return not (text.startswith("\ufeff") or SPREAD.search(text) or _has_long_number(text))


def _has_long_number(text: str) -> bool:
    """Say whether *text* has a number with more digits than Python may refuse to convert.

    *Why* not a pattern: it would take longer than parsing.
    """
    return LONG in text.encode(errors="replace").translate(DIGITS)
