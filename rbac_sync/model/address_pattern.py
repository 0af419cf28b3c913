"""Patterns of addresses, as people write them: ``workspace.prod``, ``team.*``."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase

from ..errors import Place
from .address import Address


def selects(pattern: str, address: str) -> bool:
    """Say whether *pattern* selects *address*, as text: the address itself or one above it.

    ``*`` stands for any letters, ``?`` for one.
    """
    if not is_pattern(pattern):
        return address == pattern or address.startswith(f"{pattern}/")
    return is_like(address, pattern) or is_like(address, f"{pattern}/*")


def is_like(text: str, pattern: str) -> bool:
    """Say whether *pattern* matches all of *text*; nothing but ``*`` and ``?`` is special."""
    return fnmatchcase(text, pattern.replace("[", "[[]"))


def is_pattern(text: str) -> bool:
    """Say whether *text* selects addresses by a pattern."""
    return "*" in text or "?" in text


@dataclass(frozen=True, slots=True)
class IgnoreRule:
    """A pattern of live things that no plan touches, and the reason, in the user's words."""

    pattern: str
    why: str
    place: Place | None = None

    def covers(self, address: Address) -> bool:
        """Say whether *address* itself is ignored; a grant is also with its principal."""
        return selects(self.pattern, str(address))


def is_covered(address: Address, rules: Iterable[IgnoreRule]) -> bool:
    """Say whether one of *rules* covers *address*."""
    text = str(address)
    return any(selects(rule.pattern, text) for rule in rules)
