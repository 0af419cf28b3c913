"""Collecting what is wrong with a configuration, so that all of it is said at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from ..errors import Diagnostic, Place
from ..model.skeleton import apart, are_alike
from .codes import SECRET, is_advice
from .spans import Path, Spans

if TYPE_CHECKING:
    from .schema import ConfigDocument

MOST = 1000
"""After so many problems no more are collected: nobody reads them, and a hostile file has more."""

HIDING = ("RS004", SECRET)
"""Of a value with such a problem nothing else is said: the message would quote it."""

MOST_COMPARISONS = 200_000
"""How many names are compared for "did you mean" in one run."""


LONGEST_MESSAGE = 400
"""Longer messages quote something endless; they are cut off."""

LONGEST = 100
"""Nobody means another word by a longer one."""


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

    def value(self, path: Path) -> object:
        """Return what is written at *path*."""
        found: Any = self.tree
        for step in path:
            found = found[step]
        return found

    @cached_property
    def spans(self) -> Spans:
        """The places of everything in the file; read when first asked for."""
        return Spans(self.name, self.text)


class TomlLocation(NamedTuple):
    """A value in a file, or its key; placed only if somebody asks."""

    file: File
    path: Path = ()
    is_key: bool = False

    def place(self) -> Place:
        """Return the line and column."""
        spans = self.file.spans
        return spans.key(self.path) if self.is_key else spans.value(self.path)

    def at(self, *more: str | int) -> TomlLocation:
        """Return the spot of a value further in."""
        return TomlLocation(self.file, (*self.path, *more))

    @property
    def key(self) -> TomlLocation:
        """The key instead of the value."""
        return TomlLocation(self.file, self.path, is_key=True)


@dataclass
class Problems:
    """The problems found so far, in any order."""

    found: list[Diagnostic] = field(default_factory=list)
    left_out: int = 0
    _compared: int = 0

    def add(
        self,
        code: str,
        location: TomlLocation,
        message: str,
        *,
        hint: str = "",
        second: TomlLocation | None = None,
        second_label: str = "",
        label: str = "",
    ) -> None:
        """Add a problem at *location*; *second* is the place that it contradicts."""
        if self.full:
            self.left_out += 1
            return
        other = second.place() if second else None
        shown = message if len(message) <= LONGEST_MESSAGE else f"{message[:LONGEST_MESSAGE]}…"
        self.put(Diagnostic(code, shown, location.place(), hint, other, second_label, label))

    def put(self, diagnostic: Diagnostic) -> None:
        """Add a problem whose place is known."""
        if self.full:
            self.left_out += 1
        else:
            self.found.append(diagnostic)

    @property
    def full(self) -> bool:
        """Whether so many were found that no more are kept."""
        return len(self.found) >= MOST

    def meant(self, written: str, known: Iterable[str]) -> str:
        """Return a hint naming the closest of *known*, or nothing."""
        if self.full or self._compared > MOST_COMPARISONS or len(written) > LONGEST:
            return ""
        candidates = sorted(set(known))
        self._compared += len(candidates)
        if alike := next((name for name in candidates if are_alike(written, name)), None):
            difference = apart(written, alike)
            return f"did you mean `{alike}`?" + (f" {difference}" if difference else "")
        close = get_close_matches(written, candidates, n=1, cutoff=0.6)
        return f"did you mean `{close[0]}`?" if close else ""

    def errors(self) -> tuple[Diagnostic, ...]:
        """Return what must be mended, by file and line."""
        found = self._ordered(advice=False)
        if found and self.left_out:
            more = f"{self.left_out} more problems were found and are not listed"
            found[-1] = replace(found[-1], hint="; ".join(filter(None, (found[-1].hint, more))))
        return tuple(found)

    def advice(self) -> tuple[Diagnostic, ...]:
        """Return what may be mended, by file and line."""
        return tuple(self._ordered(advice=True))

    def _ordered(self, *, advice: bool) -> list[Diagnostic]:
        marked = {d.place for d in self.found if d.code in HIDING}
        found = {
            d: None
            for d in self.found
            if is_advice(d.code) is advice and (d.code in HIDING or d.place not in marked)
        }
        return sorted(found, key=lambda d: (d.place or Place(""), d.code, d.message))
