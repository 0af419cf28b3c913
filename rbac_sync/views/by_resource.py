"""The changes of a plan grouped by resource."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

from ..errors import Place
from ..model import Action, Address
from ..planning import Change, Plan


class ResourceChanges(NamedTuple):
    """One resource and all changes to it.

    ``changes`` has each address once: the halves of a change that was split
    are joined. A member includes its account role.
    """

    address: Address
    action: Action
    changes: tuple[Change, ...]
    place: Place | None

    @property
    def before(self) -> Address:
        """The present address of the resource, for a member without its account role."""
        own = (c.before for c in self.changes if c.address == self.address and c.before)
        return next((before.address for before in own), self.address)


def entries(plan: Plan) -> Iterator[ResourceChanges]:
    """Yield the changes of each resource, in the order of its first step."""
    gathered: dict[Address, list[Change]] = {}
    for change in plan.changes:
        _gather(gathered.setdefault(change.counted, []), change)
    for address, changes in gathered.items():
        place = plan.place(changes[0])
        yield ResourceChanges(address, plan.actions[address], tuple(changes), place)


def _gather(changes: list[Change], change: Change) -> None:
    """Add *change*, or join it with the earlier step that it continues.

    A step that takes back an earlier one, as a forged plan may have it, stands by itself.
    """
    for i, earlier in enumerate(changes):
        is_continued = earlier.after is not None and earlier.after == change.before
        if is_continued and (earlier.before or change.after):
            changes[i] = replace(change, before=earlier.before)
            return
    changes.append(change)
