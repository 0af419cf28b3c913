"""The watch over the steps of a plan while they are put in order."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable

from ..model import Address, Draft, State
from .change import Change, make


class Watch:
    """The maker of each step in a draft, who checks it. This one is for plans without applier."""

    short: Address | None = None
    """The place from which the last step took an owner, with fewer left than after the plan."""
    changed: Collection[Address] = ()
    """The places with other owners than before the last step, and what that step changed."""

    def __init__(
        self, _changes: Iterable[Change], _start: State, draft: Draft, _outcome: Callable[[], State]
    ) -> None:
        self._draft = draft

    @property
    def keeps_owners(self) -> bool:
        """True if the plan may take an owner from some place."""
        return False

    def reduces(self, _step: Change) -> bool:
        """Say whether *_step*, made now, would take access from the applier."""
        return False

    def make(self, step: Change) -> None:
        """Make *step* in the draft."""
        make(self._draft, step)

    def gives_in_passing(self, _step: Change) -> bool:
        """Say whether the state after *_step* gives access that neither start nor outcome gives."""
        return False


Watcher = Callable[[Iterable[Change], State, Draft, Callable[[], State]], Watch]
"""Makes a watch from the changes, the state before them, the draft, and the state after them."""
