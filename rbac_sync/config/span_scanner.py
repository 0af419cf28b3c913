"""The positions of all keys and values in a TOML text.

*Why* not a parser that keeps positions: those are slow on hostile input.
``tomli`` decides what is TOML; this module finds the places in text that
``tomli`` has accepted, and only for a report.
"""

from __future__ import annotations

import re
from contextlib import suppress

from .. import toml_parser
from .spans import BASIC, LITERAL, LONG_BASIC, LONG_LITERAL, KeyPath, Span, Stretch

BLANK = re.compile(r"(?:[ \t\n]++|#[^\n]*+)*+")
SPACE = re.compile(r"[ \t]*+")
PART = re.compile(rf"[A-Za-z0-9_-]++|{BASIC}|{LITERAL}")
SCALAR = re.compile(
    rf"{LONG_BASIC}|{LONG_LITERAL}|(?!\"\"\"|'''){BASIC}|(?!'''){LITERAL}"
    r"|[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[^\s,\]}#]++|[^\s,\]}#\"'\[{][^\s,\]}#]*+"
)
ELEMENT = re.compile(rf"(?P<scalar>{SCALAR.pattern}){BLANK.pattern}(?P<comma>,{BLANK.pattern})?")
"""A scalar in an array with the separator behind it: one match instead of five."""


class Unfinished(Exception):
    """The text stops being TOML at ``SpanScanner.at``."""


class SpanScanner:
    """One pass over a text that records spans.

    ``elements`` has the stretches of the elements of each array, by its path. *Why* apart from the
    ``spans`` of everything else: most values of a large configuration are names in lists.

    On text that is not TOML it stops at ``at``, the first character of the
    key or value that it could not read. ``key_start`` is then the start of the key
    begun last, ``last`` that of the key completed last, and ``earlier`` the
    earlier span of that key if it occurred before.
    """

    def __init__(self, text: str) -> None:
        self.spans: dict[KeyPath, Span] = {}
        self.elements: dict[KeyPath, list[Stretch]] = {}
        self.at = 0
        self.key_start = 0
        self.last = 0
        self.earlier: Span | None = None
        self._text = text
        self._lengths: dict[KeyPath, int] = {}

    def document(self) -> None:
        """Record every key and value. Raises ``Unfinished`` where the text is not TOML."""
        table: KeyPath = ()
        while self._skip(BLANK) < len(self._text):
            if self._text[self.at] == "[":
                table = self._header()
            else:
                self._pair(table)

    def _header(self) -> KeyPath:
        is_array = self._text.startswith("[[", self.at)
        self.at += 2 if is_array else 1
        self._skip(SPACE)
        *outer, (name, stretch) = self._key()
        path: KeyPath = ()
        for part, part_stretch in outer:
            path = (*path, part)
            self.spans.setdefault(path, (part_stretch, part_stretch))
            if path in self._lengths:
                path = (*path, self._lengths[path] - 1)  # the last table of an array
        path = (*path, name)
        if is_array:
            path = self._append_table(path, stretch)
        else:
            self._note(path, (stretch, stretch))
        self._expect("]]" if is_array else "]")
        return path

    def _append_table(self, path: KeyPath, stretch: Stretch) -> KeyPath:
        index = self._lengths.get(path, 0)
        self._lengths[path] = index + 1
        self.last = stretch[0]
        self.earlier = self.spans.get(path) if index == 0 else None
        self.spans.setdefault(path, (stretch, stretch))
        self.spans[*path, index] = stretch, stretch
        return (*path, index)

    def _note(self, path: KeyPath, span: Span) -> None:
        self.last = span[0][0]
        self.earlier = self.spans.get(path)
        self.spans[path] = span

    def _pair(self, table: KeyPath) -> None:
        *outer, (name, stretch) = self._key()
        for part, part_stretch in outer:
            table = (*table, part)
            self.spans.setdefault(table, (part_stretch, part_stretch))
        self._expect("=")
        self._skip(SPACE)
        begin = self.at
        self._value((*table, name))
        self._note((*table, name), (stretch, (begin, self.at)))

    def _key(self) -> list[tuple[str, Stretch]]:
        self.key_start = self.at
        parts = [self._part()]
        while self._text.startswith(".", self._skip(SPACE)):
            self.at += 1
            self._skip(SPACE)
            parts.append(self._part())
        return parts

    def _part(self) -> tuple[str, Stretch]:
        match = PART.match(self._text, self.at)
        if match is None:
            raise Unfinished
        self.at = match.end()
        return _unquoted(match.group()), match.span()

    def _value(self, path: KeyPath) -> None:
        opening = self._text[self.at : self.at + 1]
        if opening == "[":
            self._array(path)
        elif opening == "{":
            self._table(path)
        else:
            match = SCALAR.match(self._text, self.at)
            if match is None:
                raise Unfinished
            self.at = match.end()

    def _array(self, path: KeyPath) -> None:
        self.at += 1
        self._skip(BLANK)
        stretches = self.elements[path] = []
        while not self._text.startswith("]", self.at):
            if match := ELEMENT.match(self._text, self.at):
                stretches.append(match.span("scalar"))
                self.at = match.end()
                is_separated = match["comma"] is not None
            else:
                start, is_separated = self.at, False
                self._value((*path, len(stretches)))
                stretches.append((start, self.at))
            if not is_separated:
                self._separate("]")
        self.at += 1

    def _table(self, path: KeyPath) -> None:
        self.at += 1
        self._skip(BLANK)
        while not self._text.startswith("}", self.at):
            self._pair(path)
            self._separate("}")
        self.at += 1

    def _separate(self, closing: str) -> None:
        """Move behind a comma, or stop in front of *closing*."""
        if self._text.startswith(",", self._skip(BLANK)):
            self.at += 1
            self._skip(BLANK)
        elif not self._text.startswith(closing, self.at):
            raise Unfinished

    def _skip(self, pattern: re.Pattern[str]) -> int:
        match = pattern.match(self._text, self.at)
        assert match is not None, "blanks match nothing too"
        self.at = match.end()
        return self.at

    def _expect(self, text: str) -> None:
        if not self._text.startswith(text, self.at):
            raise Unfinished
        self.at += len(text)


def scan_spans(text: str) -> SpanScanner:
    """Return a scan of the part of *text* that is TOML; ``at`` is the end of that part."""
    scan = SpanScanner(text)
    with suppress(Unfinished, ValueError):
        scan.document()
        scan.at = len(text)
    return scan


def _unquoted(part: str) -> str:
    if part[0] not in "\"'":
        return part
    if "\\" not in part:
        return part[1:-1]
    value: str = toml_parser.loads(f"key = {part}")["key"]
    return value
