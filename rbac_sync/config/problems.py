"""The collection of problems in a configuration, so that all are reported at once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any

from ..dataclasses import dataclass, field, replace
from ..errors import Diagnostic, Place
from ..model.skeleton import apart, are_alike
from ..named_tuples import NamedTuple
from .codes import SECRET, is_advice
from .schema import ConfigDocument
from .spans import KeyPath, Spans

MOST = 1000
"""The most problems that are collected: nobody reads more, and a hostile file may have many."""

HIDING = ("RS004", SECRET)
"""Codes after which a value gets no further problem, since its message would quote the value."""

MOST_COMPARISONS = 200_000
"""The most names that one run compares for "did you mean"."""

LONGEST_MESSAGE = 400
"""The longest message; longer ones quote a very long value and are cut off."""

LONGEST = 100
"""The longest word for which a similar one is suggested."""

DIGITS = re.compile("[0-9]")


@dataclass(frozen=True)
class File:
    """One configuration file: its name relative to the folder, text, tree and checked tables."""

    name: str
    text: str
    tree: Mapping[str, Any]
    checked: ConfigDocument | None = None

    @property
    def document(self) -> ConfigDocument:
        """The tables, once they have been checked."""
        assert self.checked is not None, "tables are checked before anybody reads them"
        return self.checked

    def is_own(self, path: KeyPath) -> bool:  # noqa: ARG002 - of a file that accounts share nothing is
        """Say whether one account of several wrote the value at *path*."""
        return False

    def value(self, path: KeyPath) -> object:
        """Return the value at *path*."""
        inner: Any = self.tree
        for step in path:
            inner = inner[step]
        return inner

    @cached_property
    def spans(self) -> Spans:
        """The places of everything in the file; read on first use."""
        return Spans(self.name, self.text)


class TomlLocation(NamedTuple):
    """A value in a file, or its key; the line is computed on demand."""

    file: File
    path: KeyPath = ()
    is_key: bool = False

    def place(self) -> Place:
        """Return the line and column."""
        return self.file.spans.place(self.path, is_key=self.is_key)

    def at(self, *more: str | int) -> TomlLocation:
        """Return the location of a value further in."""
        return TomlLocation(self.file, (*self.path, *more))

    @property
    def key(self) -> TomlLocation:
        """The key instead of the value."""
        return TomlLocation(self.file, self.path, is_key=True)


@dataclass
class Problems:
    """The problems so far, in any order."""

    diagnostics: list[Diagnostic] = field(default_factory=list)
    left_out: int = 0
    _compared: int = 0

    def add(
        self,
        code: str,
        location: TomlLocation,
        message: str,
        *,
        hint: str = "",
        second: tuple[TomlLocation, str] | None = None,
    ) -> None:
        """Add a problem at *location*; *second* is a place that it contradicts, with a label."""
        if self.full:
            self.left_out += 1
            return
        text = message if len(message) <= LONGEST_MESSAGE else f"{message[:LONGEST_MESSAGE]}…"
        other, label = (second[0].place(), second[1]) if second else (None, "")
        self.put(Diagnostic(code, text, location.place(), hint, other, label))

    def add_twice(self, text: str, location: TomlLocation, first: TomlLocation) -> None:
        """Add the problem that *text* at *location* stands at *first* in the same list already."""
        message, second = f"`{text}` is listed twice", (first, "first listed here")
        self.add("RS303", location, message, hint="keep one of them", second=second)

    def put(self, diagnostic: Diagnostic) -> None:
        """Add a problem whose place is known."""
        if self.full:
            self.left_out += 1
        else:
            self.diagnostics.append(diagnostic)

    @property
    def full(self) -> bool:
        """True if the most problems are collected, so that further ones are only counted."""
        return len(self.diagnostics) >= MOST

    def suggest(self, text: str, known: Iterable[str]) -> str:
        """Return a hint as ``suggestion`` does, or nothing once too many names were compared."""
        if self.full or self._compared > MOST_COMPARISONS:
            return ""
        candidates = set(known)
        self._compared += len(candidates)
        return suggestion(text, candidates)

    def errors(self) -> tuple[Diagnostic, ...]:
        """Return the errors, by file and line."""
        listed = self._ordered(advice=False)
        if listed and self.left_out:
            more = f"{self.left_out} more problems were found and are not listed"
            listed[-1] = replace(listed[-1], hint="; ".join(filter(None, (listed[-1].hint, more))))
        return tuple(listed)

    def advice(self) -> tuple[Diagnostic, ...]:
        """Return the advice, by file and line."""
        return tuple(self._ordered(advice=True))

    def _ordered(self, *, advice: bool) -> list[Diagnostic]:
        hidden = {d.place for d in self.diagnostics if d.code in HIDING}
        selected = {
            d: None
            for d in self.diagnostics
            if is_advice(d.code) is advice and (d.code in HIDING or d.place not in hidden)
        }
        return sorted(selected, key=lambda d: (d.place or Place(""), d.code, d.message))


def suggestion(text: str, known: Iterable[str]) -> str:
    """Return a hint naming the one of *known* that is closest to *text*, or nothing."""
    name = closest(text, (each for each in known if _can_be_meant(each, text)))
    difference = apart(text, name) if name and are_alike(text, name) else ""
    return f"did you mean `{name}`?" + (f" {difference}" if difference else "") if name else ""


def _can_be_meant(name: str, text: str) -> bool:
    """Say whether *text* may be *name* misspelt: a number is another one, and no misspelling."""
    digits, others = DIGITS.findall(name), DIGITS.findall(text)
    return digits == others or not (digits and others) or are_alike(name, text)


def closest(text: str, known: Iterable[str]) -> str:
    """Return the one of *known* that looks like *text*, or is spelt most like it, or nothing."""
    candidates = sorted(set(known)) if len(text) <= LONGEST else []
    if alike := next((name for name in candidates if are_alike(text, name)), None):
        return alike
    from difflib import get_close_matches

    return next(iter(get_close_matches(text, candidates, n=1, cutoff=0.6)), "")
