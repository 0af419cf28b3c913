"""The effect of a plan on people: what they gain, lose and keep, and by which paths."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import product
from typing import Any

from ..dataclasses import dataclass, field, replace
from ..errors import Place
from ..model import EVERYONE, Address, Permission
from .access import Path
from .risk import RANKS, WIDE, Risk

SIDES = ("by", "through", "extended_by", "before", "after")
"""The attributes of an effect that are paths."""

Single = Callable[[Address, Address], "Effect | None"]
"""Returns the effect on one principal in one scope, None if there is none."""


@dataclass(frozen=True, slots=True)
class Effect:
    """The permissions that principals gain, lose and keep, each of them in each of some scopes.

    ``principals`` and ``scopes`` are sorted. All other fields describe the first principal in
    the first scope; for the others only the names differ. ``each`` yields all of them.

    ``gained``, ``lost`` and ``kept`` are sorted by risk; ``kept`` are permissions that a
    principal keeps in one workspace while it loses them in every workspace. ``by`` are the
    paths that give ``gained`` or ``kept``, ``through`` those that gave ``lost`` or ``shortened``;
    ``places`` are where the configuration declares any of this, sorted; empty if it does not
    any more. ``grave`` are those of ``gained`` that are a risk wherever they
    are held; ``roles_before`` are the roles that applied there before, sorted. ``opened`` says
    that the workspace becomes public. ``extended`` are permissions that the principal keeps and
    now has from an earlier start or until a later end, by ``extended_by``; ``grave`` includes them.
    ``shortened`` are permissions that it keeps for less long.
    ``before`` and ``after`` are the paths that decide the access before and after the plan: no
    other path there gives as much as one of them, for as long. ``place`` is the one of
    ``places`` that declares the largest path itself, if any does. A suspended user holds nothing.
    """

    principals: tuple[Address, ...]
    scopes: tuple[Address, ...]
    gained: tuple[Permission, ...] = ()
    lost: tuple[Permission, ...] = ()
    by: tuple[Path, ...] = ()
    through: tuple[Path, ...] = ()
    places: tuple[Place, ...] = ()
    kept: tuple[Permission, ...] = ()
    risk: Risk = Risk.LOSS
    grave: tuple[Permission, ...] = ()
    roles_before: tuple[Address, ...] = ()
    opened: bool = False
    extended: tuple[Permission, ...] = ()
    extended_by: tuple[Path, ...] = ()
    shortened: tuple[Permission, ...] = ()
    before: tuple[Path, ...] = ()
    after: tuple[Path, ...] = ()
    place: Place | None = None
    single: Single | None = field(default=None, compare=False, repr=False)

    @property
    def principal(self) -> Address:
        return self.principals[0]

    @property
    def scope(self) -> Address:
        return self.scopes[0]

    @property
    def gains(self) -> bool:
        """True if a principal gains permissions or a longer term, or a workspace becomes public."""
        return bool(self.gained or self.extended or self.opened)

    @property
    def loses(self) -> bool:
        """True if a principal loses permissions, or keeps some for less long."""
        return bool(self.lost or self.shortened)

    def each(self) -> Iterator[Effect]:
        for principal, scope in product(self.principals, self.scopes):
            effect = self.single(principal, scope) if self.single else self
            assert effect is not None, "every one of them has the effect"
            yield effect

    def named(self, principal: Address, scope: Address, places: Iterable[Place]) -> Effect:
        """Return the same effect for *principal* in *scope* only."""

        def named(path: Path) -> Path:
            holder = principal if path.holder == self.principal else path.holder
            bound = scope if path.bound == path.scope else path.bound
            return replace(path, scope=scope, holder=holder, bound=bound)

        sides: dict[str, Any] = {name: tuple(map(named, getattr(self, name))) for name in SIDES}
        sides["places"] = tuple(sorted(places))
        return replace(self, principals=(principal,), scopes=(scope,), **sides)


def one_by_one(effects: Iterable[Effect]) -> list[Effect]:
    """Return *effects* as one for each principal in each scope, in the order of ``by_risk``."""
    return sorted((single for effect in effects for single in effect.each()), key=by_risk)


def principals(effects: Iterable[Effect]) -> set[Address]:
    """Return all principals of *effects*."""
    return {principal for effect in effects for principal in effect.principals}


def by_risk(effect: Effect) -> tuple[int, bool, int, int, Address, Address]:
    """Order effects: the gravest gains first, of these the widest, then the largest."""
    wide = effect.scope in WIDE or effect.principal == EVERYONE
    size = max(map(len, (effect.gained, effect.extended, effect.lost, effect.shortened)))
    rank = RANKS[effect.risk]
    return rank, not wide, -len(effect.grave), -size, effect.principal, effect.scope
