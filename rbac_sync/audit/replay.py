"""The state that a trail tells of, and where the live state says something else.

A row of the trail without a change, and a change without a row, both show as
a difference between the two.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from ..errors import RbacSyncError
from ..model import Address, Binding, Catalogue, Draft, Resource, Role, State, Team
from ..model.instant import rfc3339
from ..model.resources import Given, with_reasons_of
from ..planning import Change, make
from ..planning.target_form import as_explained
from .chain import VERIFY, Flaw, Link
from .record import DONE, Record, change

UNMADE = (ValueError, TypeError, LookupError, AttributeError, AssertionError)
"""What a change that nobody made may raise when it is read or made."""


@dataclass(frozen=True, slots=True)
class ReplayDifference:
    """One address at which the trail and the live state disagree. None: not there."""

    address: Address
    recorded: Resource | None
    live: Resource | None

    def __str__(self) -> str:
        if self.live is None:
            return f"`{self.address}` is in the trail, but not live"
        if self.recorded is None:
            return f"`{self.address}` is live, but not in the trail"
        return f"`{self.address}` is not as the trail says"


def replay(records: Iterable[Record], catalogue: Catalogue) -> State:
    """Return the state after every change on record, oldest first, made on an empty account.

    Raises:
        RbacSyncError: a record of a change cannot be read.

    """
    draft = _empty(catalogue)
    for record in records:
        if is_change(record):
            make(draft, recorded_change(record))
    for role in list(draft.of(Role).values()):
        draft.put(replace(role, permissions=catalogue.closed(role.permissions)))
    return draft


def explained(live: State, records: Iterable[Record], catalogue: Catalogue) -> State:
    """Return *live* with the reasons that *records* know, where the system itself keeps none.

    Raises:
        RbacSyncError: a record of a change cannot be read.

    """
    told = _empty(catalogue)
    for record in records:
        if is_change(record):
            found = recorded_change(record)
            make(told, replace(found, after=found.after and _carried(found.after, told)))
    return as_explained(live, told)


def _carried(after: Resource, told: State) -> Resource:
    """Return *after* with the reasons known of what stays: later rows do not repeat them."""
    before = told.find(after)
    if isinstance(after, Team) and isinstance(before, Team):
        return replace(after, members=_filled(after.members, before.members))
    if isinstance(after, Binding) and isinstance(before, Binding):
        return replace(after, roles=_filled(after.roles, before.roles))
    return after


def _filled(elements: frozenset[Given], before: frozenset[Given]) -> frozenset[Given]:
    silent = frozenset(element for element in elements if not element.reason)
    return (elements - silent) | with_reasons_of(silent, before)


def gaps(links: Iterable[Link], catalogue: Catalogue) -> Iterator[Flaw]:
    """Yield each row that changes what no row before it made, or makes what is there already.

    Only this shows a change by other means that later rows have covered up.

    Raises:
        RbacSyncError: a record of a change cannot be read.

    """
    draft = _empty(catalogue)
    for row in links:
        record = row.record
        if not is_change(record):
            continue
        found = recorded_change(record)
        there = draft.find(found.before or found.resource) is not None
        if there and found.before is None:
            yield Flaw(row.seq, f"creates `{found.address}`, which is there already")
        if found.before is not None and not there:
            yield Flaw(row.seq, f"changes `{found.before.address}`, which no row before it made")
        try:
            make(draft, found)
        except UNMADE as error:
            yield Flaw(row.seq, f"tells of a change that cannot be made: {error}")


def illegible(links: Iterable[Link]) -> Iterator[Flaw]:
    """Yield each row that cannot be read, however well it is chained."""
    for row in links:
        try:
            record = row.record
            if is_change(record):
                recorded_change(record)
        except RbacSyncError as error:
            yield Flaw(row.seq, f"cannot be read: {error.__cause__}")


def _empty(catalogue: Catalogue) -> Draft:
    return State(catalogue.roles.values()).draft()


def is_change(record: Record) -> bool:
    """Say whether *record* is of a change that was made."""
    return record.result == DONE and bool(record.before or record.after)


def recorded_change(record: Record) -> Change:
    """Return the change that a row tells of.

    Raises:
        RbacSyncError: the row cannot be read.
    """
    try:
        return change(record)
    except UNMADE as error:
        told = f"{rfc3339(record.timestamp)}, `{record.object_id}`"
        message = f"a row of the audit trail cannot be read: {told}"
        raise RbacSyncError(message, hint=VERIFY) from error


def differences(recorded: State, live: State) -> Iterator[ReplayDifference]:
    """Yield each address at which the two states differ, resources first, then bindings."""
    for address in sorted(_addresses(recorded) | _addresses(live)):
        one, other = recorded.get(address), live.get(address)
        if one != other:
            yield ReplayDifference(address, one, other)
    for scope in sorted({*recorded.scopes(), *live.scopes()}):
        yield from _bindings(recorded, live, scope)


def _addresses(state: State) -> set[Address]:
    return {resource.address for resource in state.resources()}


def _bindings(recorded: State, live: State, scope: Address) -> Iterator[ReplayDifference]:
    told, there = recorded.row(scope), live.row(scope)
    for principal in sorted(p for p in told.keys() | there.keys() if told.get(p) != there.get(p)):
        one, other = recorded.binding(principal, scope), live.binding(principal, scope)
        yield ReplayDifference(_either(one, other).address, one, other)


def _either(one: Binding | None, other: Binding | None) -> Binding:
    found = one or other
    assert found is not None, "a difference has at least one side"
    return found
