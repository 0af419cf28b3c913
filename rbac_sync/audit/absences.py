"""The absences of former members of an account, computed from its audit trail."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from ..model import Action, Address, User, is_member
from ..planning import Change
from ..planning.plan import Absence
from .record import Record
from .replay import is_change, recorded_change


def absences(records: Iterable[Record], people: Collection[Address]) -> Mapping[Address, Absence]:
    """Return the absences of those of *people* who were members, from *records*, oldest first.

    A person whom a plan removed was not declared then, and is declared again now: such an
    absence is an empty one. An invitation makes nobody a member.
    """
    absent: dict[Address, Absence] = {}
    for record in records:
        change = recorded_change(record) if is_change(record) else None
        if change is None or not isinstance(change.resource, User):
            continue
        for who in (change.before, change.after):
            if who is not None and who.address in people:
                _follow(absent, who.address, change, record)
        _move(absent, change)
    return absent


def _follow(absent: dict[Address, Absence], who: Address, change: Change, record: Record) -> None:
    """Update the absence of *who* in *absent* after *change*."""
    before, after = change.before, change.after
    if change.action is Action.RENAME and change.address != who:
        absent[who] = replace(_departure(record), now=change.address)
    elif after is None and is_member(before):
        absent[who] = Absence() if record.plan_digest else _departure(record)
    elif is_member(after):
        absent.pop(who, None)


def _departure(record: Record) -> Absence:
    return Absence(was_member=True, left=record.timestamp, by=record.applier, run=record.run)


def _move(absent: dict[Address, Absence], change: Change) -> None:
    """Update the present addresses in *absent* if *change* renames one of them."""
    if change.action is not Action.RENAME or change.before is None:
        return
    for who, absence in absent.items():
        if absence.now == change.before.address:
            absent[who] = replace(absence, now=change.address)
