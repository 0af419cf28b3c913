"""Patterns of addresses, as people write them: ``workspace.prod``, ``team.*``."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from fnmatch import fnmatchcase, translate
from functools import cached_property, lru_cache
from urllib.parse import quote

from ..dataclasses import dataclass
from ..errors import Place
from .address import SAFE, Address, folded
from .kind import PREFIXES

WILDCARD = re.compile(r"[*?]")
PERCENT = r"%([0-9A-Fa-f]{2})?"
EMAIL = rf"(?<=^member\.)[^/]+|(?<=/access/)(?!(?:{'|'.join(PREFIXES)}):).+"
"""The part of an address that is the e-mail address of a person."""

LAST = r"(?<=/access/).+|(?<=/object/).+|(?<=/key/).+"
"""The name that ends an address, with any characters."""


@lru_cache(maxsize=1 << 12)
def normal(pattern: str) -> str:
    """Return *pattern* in the case and encoding in which addresses are printed.

    *Why*: people write ``member.Ana@X.org`` and ``team.Data Eng``, and these must match.
    """
    lower = re.sub(EMAIL, lambda email: folded(email[0]), pattern)
    whole = re.sub(LAST, lambda name: name[0].replace("/", "%2F"), lower)
    text = quote(whole, safe=f"{SAFE}/*?%", errors="surrogatepass")
    return re.sub(PERCENT, lambda code: code[0].upper() if code[1] else "%25", text)


def selects(pattern: str, address: str) -> bool:
    """Say whether *pattern* selects *address*, as text: the address itself or one above it.

    ``*`` stands for any characters, ``?`` for one.
    """
    pattern = normal(pattern)
    if not is_pattern(pattern):
        return address == pattern or address.startswith(f"{pattern}/")
    return is_like(address, pattern) or is_like(address, f"{pattern}/*")


def may_meet(name: str, address: str) -> bool:
    """Say whether the pattern *name* may select *address*, as text, or something below it."""
    if selects(name, address):
        return True
    name, below = normal(name), f"{address}/"
    beginning = WILDCARD.split(name)[0]
    return name.startswith(below) or (is_pattern(name) and below.startswith(beginning))


def is_like(text: str, pattern: str) -> bool:
    """Say whether *pattern* matches all of *text*; nothing but ``*`` and ``?`` is special."""
    return fnmatchcase(text, _without_classes(pattern))


def _without_classes(pattern: str) -> str:
    """Return *pattern* in the syntax of ``fnmatch``, with its brackets escaped."""
    return pattern.replace("[", "[[]")


def is_pattern(text: str) -> bool:
    """Say whether *text* selects addresses by a pattern."""
    return "*" in text or "?" in text


@dataclass(frozen=True, slots=True)
class IgnoreRule:
    """A pattern of live things that no plan touches, and the reason, in the user's words."""

    pattern: str
    why: str
    place: Place | None = None


class TextIndex:
    """An index of texts, so that a pattern is compared only with those that are likely to match.

    *Why*: to compare 300 patterns with 50,000 texts one by one takes minutes.
    """

    def __init__(self, texts: AbstractSet[str]) -> None:
        self._texts = texts

    def like(self, pattern: str) -> Iterator[str]:
        """Yield the texts that *pattern* matches, in order."""
        if not is_pattern(pattern):
            yield from {pattern} & self._texts
            return
        matches = re.compile(translate(_without_classes(pattern))).fullmatch
        longest = max(WILDCARD.split(pattern)[1:], key=len)
        yield from (t for t in self.likely(pattern) if longest in t and matches(t))

    def likely(self, pattern: str) -> Sequence[str]:
        """Return the texts with the beginning of *pattern*, or with its end if these are fewer."""
        head, *others = WILDCARD.split(pattern)
        beginning = _beginning(self._sorted, head)
        tail = others[-1] if others else ""
        ending = _beginning(self._reversed, tail[::-1]) if tail else None
        if ending is None or len(beginning) <= len(ending):
            return self._sorted[beginning.start : beginning.stop]
        return sorted(text[::-1] for text in self._reversed[ending.start : ending.stop])

    @cached_property
    def _sorted(self) -> list[str]:
        return sorted(self._texts)

    @cached_property
    def _reversed(self) -> list[str]:
        return sorted(text[::-1] for text in self._texts)


class AddressIndex:
    """An index of addresses by the texts that select them."""

    def __init__(self, addresses: Iterable[Address]) -> None:
        self._by_text: dict[str, list[Address]] = {}
        for address in addresses:
            for text in _stems(str(address)):
                self._by_text.setdefault(text, []).append(address)
        self._texts = TextIndex(self._by_text.keys())

    def selected(self, pattern: str) -> Iterator[Address]:
        """Yield the addresses that *pattern* selects, in order of the text that it matches."""
        for text in self._texts.like(normal(pattern)):
            yield from self._by_text[text]


def _stems(text: str) -> Iterator[str]:
    """Yield the texts that select an address: its own, and those of all addresses above it."""
    yield text
    yield from (text[:at] for at, character in enumerate(text) if character == "/")


def _beginning(texts: Sequence[str], head: str) -> range:
    """Return the positions of the sorted *texts* that begin with *head*."""
    return range(
        bisect_left(texts, head), bisect_right(texts, head, key=lambda text: text[: len(head)])
    )
