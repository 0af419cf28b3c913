"""The API keys that gain access with their owners: a weak key may become an owner's."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from ..dataclasses import dataclass, replace
from ..model import EVERYONE, Address, Key, Kind
from .context import GuardContext
from .effect import Effect
from .risk import RANKS, Risk


@dataclass(frozen=True, slots=True)
class RisingKey:
    """A live key whose owner gains something. ``owner`` is its owner's name after the plan."""

    key: Key
    owner: Address
    risk: Risk


def rising(context: GuardContext, effects: Iterable[Effect]) -> list[RisingKey]:
    """Return the keys that stay, have not ended and gain access, the gravest gain first."""
    gaining = [effect for effect in effects if effect.gained]
    keys = context.live.of(Key).values() if gaining else ()
    later = context.outcome.state.of(Key)
    owners = {EVERYONE, *(context.new_address(key.owner) for key in keys)}
    gains: defaultdict[Address, list[Effect]] = defaultdict(list)
    for effect in gaining:
        for principal in owners.intersection(effect.principals):
            gains[principal].append(effect)
    rising_keys = list[RisingKey]()
    for key in keys:
        owner = context.new_address(key.owner)
        with_everyone = gains[EVERYONE] if owner.kind is Kind.USER else ()
        risks = [effect.risk for effect in gains[owner]] + [
            effect.risk
            for effect in with_everyone
            if any(context.comparison.gains(owner, scope) for scope in effect.scopes)
        ]
        stays = later.get(replace(key, owner=owner).address)
        if risks and stays and (stays.until is None or context.now < stays.until):
            gravest = min(risks, key=RANKS.__getitem__)
            rising_keys.append(RisingKey(key, owner, gravest))
    return sorted(rising_keys, key=lambda each: (RANKS[each.risk], each.owner, each.key.name))
