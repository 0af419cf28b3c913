"""The principals that lose or gain something by a plan, and where."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ..model import ACCOUNT, EVERYONE, Address, User
from ..planning import Change
from .affected import Affected, affected_by, passers
from .context import GuardContext


@dataclass(frozen=True, slots=True)
class Losses:
    """The scopes of losses and of gains, by principal that stays.

    Gains are looked for only where the policy limits them.
    """

    losers: dict[Address, set[Address]]
    gainers: dict[Address, set[Address]]


def losses(context: GuardContext) -> Losses:
    """Return the losers and gainers of the sound changes of a plan.

    People and service accounts count that are there before and after. Who is removed counts as a
    removal, not as a loser. An end that comes earlier, a beginning that comes later and a
    suspension are losses; what has ended already is none.

    The cost is that of what the plan touches, not of the account.
    """
    result = Losses(defaultdict(set), defaultdict(set))
    comparison, counts_gains = context.comparison, context.policy.max_gainers is not None
    steps = (s.change for s in context.sound if counts_gains or s.change.before is not None)
    for who, scope in dict.fromkeys(_affected(steps, context)):
        if comparison.loses(who, scope):
            result.losers[who].add(scope)
        if counts_gains and comparison.gains(who, scope):
            result.gainers[who].add(scope)
    return result


def _affected(changes: Iterable[Change], context: GuardContext) -> Iterator[Affected]:
    """Yield each principal and scope that *changes* touch; everyone as each user that stays."""
    first, last = context.start, context.outcome.state
    passing = passers(first, last)
    for change in changes:
        for side, other, state in (
            (change.before, change.after, first),
            (change.after, change.before, last),
        ):
            for who, scope in (*affected_by(side, other, state, passing), *_status(change)):
                people = last.of(User) if who == EVERYONE else (who,)
                yield from ((p, scope) for p in people if context.comparison.stays(p))


def _status(change: Change) -> Iterable[Affected]:
    """Return the account as an affected scope of a user whose status changes."""
    sides = (change.before, change.after)
    status = {side.status for side in sides if isinstance(side, User)}
    return ((change.address, ACCOUNT),) if len(status) > 1 else ()
