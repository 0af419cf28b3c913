"""The replay of a trail: the state after it, and the differences from the live state.

A row of the trail without a change, and a change without a row, both show as
a difference between the two.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ..dataclasses import dataclass, replace
from ..errors import RbacSyncError
from ..model import Address, Binding, Catalogue, Draft, Kind, Resource, Role, State, Team
from ..model.instant import rfc3339
from ..model.kind import SPECS
from ..model.reasons import Element, with_reasons_of
from ..planning import Change, make
from ..planning.target_form import as_explained
from .chain import VERIFY, Flaw, Link
from .record import DONE, Record, change

STRETCH = 1 << 16
"""The number of changes between two times at which the state of a replay is compacted."""

UNMADE = (ValueError, TypeError, LookupError, AttributeError, AssertionError)
"""Errors that the reading or making of a change may raise if the record is false."""


@dataclass(frozen=True, slots=True)
class ReplayDifference:
    """One address with different values in the trail and live; None means absent."""

    address: Address
    recorded: Resource | None
    live: Resource | None

    @property
    def resource(self) -> Resource:
        """The recorded resource, else the live one."""
        resource = self.recorded or self.live
        assert resource is not None, "a difference has at least one side"
        return resource

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
    for made in recorded_changes(records):
        make(draft, made)
    return _closed(draft, catalogue)


def with_recorded_reasons(live: State, records: Iterable[Record], catalogue: Catalogue) -> State:
    """Return *live* with reasons from *records*, where the system itself keeps none.

    Raises:
        RbacSyncError: a record of a change cannot be read.
    """
    recorded = _empty(catalogue)
    for made in recorded_changes(records):
        make(recorded, replace(made, after=made.after and _carry_reasons(made.after, recorded)))
    return as_explained(live, recorded)


def _carry_reasons(after: Resource, recorded: State) -> Resource:
    """Return *after* with the known reasons of unchanged elements: later rows omit them."""
    before = recorded.find(after)
    if isinstance(after, Team) and isinstance(before, Team):
        return replace(after, members=_fill_reasons(after.members, before.members))
    if isinstance(after, Binding) and isinstance(before, Binding):
        return replace(after, roles=_fill_reasons(after.roles, before.roles))
    return after


def _fill_reasons(elements: frozenset[Element], before: frozenset[Element]) -> frozenset[Element]:
    silent = frozenset(element for element in elements if not element.reason)
    return (elements - silent) | with_reasons_of(silent, before)


class Replay:
    """The changes of a trail, made one after the other on an empty account."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue, self._draft = catalogue, _empty(catalogue)
        self._steps = 0

    def step(self, seq: int, change: Change) -> Iterator[Flaw]:
        """Make *change*, that of row *seq*; yield a flaw if it does not fit the state before it."""
        is_made_elsewhere = change.resource.kind is Kind.OBJECT
        exists = _is_in(self._draft, change.before or change.resource)
        if exists and change.before is None:
            yield Flaw(seq, f"creates `{change.address}`, which is there already")
        if change.before is not None and not exists and not is_made_elsewhere:
            yield Flaw(seq, f"changes `{change.before.address}`, which no row before it made")
        try:
            make(self._draft, change)
        except UNMADE as error:
            yield Flaw(seq, f"tells of a change that cannot be made: {error}")
        self._steps += 1
        if self._steps % STRETCH == 0:
            self._draft.compact()

    def state(self) -> State:
        """Return the state after all steps."""
        return _closed(self._draft, self._catalogue)


def _is_in(state: State, resource: Resource) -> bool:
    if isinstance(resource, Binding):
        return bool(state.holdings(resource.principal, resource.scope))
    return state.get(resource.address) is not None


def unreadable(row: Link, error: RbacSyncError) -> Flaw:
    """Return the flaw of a *row* whose reading raised *error*."""
    return Flaw(row.seq, f"cannot be read: {error.__cause__}")


def misfiled(row: Link, record: Record, change: Change) -> Iterator[Flaw]:
    """Yield a flaw if *record*, of *row*, names another thing than the one that it changes.

    *Why*: the log and the events of a thing are looked up by that name.
    """
    address = change.address
    if (record.object_id, record.object_table) != (str(address), SPECS[address.kind].table):
        name = f"{record.object_table} `{record.object_id}`"
        yield Flaw(row.seq, f"changes `{address}`, but names the {name}")


def _closed(draft: Draft, catalogue: Catalogue) -> State:
    for role in list(draft.of(Role).values()):
        draft.put(replace(role, permissions=catalogue.closed(role.permissions)))
    return draft


def _empty(catalogue: Catalogue) -> Draft:
    return State(catalogue.roles.values()).draft()


def is_change(record: Record) -> bool:
    """Say whether *record* is of a change that was made."""
    return record.result == DONE and bool(record.before or record.after)


def recorded_change(record: Record) -> Change:
    """Return the change in a row.

    Raises:
        RbacSyncError: the row cannot be read.
    """
    try:
        return change(record)
    except UNMADE as error:
        row = f"{rfc3339(record.timestamp)}, `{record.object_id}`"
        message = f"a row of the audit trail cannot be read: {row}"
        raise RbacSyncError(message, hint=VERIFY) from error


def recorded_changes(records: Iterable[Record], run: str | None = None) -> Iterator[Change]:
    """Yield the changes in *records* that were made, with *run* only those of this run.

    Raises:
        RbacSyncError: a row cannot be read.
    """
    for record in records:
        if is_change(record) and run in (None, record.run):
            yield recorded_change(record)


def differences(recorded: State, live: State) -> Iterator[ReplayDifference]:
    """Yield each address at which the two states differ, resources first, then bindings."""
    for address in sorted({*_unlike(recorded, live), *_unlike(live, recorded)}):
        yield ReplayDifference(address, recorded.get(address), live.get(address))
    for scope in sorted({*recorded.scopes(), *live.scopes()}):
        yield from _bindings(recorded, live, scope)


def _unlike(state: State, other: State) -> Iterator[Address]:
    """Yield the address of each resource of *state* that is not so in *other*."""
    addressed = ((resource, resource.address) for resource in state.resources())
    return (address for resource, address in addressed if other.get(address) != resource)


def _bindings(recorded: State, live: State, scope: Address) -> Iterator[ReplayDifference]:
    recorded_row, live_row = recorded.row(scope), live.row(scope)
    if recorded_row is live_row:
        return
    for principal in sorted(
        p for p in recorded_row.keys() | live_row.keys() if recorded_row.get(p) != live_row.get(p)
    ):
        one, other = recorded.binding(principal, scope), live.binding(principal, scope)
        if binding := one or other:
            yield ReplayDifference(binding.address, one, other)
