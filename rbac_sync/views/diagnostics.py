"""Problems of a configuration as text with their source lines, and as JSON."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from ..config.codes import SECRET, all_codes, is_advice
from ..errors import Diagnostic, Place
from .escape import visible
from .terminal import PLAIN, RESET, Layout, wrapped

WIDEST = 140
"""Longer source lines are cut down to this many characters around the caret."""

HANG = 4
"""The indentation of the further lines of a long message."""

RED, YELLOW, BLUE, BOLD = "\33[1;31m", "\33[1;33m", "\33[1;34m", "\33[1m"


def render_diagnostics(
    diagnostics: Sequence[Diagnostic], sources: Mapping[str, str], layout: Layout = PLAIN
) -> str:
    """Return each problem with its line, a caret, a second place and a hint, and a count.

    *sources* are the texts of the files by name. A line that contains a secret is
    never shown, for any problem. Messages and hints are wrapped, source lines are not.
    """
    if not diagnostics:
        return ""
    secret = {(d.place.file, d.place.line) for d in diagnostics if d.code == SECRET and d.place}
    problem_text = _ProblemText(sources, secret, layout)
    blocks = ["\n".join(problem_text.lines(diagnostic)) for diagnostic in diagnostics]
    return "\n\n".join([*blocks, _count(diagnostics)]) + "\n"


class _ProblemText:
    """The text of problems, line by line, without the *secret* lines of *sources*."""

    def __init__(
        self, sources: Mapping[str, str], secret: set[tuple[str, int]], layout: Layout
    ) -> None:
        self._sources, self._secret, self._layout = sources, secret, layout
        self._split: dict[str, list[str]] = {}

    def _paint(self, words: str, style: str) -> str:
        return f"{style}{words}{RESET}" if self._layout.colour else words

    def _line(self, place: Place) -> str | None:
        """Return the source line at *place*, None if it is secret or not known."""
        if (place.file, place.line) in self._secret or place.file not in self._sources:
            return None
        if place.file not in self._split:
            self._split[place.file] = self._sources[place.file].split("\n")
        lines = self._split[place.file]
        return lines[place.line - 1] if place.line <= len(lines) else None

    def lines(self, diagnostic: Diagnostic) -> Iterator[str]:
        """Yield the lines of one problem, without line ends."""
        word, style = ("advice", YELLOW) if is_advice(diagnostic.code) else ("error", RED)
        head = f"{word}[{diagnostic.code}]"
        width = self._layout.width
        first, *more = wrapped(f"{head}: {visible(diagnostic.message)}", width, HANG)
        yield self._paint(head, style) + self._paint(first.removeprefix(head), BOLD)
        yield from (self._paint(line, BOLD) for line in more)
        places = [p for p in (diagnostic.place, diagnostic.second) if p]
        margin = " " * len(str(max((p.line for p in places), default=1)))
        if diagnostic.place:
            yield f"{margin}{self._paint('-->', BLUE)} {visible(str(diagnostic.place))}"
            yield from self._source(diagnostic.place, margin, ("^", RED, diagnostic.label))
        if diagnostic.second:
            yield f"{margin}{self._paint(':::', BLUE)} {visible(str(diagnostic.second))}"
            carets = "-", BLUE, diagnostic.second_label
            yield from self._source(diagnostic.second, margin, carets)
        if diagnostic.hint:
            hint = f"{margin} = help: {visible(diagnostic.hint)}"
            first, *more = wrapped(hint, width, len(margin) + HANG)
            yield first.replace("=", self._paint("=", BLUE), 1)
            yield from more

    def _source(self, place: Place, margin: str, carets: tuple[str, str, str]) -> Iterator[str]:
        line = self._line(place)
        if line is None:
            return
        mark, style, label = carets
        before, marked, after = _window(line, place)
        bar = self._paint("|", BLUE)
        number = self._paint(str(place.line).rjust(len(margin)), BLUE)
        pointing = mark * max(1, _width(marked)) + (f" {visible(label)}" if label else "")
        yield f"{margin} {bar}"
        yield f"{number} {bar} {before}{marked}{after}".rstrip()
        yield f"{margin} {bar} {' ' * _width(before)}{self._paint(pointing, style)}"


def _window(line: str, place: Place) -> tuple[str, str, str]:
    """Return the text before, at and after *place*, escaped, and cut down if too long."""
    start = place.column - 1
    end = start + place.length
    first = 0 if len(line) <= WIDEST else max(0, start - WIDEST // 3)
    last = min(len(line), first + WIDEST)
    before = ("…" if first else "") + _escaped(line[first:start])
    after = _escaped(line[end:last]) + ("…" if last < len(line) else "")
    return before, _escaped(line[start : min(end, last)]), after


def _escaped(part: str) -> str:
    return visible(part.replace("\t", "    "))


def _width(text: str) -> int:
    """Return the width of *text* in columns of a terminal."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1
        for c in text
    )


def _count(diagnostics: Sequence[Diagnostic]) -> str:
    advice = sum(is_advice(d.code) for d in diagnostics)
    errors = len(diagnostics) - advice
    parts = (
        f"{errors} error{'s' * (errors != 1)}" if errors else "",
        f"{advice} piece{'s' * (advice != 1)} of advice" if advice else "",
    )
    return "; ".join(filter(None, parts))


def to_json(diagnostics: Iterable[Diagnostic]) -> list[dict[str, Any]]:
    """Return each problem as JSON; an unknown place is None."""
    return [
        {
            "code": d.code,
            "severity": "advice" if is_advice(d.code) else "error",
            "title": all_codes()[d.code].title,
            "message": d.message,
            **_place(d.place),
            "label": d.label,
            "hint": d.hint,
            "second": {**_place(d.second), "label": d.second_label} if d.second else None,
        }
        for d in diagnostics
    ]


def _place(place: Place | None) -> dict[str, Any]:
    return {name: getattr(place, name, None) for name in ("file", "line", "column", "length")}
