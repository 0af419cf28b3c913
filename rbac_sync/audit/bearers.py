"""The resources of an account by name after each row of a trail, since names are reused."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property

from ..dataclasses import dataclass, field, replace
from ..model import Action, Address, Binding, Key, Resource
from .record import Record
from .replay import is_change, recorded_change

Thing = int
"""A thing, by the number of the row that made it, which no rename changes."""


@dataclass
class Bearers:
    """The resources by name, and the row that last renamed or ended each resource."""

    things: dict[Address, Thing] = field(default_factory=dict)
    turns: dict[Thing, Record] = field(default_factory=dict)
    _keys: dict[Address, Key] = field(default_factory=dict)

    def follow(self, number: Thing, record: Record) -> None:
        """Apply row *number* of a trail, if it records a change."""
        if not is_change(record):
            return
        change = recorded_change(record)
        if isinstance(change.resource, Binding):
            return
        before, after = change.before, change.after
        match change.action:
            case Action.RENAME if before and after:
                self._rename(before, after, record)
            case Action.UPDATE:
                pass
            case _:
                if before:
                    self._end(before, record)
                if after:
                    self._put(after, number)

    @cached_property
    def names(self) -> Mapping[Thing | None, Address]:
        """The present name of each thing; valid only after the last row."""
        return {thing: address for address, thing in self.things.items()}

    def copy(self) -> Bearers:
        """Return a copy, which later rows do not change."""
        return Bearers(dict(self.things), dict(self.turns), dict(self._keys))

    def _put(self, resource: Resource, thing: Thing) -> None:
        self.things[resource.address] = thing
        if isinstance(resource, Key):
            self._keys[resource.address] = resource

    def _end(self, resource: Resource, record: Record) -> None:
        for key in [resource, *self._keys_of(resource.address)]:
            thing = self.things.pop(key.address, None)
            self._keys.pop(key.address, None)
            if thing is not None:
                self.turns[thing] = record

    def _rename(self, before: Resource, after: Resource, record: Record) -> None:
        keys = self._keys_of(before.address)
        moves: list[tuple[Resource, Resource]] = [(before, after)]
        moves += [(key, replace(key, owner=after.address)) for key in keys]
        for old, new in moves:
            thing = self.things.pop(old.address, None)
            self._keys.pop(old.address, None)
            if thing is not None:
                self._put(new, thing)
                self.turns[thing] = record

    def _keys_of(self, owner: Address) -> list[Key]:
        return [key for key in self._keys.values() if key.owner == owner]


def bearers(records: Iterable[Record], ends: Iterable[int]) -> Mapping[int, Bearers]:
    """Return the bearers after each number of *records* in *ends*."""
    positions, current, snapshots = set(ends), Bearers(), {}
    if 0 in positions:
        snapshots[0] = current.copy()
    for number, record in enumerate(records, 1):
        current.follow(number, record)
        if number in positions:
            snapshots[number] = current.copy()
    return snapshots
