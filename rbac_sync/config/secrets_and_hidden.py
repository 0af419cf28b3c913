"""Forbidden text in a configuration: secrets, and invisible characters."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from ..errors import Diagnostic, Place
from .codes import SECRET
from .problems import File
from .spans import KeyPath

HIDDEN = (
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u180e\u200b-\u200f\u2028-\u202e"
    "\u2060-\u206f\u3164\ud800-\udfff\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e007f]"
)
"""Characters that are invisible, change how text looks, or are no text in UTF-8.

Source: Unicode 15, Cc, Cf, Cs and Z.
"""

LINE_BREAK = r"[\n\t]"

PREFIXES = ("pnu_", "pnb_", "pcu_", "rbs_")
"""The prefixes of API keys: those of Prefect Cloud, of Cloud 1 and of rbac-sync."""

KEY_ALONE = rf"\s*(?:{'|'.join(PREFIXES)})[A-Za-z0-9]"
KEY_WITHIN = rf"(?<![A-Za-z0-9_])(?:{'|'.join(PREFIXES)})[A-Za-z0-9]{{16,}}"
"""A value that is an API key, and one in running text, where a short one may be a word."""

MOST_IN_COMMENTS = 100
NOWHERE = ((0, 0), (0, 0))


def forbidden(file: File) -> Iterator[Diagnostic]:
    """Yield the diagnostics on forbidden text in keys, values and comments, raw or escaped."""
    may_hold_key = any(prefix in file.text for prefix in PREFIXES)
    keys = re.finditer(KEY_WITHIN, file.text) if may_hold_key else ()
    hidden_characters = () if file.text.isascii() else re.finditer(HIDDEN, file.text)
    raw = [*hidden_characters, *keys]  # the parser refuses hidden characters that are ASCII
    if not raw and not may_hold_key and "\\" not in file.text:
        return
    covered = bytearray(len(file.text))
    for path, text, is_key in _texts(file.tree):
        place = file.spans.place(path, is_key=is_key)
        if match := re.search(HIDDEN, text) or (is_key and re.search(LINE_BREAK, text)):
            yield hidden(match.group(), place)
        if re.match(KEY_ALONE, text) or re.search(KEY_WITHIN, text):
            yield secret(place)
        start, end = (file.spans.span(path) or NOWHERE)[0 if is_key else 1]
        covered[start:end] = b"\1" * (end - start)  # the others are in comments
    for match in raw[:MOST_IN_COMMENTS]:
        if not covered[match.start()]:
            place = file.spans.lines.place(file.name, match.start(), match.end())
            yield hidden(match.group(), place) if match.re.pattern == HIDDEN else secret(place)


def _texts(tree: object) -> Iterator[tuple[KeyPath, str, bool]]:
    """Yield every key and every text with its path; keys are marked."""
    waiting: list[tuple[KeyPath, object]] = [((), tree)]
    while waiting:
        path, value = waiting.pop()
        if isinstance(value, str):
            yield path, value, False
        elif isinstance(value, dict):
            yield from (((*path, key), key, True) for key in value)
            waiting += [((*path, key), inner) for key, inner in value.items()]
        elif isinstance(value, list):
            waiting += [((*path, index), inner) for index, inner in enumerate(value)]


def hidden(character: str, place: Place) -> Diagnostic:
    """Return the diagnostic on a hidden *character* in a text."""
    name = unicodedata.name(character, "")
    kind = "a control character" if unicodedata.category(character) == "Cc" else "the character"
    message = f"the text contains {kind} U+{ord(character):04X} {name}".rstrip()
    return Diagnostic("RS004", message, place, "delete it, or write what it should show")


def secret(place: Place) -> Diagnostic:
    """Return the diagnostic on an API key in a file."""
    hint = "revoke it, delete it here, and pass the key in RBAC_SYNC_API_KEY"
    return Diagnostic(SECRET, "this looks like an API key", place, hint)
