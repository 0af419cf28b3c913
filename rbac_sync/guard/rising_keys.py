"""The API keys that gain access with their owners: a weak key may become an owner's."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from ..model import EVERYONE, Address, Key, Kind
from .context import GuardContext
from .effects import Effect
from .risk import RANKS, Risk


@dataclass(frozen=True, slots=True)
class RisingKey:
    """A live key whose owner gains something. ``owner`` is its owner's name after the plan."""

    key: Key
    owner: Address
    risk: Risk


def rising(context: GuardContext, effects: Iterable[Effect]) -> list[RisingKey]:
    """Return the live keys that stay and gain access, those with the gravest gain first."""
    gains: dict[Address, Risk] = {}
    for effect in effects:
        for principal in effect.principals if effect.gained else ():
            gains[principal] = _graver(gains.get(principal), effect.risk)
    keys = [
        RisingKey(key, owner, risk)
        for key in (context.live.of(Key).values() if gains else ())
        if (risk := _risk(owner := context.called(key.owner), gains))
        and context.outcome.state.get(replace(key, owner=owner).address) is not None
    ]
    return sorted(keys, key=lambda each: (RANKS[each.risk], each.owner, each.key.name))


def _risk(owner: Address, gains: dict[Address, Risk]) -> Risk | None:
    """Return the gravest risk of the gains of *owner*, also as one of everyone."""
    own = gains.get(owner)
    shared = gains.get(EVERYONE) if owner.kind is Kind.USER else None
    return _graver(own, shared) if shared else own


def _graver(one: Risk | None, other: Risk) -> Risk:
    return other if one is None else min(one, other, key=RANKS.__getitem__)
