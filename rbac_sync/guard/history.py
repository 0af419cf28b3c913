"""The changes that a plan has made so far, by address: each address changes once."""

from __future__ import annotations

from ..model import Action, Address, Catalogue, Resource, Role, State, meet
from ..planning import Change


class History:
    """The addresses that the steps before have written.

    One address changes once. The planner cuts an update that both takes and gives into two
    halves: one that narrows, and one that widens. A deleted resource may be created again, but no
    other one gets its name: the rules would take the two for one.
    """

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._may_widen: dict[Address, bool] = {}
        self._renamed: set[Address] = set()
        self._deleted: set[Address] = set()

    def repeats(self, change: Change, state: State) -> bool:
        """Say whether *change* writes an address of an earlier step again."""
        if change.action is Action.RENAME:
            is_again = change.before is not None and change.before.address in self._renamed
            return is_again or change.address in self._deleted
        if change.address not in self._may_widen:
            return False
        is_half = self._may_widen[change.address] and change.action is Action.UPDATE
        return not (is_half and self._within(change.before, change.after, state))

    def note(self, change: Change, state: State) -> None:
        """Record that *change* was made in *state*, the state before it."""
        if change.action is Action.RENAME and change.before is not None:
            self._renamed.add(change.address)
            if (old := change.before.address) in self._may_widen:
                self._may_widen[change.address] = self._may_widen.pop(old)
            return
        if change.action is Action.DELETE:
            self._deleted.add(change.address)
            self._may_widen.pop(change.address, None)  # a resource created again is a new one
            return
        is_first = change.address not in self._may_widen
        is_update = change.action is Action.UPDATE
        narrows = is_first and is_update and self._within(change.after, change.before, state)
        self._may_widen[change.address] = narrows
        for binding in change.brings:
            self._may_widen[binding.address] = False

    def _within(self, less: Resource | None, more: Resource | None, state: State) -> bool:
        """Say whether *less* grants nothing that *more* does not grant."""
        if less is None or more is None:
            return False
        if isinstance(less, Role) and isinstance(more, Role):
            smaller, larger = (self._catalogue.expanded(r, state.get) for r in (less, more))
            return smaller <= larger and less.implies <= more.implies
        return meet(more, less) == less
