"""The changes that a plan has made so far, by address: each address changes once."""

from __future__ import annotations

from dataclasses import replace

from ..model import Action, Address, Catalogue, Resource, Role, State, meet
from ..model.meet import is_within
from ..planning import Change


class History:
    """The addresses that the steps before have written.

    One address changes once. The planner cuts an update that both takes and gives into two
    halves: one that narrows, and one that widens, and gives back nothing that the first took. A
    deleted resource may be created again. Renames come before all other changes: otherwise the
    rules could not tell under which name a thing was changed.
    """

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._narrowed: dict[Address, Change | None] = {}
        self._renamed: set[Address] = set()
        self._is_past_renames = False

    def repeats(self, change: Change, state: State) -> bool:
        """Say whether *change* writes an address of an earlier step again."""
        if change.before is not None and change.action is Action.RENAME:
            return change.before.address in self._renamed or self._is_past_renames
        if change.address not in self._narrowed:
            return False
        first = self._narrowed[change.address]
        if first is None or change.action is not Action.UPDATE:
            return True
        was, cut, now, will = (
            self._flat(side, state)
            for side in (first.before, first.after, change.before, change.after)
        )
        return not (is_within(now, will) and is_within(_common(was, will), cut))

    def note(self, change: Change, state: State) -> None:
        """Record that *change* was made in *state*, the state before it."""
        if change.before is not None and change.action is Action.RENAME:
            self._renamed.add(change.address)
            return
        self._is_past_renames = True
        if change.after is None:
            self._narrowed.pop(change.address, None)  # a resource created again is a new one
            return
        narrows = False
        is_first = change.before is not None and change.address not in self._narrowed
        if is_first and change.action is Action.UPDATE:
            narrows = is_within(self._flat(change.after, state), self._flat(change.before, state))
        self._narrowed[change.address] = change if narrows else None
        for binding in change.brings:
            self._narrowed[binding.address] = None

    def _flat(self, resource: Resource | None, state: State) -> Resource | None:
        """Return *resource*, a role with all that it grants as its own permissions."""
        if not isinstance(resource, Role):
            return resource
        granted = self._catalogue.expanded(resource, state.get)
        return replace(resource, permissions=granted, base=frozenset())


def _common(one: Resource | None, other: Resource | None) -> Resource | None:
    """Return what both grant, None if that is nothing."""
    return meet(one, other) if one is not None and other is not None else None
