"""From the bytes of one file to its tree, or to what is wrong with them. Safe on any bytes."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Any

import tomli

from ..errors import Diagnostic, Place
from .codes import SECRET
from .problems import File
from .spans import BASIC, LITERAL, LONG_BASIC, LONG_LITERAL, Lines, Path, Span, Unfinished, Walk

MOST_PARTS = 16
MOST_LEVELS = 32

HIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u180e\u200b-\u200f\u2028-\u202e"
    "\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e007f]"
)
"""Characters that are not seen, or make something else be seen. Source: Unicode 15, Cc, Cf and Zl/Zp."""

CREDENTIAL = re.compile(r"(?:^|(?<=[^A-Za-z0-9_]))(?:pnu|pnb|pcu|rbs)_[A-Za-z0-9]{16,}")
"""What looks like an API key, anywhere in a text."""

CREDENTIAL_VALUE = re.compile(r"\s*(?:pnu|pnb|pcu|rbs)_[A-Za-z0-9]")
"""How a value starts that is an API key."""

_PART = rf"(?:{LONG_BASIC}|{LONG_LITERAL}|{BASIC}|{LITERAL}|[A-Za-z0-9_-]++)"
_RUN = rf"{_PART}(?:[ \t]*+\.[ \t]*+{_PART})"
NEXT = re.compile(
    rf"(?:[^\[\]{{}}#\"'A-Za-z0-9_-]++|#[^\n]*+|{_RUN}{{0,{MOST_PARTS - 1}}}+(?![ \t]*+\.))*+"
    rf"(?P<found>[\[\]{{}}]|{_RUN}{{{MOST_PARTS}}}|[A-Za-z0-9_-]++|[\s\S])?"
)
"""Up to the next bracket or key with too many parts, past strings and comments."""


class NotToml(Exception):  # noqa: N818 - never reaches a user
    """The file cannot be used; holds why, most often one diagnostic."""

    def __init__(self, *diagnostics: Diagnostic) -> None:
        super().__init__()
        self.diagnostics = diagnostics


def parsed(name: str, raw: bytes) -> tuple[File, list[Diagnostic]]:
    """Return the file and what its text must not contain.

    Raises:
        NotToml: there is no tree to go on with.
    """
    text = _decoded(name, raw)
    _refuse_depth(name, text)
    file = File(name, text, _tree(name, text))
    return file, list(_forbidden(file))


def _decoded(name: str, raw: bytes) -> str:
    if raw.startswith(b"\xef\xbb\xbf"):
        raise NotToml(
            Diagnostic(
                "RS003",
                "the file starts with a UTF-8 byte order mark",
                Place(name),
                "save it as UTF-8 without BOM",
            )
        )
    try:
        return raw.decode().replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        before = raw[: error.start].decode()
        place = Lines(before).place(name, len(before), len(before) + 1)
        message = f"the file is not UTF-8: byte 0x{raw[error.start]:02x}"
        raise NotToml(Diagnostic("RS002", message, place, "save it as UTF-8")) from None


def _refuse_depth(name: str, text: str) -> None:
    depth = 0
    for match in NEXT.finditer(text):
        found = match["found"] or ""
        if found in ("'", '"'):
            return  # a text that is never closed: tomli stops here too, and says so
        depth += (found in ("[", "{")) - (found in ("]", "}"))
        if "." in found:
            problem = f"the key has more than {MOST_PARTS} parts"
        elif depth > MOST_LEVELS:
            problem = f"arrays and tables nest more than {MOST_LEVELS} levels"
        else:
            continue
        start = match.start("found")
        place = Lines(text[:start]).place(name, start, start + 1)
        raise NotToml(Diagnostic("RS005", problem, place, "write it flatter"))


def _tree(name: str, text: str) -> dict[str, Any]:
    try:
        return tomli.loads(text)
    except tomli.TOMLDecodeError as error:
        raise NotToml(_unreadable(name, text, error)) from None
    except (ValueError, RecursionError):
        # A number too long for Python raises a bare ValueError, without a place.
        number = re.search(r"(?<![0-9_])[0-9](?:_?[0-9]){4000}", text)
        start = number.start() if number else 0
        raise NotToml(
            Diagnostic(
                "RS001",
                "a number has too many digits",
                Lines(text).place(name, start, start + 1),
                "write a shorter number",
            )
        ) from None


def _unreadable(name: str, text: str, error: tomli.TOMLDecodeError) -> Diagnostic:
    walk = _stopped(text[: error.pos])
    lines = Lines(text)
    if error.msg.startswith(("Cannot ", "Duplicate ")):
        second = walk.twice and lines.place(name, walk.twice.key_start, walk.twice.key_end)
        place = lines.place(name, walk.last, max(walk.last + 1, error.pos))
        return Diagnostic(
            "RS006",
            "this is written twice",
            place,
            "keep one of them",
            second,
            "first written here",
        )
    bad = text[error.pos : error.pos + 1]
    if HIDDEN.match(bad) or bad == "\r":
        place = lines.place(name, min(walk.at, error.pos), error.pos + 1)
        return _hidden(bad, place)
    in_string = text[walk.at : walk.at + 1] in ("'", '"') and walk.at < error.pos
    start = walk.at if in_string else error.pos
    message, hint = _plainly(error.msg, in_string=in_string)
    return Diagnostic("RS001", message, lines.place(name, start, start + 1), hint)


def _stopped(text: str) -> Walk:
    """Return a walk that has gone as far as *text* is TOML."""
    walk = Walk(text)
    try:
        walk.document()
    except (Unfinished, tomli.TOMLDecodeError):
        return walk
    walk.at = len(text)
    return walk


PLAINLY = {
    "Invalid statement": ("a key or a table header is expected here", "write `key = value`"),
    "Invalid value": ("this is no value", 'text stands in quotes: `"..."`'),
    "Unclosed array": ("the array is not closed, or a comma is missing", "close it with `]`"),
    "Unclosed inline table": (
        "the inline table is not closed, or a comma is missing",
        "close it with `}`",
    ),
    "Invalid date or datetime": ("there is no such date or time", "write `2026-12-31`"),
    "Invalid initial character for a key part": (
        "this is no key",
        "a key with other characters than letters, digits, `-` and `_` stands in quotes",
    ),
    "Expected '=' after a key in a key/value pair": ("`=` is missing after the key", "write `=`"),
}
"""What tomli says, in words for people who do not know its grammar."""


def _plainly(message: str, *, in_string: bool) -> tuple[str, str]:
    if in_string and "Unescaped" not in message and "scape" not in message:
        return "the text is not closed on its line", "close it with the same quote"
    if in_string:
        return "the text has an escape that TOML does not know", "write a backslash as `\\\\`"
    known = PLAINLY.get(message)
    return known or (message[:1].lower() + message[1:], "see https://toml.io for the grammar")


def _forbidden(file: File) -> Iterator[Diagnostic]:
    """Yield what a text must not contain, in keys, values and comments."""
    raw = [*HIDDEN.finditer(file.text), *CREDENTIAL.finditer(file.text)]
    if not (raw or "\\" in file.text or "_" in file.text):
        return
    covered = bytearray(len(file.text))
    for path, text, is_key in _texts(file.tree):
        place = file.spans.key if is_key else file.spans.value
        if hidden := HIDDEN.search(text) or (is_key and re.search(r"[\n\t]", text)):
            yield _hidden(hidden.group(), place(path))
        if CREDENTIAL_VALUE.match(text) or CREDENTIAL.search(text):
            yield _secret(place(path))
        _cover(covered, file.spans.paths[path], is_key=is_key)
    for match in raw[:100]:
        if not covered[match.start()]:
            place_of = file.spans.lines.place(file.name, match.start(), match.end())
            is_character = len(match.group()) == 1
            yield _hidden(match.group(), place_of) if is_character else _secret(place_of)


def _cover(covered: bytearray, span: Span, *, is_key: bool) -> None:
    """Mark the characters that belong to a key or a text; what is left is comments."""
    start, end = span[:2] if is_key else span[2:]
    covered[start:end] = b"\1" * (end - start)


def _texts(tree: Any) -> Iterator[tuple[Path, str, bool]]:
    """Yield every key and every text with its path; keys are marked."""
    waiting: list[tuple[Path, Any]] = [((), tree)]
    while waiting:
        path, value = waiting.pop()
        if isinstance(value, str):
            yield path, value, False
        elif isinstance(value, dict):
            yield from (((*path, key), key, True) for key in value)
            waiting += [((*path, key), inner) for key, inner in value.items()]
        elif isinstance(value, list):
            waiting += [((*path, index), inner) for index, inner in enumerate(value)]


def _hidden(character: str, place: Place) -> Diagnostic:
    name = unicodedata.name(character, "")
    shown = " ".join(filter(None, (f"U+{ord(character):04X}", name)))
    kind = "a control character" if unicodedata.category(character) == "Cc" else "the character"
    message = f"the text contains {kind} {shown}".rstrip()
    return Diagnostic("RS004", message, place, "delete it, or write what it should show")


def _secret(place: Place) -> Diagnostic:
    return Diagnostic(
        SECRET,
        "this looks like an API key",
        place,
        "revoke it, delete it here, and pass the key in RBAC_SYNC_API_KEY",
    )
