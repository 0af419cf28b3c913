"""A search of an audit trail, and the check whether a row is one of those that it selects."""

from __future__ import annotations

from collections.abc import Iterator

from ..model import (
    Address,
    Binding,
    Instant,
    Key,
    Membership,
    ObjectAccess,
    ObjectLevel,
    Resource,
)
from ..model.address_pattern import selects
from ..model.reasons import elements
from ..named_tuples import NamedTuple
from ..planning import Change
from .record import Record, change


class Search(NamedTuple):
    """The criteria of the wanted rows; one that is empty or None selects all rows.

    Wanted are the rows from *since* on that were applied by or for *who*, as rows name a principal,
    changed something of the principal *about* and something whose *address* the pattern selects,
    and are of a run whose id begins with *run*.
    """

    since: Instant | None = None
    who: str = ""
    about: Address | None = None
    address: str = ""
    run: str = ""

    def selects(self, record: Record) -> bool:
        """Say whether *record* meets the criteria besides ``since``, which is one of all rows."""
        return (
            self.who in ("", record.applier, record.on_behalf_of)
            and record.run.startswith(self.run)
            and (not self.address or has_address(record, self.address))
            and (self.about is None or concerns(record, self.about))
        )

    def criteria(self) -> Iterator[tuple[str, Search]]:
        """Yield each criterion, by its name, as a search of its own."""
        for name, value in self._asdict().items():
            if value:
                yield name, Search(**{name: value})


ALL = Search()
"""The search that selects all rows."""


def concerns(record: Record, principal: Address) -> bool:
    """Say whether *record* changes *principal*, its access, its teams or its keys."""
    changed = change_in(record)
    if changed is None:
        return record.object_id == str(principal)
    sides = [side for side in (changed.before, changed.after, *changed.brings) if side]
    return any(_is_of(side, principal) for side in sides) or principal in _moved(changed)


def has_address(record: Record, pattern: str) -> bool:
    """Say whether *record* is about an address that *pattern* selects, a former one included."""
    changed = change_in(record)
    before = [str(changed.before.address)] if changed and changed.before else []
    return any(selects(pattern, text) for text in (record.object_id, *before))


def change_in(record: Record) -> Change | None:
    """Return the change in *record*; None if it has none, or not in our format."""
    if record.before is None and record.after is None:
        return None
    try:
        return change(record)
    except (ValueError, TypeError, KeyError):
        return None


def _is_of(side: Resource, principal: Address) -> bool:
    match side:
        case Binding():
            return side.principal == principal
        case Key():
            return side.owner == principal
    return side.address == principal


def _moved(changed: Change) -> set[Address]:
    """Return who joins or leaves a team or a level of an access list, or gets another term."""
    moved = elements(changed.before) ^ elements(changed.after)
    members = {element.principal for element in moved if isinstance(element, Membership)}
    return members | {who for _, who in _listed(changed.before) ^ _listed(changed.after)}


def _listed(side: Resource | None) -> set[tuple[ObjectLevel, Address]]:
    """Return the principals of each level of an access list."""
    if not isinstance(side, ObjectAccess):
        return set()
    return {(level, who) for level in side.levels for who in side.at(level)}
