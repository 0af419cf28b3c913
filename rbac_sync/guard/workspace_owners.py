"""The users who own a workspace, counted step by step."""

from __future__ import annotations

from collections.abc import Iterator

from ..model import Action, Address, Holding, Kind, Membership, Team
from ..model.address import workspace
from ..model.instant import is_open
from ..planning import Change, make
from .access import Access
from .context import GuardContext

TooFew = tuple[Change, Address, int, int]
"""A change that leaves a workspace with too few owners, their number, and the floor."""


def too_few(context: GuardContext) -> Iterator[TooFew]:
    """Yield each step that lowers the number of owners of a workspace below the policy's floor.

    An owner of a workspace is an active person who holds there, directly or by a team, the role
    that owners of the account have in every workspace. Owners of the account do not count, since
    they own every workspace. A workspace that a step deletes needs no owner.
    """
    floors = _floors(context)
    if not floors:
        return
    count = _Count(context)
    owners = {scope: count.of(scope) for scope in floors}
    for step in context.sound:
        count.make(step.change)
        old = step.change.before.address if step.change.before else None
        if step.change.action is Action.RENAME and old in floors:
            owners[step.change.address] = owners.pop(old)
            floors[step.change.address] = floors.pop(old)
        for scope, floor in floors.items():
            before, owners[scope] = owners[scope], count.of(scope)
            if owners[scope] < min(before, floor) and count.access.state.knows(scope):
                yield step.change, scope, owners[scope], floor


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

    def make(self, change: Change) -> None:
        make(self._state, change)

    def of(self, scope: Address) -> int:
        """Return the number of users who own *scope*."""
        owners: set[Address] = set()
        for holder, roles in self._state.row(scope).items():
            if any(h.role in self._roles and self._is_open(h) for h in roles):
                owners |= self._behind(holder)
        return sum(who.kind is Kind.USER and self.access.acts(who) for who in owners)

    def _behind(self, holder: Address) -> set[Address]:
        team = self._state.get(holder)
        if isinstance(team, Team):
            return {m.principal for m in team.members if self._is_open(m)}
        return {holder}

    def _is_open(self, element: Holding | Membership) -> bool:
        return is_open(element.since, element.until, self._now)
