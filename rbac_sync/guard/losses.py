"""The principals that lose or gain something by a plan, with the scopes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cache

from ..dataclasses import dataclass
from ..model import EVERYONE, Address, User
from ..planning import Change
from .access_comparison import Comparison
from .affected import blocks_of, passers
from .classes import Case, Classes, Piece
from .context import GuardContext


@dataclass(frozen=True, slots=True)
class Losses:
    """The scopes of losses and of gains, by principal that stays.

    Gains are computed only if the policy limits them.
    """

    losers: dict[Address, set[Address]]
    gainers: dict[Address, set[Address]]


def losses(context: GuardContext) -> Losses:
    """Return the losers and gainers of the sound changes of a plan.

    Only people and service accounts that exist before and after count; a removed one counts as
    a removal. An earlier end, a later start and a suspension are losses; the loss of a holding
    that has ended already is none.

    The cost depends on the size of the plan, not of the account.
    """
    counts_gains = context.policy.max_gainers is not None
    changes = (c for c in context.sound if counts_gains or c.before is not None)
    return compared(changes, context.comparison, counts_gains=counts_gains)


def compared(
    changes: Iterable[Change], comparison: Comparison, *, counts_gains: bool = False
) -> Losses:
    """Return the losers and gainers of *changes* between the two states of *comparison*."""
    result = Losses(defaultdict(set), defaultdict(set))
    known: dict[Case, tuple[bool, bool]] = {}
    for case, group, scope in _affected(changes, comparison):
        who = group[0]
        if case not in known:
            stays = comparison.stays(who)
            gains = stays and counts_gains and comparison.gains(who, scope)
            known[case] = stays and comparison.loses(who, scope), gains
        for people, counts in zip((result.losers, result.gainers), known[case], strict=True):
            for each in group if counts else ():
                people[each].add(scope)
    return result


def _affected(changes: Iterable[Change], comparison: Comparison) -> Iterator[Piece]:
    """Yield the principals and scopes that *changes* touch, by case; each user for everyone.

    Where none of the principals stays, nothing is read of the scopes.
    """
    first, last = comparison.states
    passing, everyone = passers(first, last), cache(lambda: tuple(last.of(User)))
    classes = Classes(first, last)
    for change in changes:
        for principals, scopes in blocks_of(change, first, last, passing):
            people = everyone() if EVERYONE in principals else principals
            if any(map(comparison.stays, people)):
                yield from classes.pieces(people, scopes)
