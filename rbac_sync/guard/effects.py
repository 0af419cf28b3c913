"""What a plan means for people: who gains and who loses what, where, and by which path."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from ..errors import Place
from ..model import Address, Permission
from ..planning import Change
from .access import Access, Path
from .inquiry import Inquiry
from .masks import Mask
from .spots import Spot, passers, spots


@dataclass(frozen=True, slots=True)
class Effect:
    """What one principal gains and loses in one scope.

    ``gained`` and ``lost`` are sorted; ``by`` are the paths that give what is
    gained, ``through`` those that gave what is lost; ``places`` is where the
    configuration says so, sorted, empty for what it no longer mentions.
    """

    principal: Address
    scope: Address
    gained: tuple[Permission, ...]
    lost: tuple[Permission, ...]
    by: tuple[Path, ...]
    through: tuple[Path, ...]
    places: tuple[Place, ...]


def effects(inquiry: Inquiry) -> list[Effect]:
    """Return what the sound changes of a plan mean, sorted by principal and scope."""
    causes = _causes(inquiry)
    before, after = inquiry.before, inquiry.outcome
    found = []
    for principal, scope in sorted(causes):
        was, will = before.potential(principal, scope), after.potential(principal, scope)
        if was != will:
            changes = causes[principal, scope]
            found.append(
                Effect(
                    principal,
                    scope,
                    inquiry.names(will & ~was),
                    inquiry.names(was & ~will),
                    tuple(_giving(after, principal, scope, will & ~was)),
                    tuple(_giving(before, principal, scope, was & ~will)),
                    tuple(sorted({p for c in changes if (p := inquiry.plan.place(c))})),
                )
            )
    return found


def _causes(inquiry: Inquiry) -> dict[Spot, list[Change]]:
    first, last = inquiry.live, inquiry.outcome.state
    passing = passers(first, last)
    causes: defaultdict[Spot, list[Change]] = defaultdict(list)
    for step in inquiry.sound:
        change = step.change
        for side, other, state in (
            (change.after, change.before, last),
            (change.before, change.after, first),
        ):
            for spot in spots(side, other, state, passing):
                causes[spot].append(change)
    return causes


def _giving(access: Access, principal: Address, scope: Address, mask: Mask) -> Iterator[Path]:
    """Yield the paths that give something of *mask*."""
    return (p for p in access.paths(principal, scope) if p.permissions & mask)
