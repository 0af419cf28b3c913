"""The parser of TOML: tomli, or a faster one for the texts that it reads as tomli does."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from importlib import import_module
from typing import Any, cast

import tomli

Parser = Callable[[str], dict[str, Any]]

_BASIC, _LITERAL = r'"(?!"")[^"\\\n]*+"(?!")', r"'(?!'')[^'\n]*+'(?!')"
SPREAD = re.compile(rf"""\{{(?!(?:[^{{}}\n"'#]|{_BASIC}|{_LITERAL})*+\}})""")
"""A brace that begins no inline table of one line: another table, a comment or a text that a
pattern could misread stands in it, or it goes on in the next line, or seems to."""

DIGITS = bytes.maketrans(b"123456789_", b"0000000000")
LONG = b"0" * 640
"""The shortest number that a Python may be set up to refuse, with every digit as a zero."""


def loads(text: str) -> dict[str, Any]:
    """Return the tree of *text*; the keys of each table are in the order of the text.

    Raises:
        TOMLDecodeError: it is not TOML, in the words of tomli, whichever parser is there.
        ValueError: a number in it is too long.
        RecursionError: it nests too deep.
    """
    fast = fast_parser()
    if fast is not None and is_plain(text):
        try:
            return fast(text)
        except ValueError:
            pass  # tomli says where, and why
    return tomli.loads(text)


@cache
def fast_parser() -> Parser | None:
    """Return the parser that the extra `fast` brings; None without it."""
    try:
        return cast("Parser", import_module("toml_rs").loads)
    except ModuleNotFoundError:
        return None


def is_plain(text: str) -> bool:
    """Say whether *text* has nothing that parsers read differently.

    *Why*: the fast one lets a line end stand beside the `=` of an inline table, passes over a
    byte order mark, and reads endless numbers. What seems to have such a thing is left to tomli.
    """
    return not (text.startswith("\ufeff") or SPREAD.search(text) or _has_long_number(text))


def _has_long_number(text: str) -> bool:
    """Say whether *text* has a number of more digits than a text may be converted from.

    *Why* not a pattern: it would take longer than parsing.
    """
    return LONG in text.encode(errors="replace").translate(DIGITS)
