"""The badges of roles: a sign of two letters, a shade for the width, a column of the graph."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from itertools import count

from ...dataclasses import dataclass
from ...model import Address, Level, Role

SHADES = 8
"""The number of shades in the style sheet, from narrow to wide."""

_NO_WORD = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class RoleBadge:
    """The badge of one role.

    ``sign`` is unique at its level. ``shade`` counts from 0. ``column`` counts
    from the left: account roles come first, and a role is left of its base roles.
    """

    role: Role
    sign: str
    shade: int
    column: int


def badges_of(roles: Collection[Role], widths: Mapping[Address, int]) -> list[RoleBadge]:
    """Return the badges of *roles*: account roles first, at each level narrow before wide.

    *widths* are the numbers of permissions that roles grant. The order is only
    for readers: no decision depends on it.
    """
    known = {role.address: role for role in roles}
    badges: list[RoleBadge] = []
    columns = 0
    for level in Level:
        here = sorted(
            (role for role in roles if role.level is level),
            key=lambda role: (widths[role.address], role.name),
        )
        depths = [_depth(role, known, frozenset()) for role in here]
        columns += max(depths, default=-1) + 1
        signs: set[str] = set()
        for place, (role, depth) in enumerate(zip(here, depths, strict=True)):
            signs.add(sign := next(s for s in _signs(role.name) if s not in signs))
            shade = round(place * (SHADES - 1) / max(len(here) - 1, 1))
            badges.append(RoleBadge(role, sign, shade, columns - 1 - depth))
    return badges


def _depth(role: Role, known: Mapping[Address, Role], above: frozenset[Address]) -> int:
    """Return the number of levels of base roles below *role*; cycles are not followed."""
    below = (role.base & known.keys()) - above - {role.address}
    above |= {role.address}
    return 1 + max(_depth(known[base], known, above) for base in below) if below else 0


def _signs(name: str) -> Iterator[str]:
    """Yield candidates for the sign of *name*: ``PO`` or ``Pr``, ``Pd``, ``P2`` and so on."""
    words = [word for word in _NO_WORD.split(name) if word] or ["Role"]
    first = words[0][0].upper()
    yield from (first + word[0].upper() for word in words[1:])
    yield from (first + letter for word in words for letter in word[1:])
    yield from (f"{first}{number}" for number in count(2))
