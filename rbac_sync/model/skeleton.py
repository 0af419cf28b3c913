"""The skeleton of a name: equal for names that the eye cannot tell apart.

Source: Unicode Technical Standard #39, section 4; the data are ``confusables.tsv``.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Generic, TypeVar

T = TypeVar("T")

UNSEEN = (
    (0xAD,), (0x34F,), (0x61C,), (0x115F, 0x1160), (0x17B4, 0x17B5), (0x180B, 0x180F),
    (0x200B, 0x200F), (0x202A, 0x202E), (0x2060, 0x206F), (0x3164,), (0xFE00, 0xFE0F),
    (0xFEFF,), (0xFFA0,), (0xFFF0, 0xFFF8), (0x1BCA0, 0x1BCA3), (0x1D173, 0x1D17A),
    (0xE0000, 0xE0FFF),
)  # fmt: skip
"""Ranges of invisible code points. Source: Unicode 15, Default_Ignorable_Code_Point."""


RULE = 1
"""The number of the rule by which ``looks`` uses the data: a change of that function needs another.
"""


def skeleton(name: str) -> str:
    """Return the caseless skeleton of *name*: fold case, replace by prototypes, fold again."""
    return _mapped(unicodedata.normalize("NFD", name).casefold()).casefold()


@lru_cache(maxsize=2**17)
def looks(name: str) -> frozenset[str]:
    """Return the appearances of *name*; two names with one in common are alike.

    *Why* two: the capital I of `deveIoper` looks like an l, and its lower case is an i.
    One skeleton is that of the name as written, the other that of the folded name.
    """
    one_line = " ".join(unicodedata.normalize("NFD", name).split())
    return frozenset({skeleton(_mapped(one_line)), skeleton(one_line)})


@cache
def edition() -> str:
    """Return a digest of what ``looks`` depends on: its rule, the data here and those of Python.

    Names that look alike in one edition need not look alike in another one.
    """
    data = f"{RULE} {UNSEEN} {unicodedata.unidata_version} {_table()}"
    return sha256(data.encode()).hexdigest()[:8]


def are_alike(name: str, other: str) -> bool:
    """Say whether two names look alike or differ only by case."""
    return not looks(name).isdisjoint(looks(other))


class Likeness(Generic[T]):
    """An index of things whose names look alike; a look-up takes the same time at any size."""

    def __init__(self, named: Iterable[tuple[T, str]] = ()) -> None:
        """Build from pairs of a thing and its name."""
        self._by_appearance: dict[str, dict[T, str]] = {}
        for thing, name in named:
            self.add(thing, name)

    def add(self, thing: T, name: str) -> None:
        """Add *thing* under *name*."""
        for appearance in looks(name):
            self._by_appearance.setdefault(appearance, {})[thing] = name

    def discard(self, thing: T, name: str) -> None:
        """Remove *thing* if it is there under *name*."""
        for appearance in looks(name):
            self._by_appearance.get(appearance, {}).pop(thing, None)

    def like(self, name: str) -> Iterator[tuple[T, str]]:
        """Yield, with its name, each thing whose name looks like *name* or is the same."""
        for appearance in sorted(looks(name)):
            yield from self._by_appearance.get(appearance, {}).items()


def spelt(name: str) -> str:
    r"""Return *name* in ASCII, with the code points of other characters: ``Cafe\u0301``."""
    return "".join(c if " " <= c <= "~" else _escape(ord(c)) for c in name)


def _escape(point: int) -> str:
    return f"\\u{point:04x}" if point < 0x10000 else f"\\U{point:08x}"  # noqa: PLR2004 - as TOML


def apart(name: str, other: str) -> str:
    """Return a description of how two names differ; empty if only by case."""
    is_ascii = name.isascii() and other.isascii()
    if is_ascii and name.casefold() == other.casefold():
        return ""
    if not is_ascii:
        return f"`{spelt(name)}` is not `{spelt(other)}`"
    if name.replace(" ", "").casefold() == other.replace(" ", "").casefold():
        return "the spaces differ"
    pairs = zip(f"{name} ", f"{other} ", strict=False)
    here, there = next(pair for pair in pairs if len({*pair}) > 1)
    return f"it has {_called(here)} where `{other}` has {_called(there)}"


def _called(character: str) -> str:
    return f"U+{ord(character):04X} {unicodedata.name(character, '')}".rstrip()


def _mapped(text: str) -> str:
    return unicodedata.normalize("NFD", text.translate(_prototypes()))


class _Prototypes(dict[int, str]):
    """The prototype of each code point, looked up in a table when it is first met.

    *Why* not all at once: to read every row is a tenth of the plan of a small configuration.
    """

    def __init__(self, table: str) -> None:
        self._table = table

    def __missing__(self, point: int) -> str:
        return self.setdefault(point, self._prototype(point))

    def _prototype(self, point: int) -> str:
        if any(span[0] <= point <= span[-1] for span in UNSEEN):
            return ""
        _, key, rest = self._table.partition(f"\n{point:x}\t")
        row = rest.partition("\n")[0] if key else f"{point:x}"
        return "".join(chr(int(p, 16)) for p in row.split())


@cache
def _prototypes() -> _Prototypes:
    return _Prototypes(_table())


@cache
def _table() -> str:
    return Path(__file__).with_name("confusables.tsv").read_text(encoding="utf-8")
