"""The users who own a workspace, counted step by step."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from typing import assert_never

from ..model import (
    Action,
    Address,
    Binding,
    Holding,
    Instant,
    Key,
    Kind,
    ObjectAccess,
    Resource,
    Role,
    ServiceAccount,
    Team,
    User,
    Workspace,
)
from ..model.address import workspace
from ..model.instant import earlier, later
from ..planning import Change, make
from .access import Access
from .context import GuardContext
from .owners import Counts, Term, counts, shortfall, spans_by_person

TooFew = tuple[Change, Address, tuple[int, Instant | None], int]
"""A change, a workspace with too few owners after it, their number and since when, the floor."""


def too_few(context: GuardContext) -> Iterator[TooFew]:
    """Yield each step that lowers the number of owners of a workspace below the policy's floor.

    An owner of a workspace is an active person who holds there, directly or by a team, the role
    that owners of the account have in every workspace. Owners of the account do not count, since
    they own every workspace. Nobody counts for the time after the end of a term. A workspace that
    a step deletes needs no owner.
    """
    floors = _floors(context)
    if not floors:
        return
    count = _Count(context)
    owners = {scope: count.of(scope) for scope in floors}
    for step in context.sound:
        touched = count.make(step.change)
        old = step.change.before.address if step.change.before else None
        if step.change.action is Action.RENAME and old in floors:
            owners[step.change.address] = owners.pop(old)
            floors[step.change.address] = floors.pop(old)
        for scope in sorted(floors if touched is None else floors.keys() & touched):
            before, owners[scope], floor = owners[scope], count.of(scope), floors[scope]
            short = shortfall(before, owners[scope], floor)
            if short and count.access.state.knows(scope):
                yield step.change, scope, short, floor


def renamed_from_floor(context: GuardContext) -> Iterator[tuple[Change, Address, int]]:
    """Yield each rename of a workspace to a name with a lower floor, the old name, and its floor.

    *Why*: otherwise the next plan could take the owners away.
    """
    floors = _floors(context)
    for step in context.sound if floors else ():
        before = step.change.before
        if step.change.action is Action.RENAME and before and before.address in floors:
            floor, new = floors[before.address], context.called(before.address)
            if floor > floors.get(new, 0):
                yield step.change, before.address, floor


def _floors(context: GuardContext) -> dict[Address, int]:
    return {workspace(handle): n for handle, n in context.policy.workspace_owners.items()}


class _Count:
    """The counter of workspace owners in a state that follows a plan."""

    def __init__(self, context: GuardContext) -> None:
        self._state = context.live.draft()
        self.access = Access(self._state, context.catalogue)
        owner = context.catalogue.roles.get(context.catalogue.owner)
        self._roles = owner.implies if owner is not None else frozenset()
        self._now = context.now

    def make(self, change: Change) -> Collection[Address] | None:
        """Make *change*; return the scopes whose owners it may change, None for any scope."""
        before = self._reached(change.before)
        make(self._state, change)
        after = self._reached(change.after)
        return None if before is None or after is None else {*before, *after}

    def _reached(self, side: Resource | None) -> Collection[Address] | None:
        """Return the scopes in which one side of a change may make an owner, None for any."""
        match side:
            case Binding():
                return (side.scope,)
            case User() | Team():
                teams = self._state.memberships_of(side.address)
                return self._state.scopes_of(side.address, *teams)
            case Key() | ObjectAccess() | ServiceAccount() | None:
                return ()
            case Role() | Workspace():
                return None
        assert_never(side)

    def of(self, scope: Address) -> Counts:
        """Return the number of users who own *scope*, now and later."""
        terms = [
            term
            for holder, roles in self._state.row(scope).items()
            for holding in roles
            if holding.role in self._roles
            for term in self._behind(holder, holding)
            if term[0].kind is Kind.USER and self.access.acts(term[0])
        ]
        return counts(Counter(spans_by_person(terms).values()), self._now)

    def _behind(self, holder: Address, held: Holding) -> Iterator[Term]:
        team = self._state.get(holder)
        if not isinstance(team, Team):
            yield holder, held.since, held.until
            return
        for m in team.members:
            yield m.principal, later(m.since, held.since), earlier(m.until, held.until)
