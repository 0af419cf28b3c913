"""The places of keys and values in a TOML text, for reports; the text is scanned on first use."""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import cached_property
from typing import TYPE_CHECKING

from ..errors import Place

if TYPE_CHECKING:
    from .span_scanner import SpanScanner

KeyPath = tuple[str | int, ...]
"""Keys and array indices from the root of a document."""


Stretch = tuple[int, int]
"""Offsets of the first character and behind the last."""

Span = tuple[Stretch, Stretch]
"""The place of a key, and that of its value; an array element is its own key."""

BASIC = r'"(?:[^"\\\n]++|\\.)*+"'
LITERAL = r"'[^'\n]*+'"
LONG_BASIC = r'"""(?:[^"\\]++|\\[\s\S]|"{1,2}(?!"))*+"{3,5}'
LONG_LITERAL = r"'''(?:[^']++|'{1,2}(?!'))*+'{3,5}"
"""The patterns of texts in TOML, for a larger pattern."""


class LineIndex:
    """Offsets of one text as lines and columns, both from 1, columns in characters."""

    def __init__(self, text: str) -> None:
        self._starts = [0, *(m.end() for m in re.finditer("\n", text))]

    def place(self, file: str, start: int, end: int) -> Place:
        """Return the stretch from *start* to *end*, cut off at the end of its first line."""
        line = bisect_right(self._starts, start)
        first = self._starts[line - 1]
        if line < len(self._starts) and self._starts[line] <= end:
            end = self._starts[line] - 1
        return Place(file, line, start - first + 1, max(1, end - start))


class Spans:
    """The places of one accepted text, read on first use."""

    def __init__(self, file: str, text: str) -> None:
        self._file = file
        self._text = text

    @cached_property
    def _scan(self) -> SpanScanner:
        from .span_scanner import scan_spans

        return scan_spans(self._text)

    @cached_property
    def lines(self) -> LineIndex:
        """Offsets as lines and columns."""
        return LineIndex(self._text)

    def span(self, path: KeyPath) -> Span | None:
        """Return the span of the value at *path*, if there is one."""
        index = path[-1] if path else None
        stretches = self._scan.elements.get(path[:-1], ()) if isinstance(index, int) else ()
        if isinstance(index, int) and index < len(stretches):
            return stretches[index], stretches[index]
        return self._scan.spans.get(path)

    def element(self, path: KeyPath, index: int) -> Place:
        """Return the place of an element of the array at *path*, which ``place`` finds slower."""
        stretches = self._scan.elements.get(path, ())
        if index >= len(stretches):
            return self.place((*path, index))
        return self.lines.place(self._file, *stretches[index])

    def place(self, path: KeyPath, *, is_key: bool = False) -> Place:
        """Return the place of the value at *path*, of a table its header, or that of its key."""
        span = self.span(path)
        while span is None and path:
            path = path[:-1]
            span = self.span(path)
        if span is None:
            return Place(self._file)
        start, end = span[0 if is_key else 1]
        return self.lines.place(self._file, start, end)
