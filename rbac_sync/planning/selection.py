"""A part of a plan, selected by address as text."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from ..dataclasses import dataclass, replace
from ..model import Action, Address, State
from ..model.address_pattern import may_meet, selects
from .change import Change, make, rebase_change
from .plan import Plan

COMING = (Action.CREATE, Action.RENAME)
"""Actions that bring an address into being."""


@dataclass(frozen=True, slots=True)
class Selection:
    """The addresses of a run: those of ``targets``, if any, without those of ``excludes``.

    An address selects itself and all below it: ``workspace.prod`` also
    ``workspace.prod/access/team:oncall``. In a pattern ``*`` is any text, ``?`` one character.
    """

    targets: Sequence[str] = ()
    excludes: Sequence[str] = ()

    def of(self, plan: Plan) -> Plan:
        """Return *plan* with the selected changes and the changes that they need."""
        if not self.targets and not self.excludes:
            return plan
        left_out = self._left_out(plan)
        targeted = (c for c in plan.changes if not self.targets or _names(self.targets, c))
        chosen = [c for c in targeted if c.counted not in left_out]
        needed = _needed(chosen, plan) - left_out
        addresses = {c.address for c in chosen} | needed
        part = [c for c in plan.changes if c.address in addresses]
        unknown = tuple(part for part in plan.unknown if " " in part or self.reaches(part))
        return replace(plan, changes=tuple(_from(plan.live, part)), unknown=unknown)

    def reaches(self, address: str) -> bool:
        """Say whether a run may change *address*, as text, or something below it."""
        if any(selects(name, address) for name in self.excludes):
            return False
        return not self.targets or any(may_meet(name, address) for name in self.targets)

    def _left_out(self, plan: Plan) -> set[Address]:
        """Return the excluded addresses, and those that cannot exist without them."""
        excluded = {c.counted for c in plan.changes if _names(self.excludes, c)}
        created = {c.address for c in plan.changes if c.action in COMING}
        awaited = _awaited(plan)
        for change in plan.changes:
            needs = _references(change) & created
            needs |= {other.counted for other in awaited(change)}
            if not excluded.isdisjoint(needs):
                excluded.add(change.counted)
        return excluded


def _from(state: State, changes: Iterable[Change]) -> Iterator[Change]:
    """Yield *changes*, each with its earlier side from *state* after the ones before it."""
    draft = state.draft()
    for change in changes:
        if rebased := rebase_change(change, draft):
            make(draft, rebased)
            yield rebased


def _names(chosen: Sequence[str], change: Change) -> bool:
    sides = (change.before, change.after)
    texts = {str(change.counted), *(str(side.address) for side in sides if side)}
    return any(selects(name, text) for text in texts for name in chosen)


def _needed(chosen: Sequence[Change], plan: Plan) -> set[Address]:
    """Return the addresses that *chosen* refer to and *plan* creates, with all their needs.

    The removal of a succeeded person needs all changes that the successor gets.
    """
    created = {c.address: c for c in plan.changes if c.action in COMING}
    awaited = _awaited(plan)
    needed: set[Address] = set()
    waiting = list(chosen)
    while waiting:
        change = waiting.pop()
        others = [created[address] for address in _references(change) & created.keys()]
        for other in (*others, *awaited(change)):
            if other.address not in needed:
                needed.add(other.address)
                waiting.append(other)
    return needed


def _awaited(plan: Plan) -> Callable[[Change], list[Change]]:
    """Return a function of the changes that precede one that removes a person with a successor."""
    from .needs import receipts

    received = receipts(plan.changes, set(plan.successors.values()))

    def awaited(change: Change) -> list[Change]:
        new = plan.successors.get(change.address) if change.after is None else None
        return [plan.changes[i] for i in received.get(new, ())] if new else []

    return awaited


def _references(change: Change) -> set[Address]:
    sides = [side for side in (change.before, change.after, *change.brings) if side]
    return {a for side in sides for a in side.references} | set(change.joins)
