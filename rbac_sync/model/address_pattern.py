"""Patterns of addresses, as people write them: ``workspace.prod``, ``team.*``."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase, translate
from functools import cached_property, lru_cache
from urllib.parse import quote

from ..errors import Place
from .address import SAFE, Address, folded
from .kind import PREFIXES

WILDCARD = re.compile(r"[*?]")
PERCENT = re.compile(r"%([0-9A-Fa-f]{2})?")
EMAIL = re.compile(rf"(?<=^member\.)[^/]+|(?<=/access/)(?!(?:{'|'.join(PREFIXES)}):).+")
"""The part of an address that is the e-mail address of a person."""

LAST = re.compile(r"(?<=/access/).+|(?<=/object/).+|(?<=/key/).+")
"""The name that ends an address, with any characters."""


@lru_cache(maxsize=1 << 12)
def normal(pattern: str) -> str:
    """Return *pattern* in the case and encoding in which addresses are printed.

    *Why*: people write ``member.Ana@X.org`` and ``team.Data Eng``, and these must match.
    """
    lower = EMAIL.sub(lambda email: folded(email[0]), pattern)
    whole = LAST.sub(lambda name: name[0].replace("/", "%2F"), lower)
    text = quote(whole, safe=f"{SAFE}/*?%", errors="surrogatepass")
    return PERCENT.sub(lambda code: code[0].upper() if code[1] else "%25", text)


def selects(pattern: str, address: str) -> bool:
    """Say whether *pattern* selects *address*, as text: the address itself or one above it.

    ``*`` stands for any characters, ``?`` for one.
    """
    pattern = normal(pattern)
    if not is_pattern(pattern):
        return address == pattern or address.startswith(f"{pattern}/")
    return is_like(address, pattern) or is_like(address, f"{pattern}/*")


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


class AddressIndex:
    """An index of addresses by text, so that a pattern is compared only with likely addresses.

    *Why*: to compare 300 rules with 50,000 grants one by one takes minutes.
    """

    def __init__(self, addresses: Iterable[Address]) -> None:
        self._by_text: dict[str, list[Address]] = {}
        for address in addresses:
            for text in _stems(str(address)):
                self._by_text.setdefault(text, []).append(address)

    def selected(self, pattern: str) -> Iterator[Address]:
        """Yield the addresses that *pattern* selects, in order of the text that it matches."""
        pattern = normal(pattern)
        if not is_pattern(pattern):
            yield from self._by_text.get(pattern, ())
            return
        matches = re.compile(translate(_without_classes(pattern))).fullmatch
        longest = max(WILDCARD.split(pattern)[1:], key=len)
        for text in self._candidates(pattern):
            if longest in text and matches(text):
                yield from self._by_text[text]

    def _candidates(self, pattern: str) -> Sequence[str]:
        """Return the texts that begin like *pattern*, or those that end like it: the fewer ones."""
        head, *_, tail = WILDCARD.split(pattern)
        beginning = _beginning(self._texts, head)
        ending = _beginning(self._reversed, tail[::-1]) if tail else None
        if ending is None or len(beginning) <= len(ending):
            return self._texts[beginning.start : beginning.stop]
        return sorted(text[::-1] for text in self._reversed[ending.start : ending.stop])

    @cached_property
    def _texts(self) -> list[str]:
        return sorted(self._by_text)

    @cached_property
    def _reversed(self) -> list[str]:
        return sorted(text[::-1] for text in self._by_text)


def _stems(text: str) -> Iterator[str]:
    """Yield the texts that select an address: its own, and those of all addresses above it."""
    yield text
    yield from (text[:at] for at, character in enumerate(text) if character == "/")


def _beginning(texts: Sequence[str], head: str) -> range:
    """Return the positions of the sorted *texts* that begin with *head*."""
    return range(
        bisect_left(texts, head), bisect_right(texts, head, key=lambda text: text[: len(head)])
    )
