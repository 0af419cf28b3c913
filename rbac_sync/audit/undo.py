"""The state of an account without one run of its trail."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NoReturn

from ..dataclasses import dataclass, replace
from ..errors import RbacSyncError
from ..model import (
    ACCOUNT,
    Address,
    Binding,
    Catalogue,
    Instant,
    Key,
    Kind,
    ObjectAccess,
    Resource,
    Role,
    State,
    Team,
    User,
    is_invited,
)
from ..model.instant import outlasts, rfc3339
from ..model.reasons import elements, without_reasons
from ..planning import Change
from ..planning.change import gone_with, left_with
from ..planning.renames import new_names
from ..planning.target_form import normal
from .bearers import Thing, bearers
from .record import Record, format_actor
from .replay import ReplayDifference, differences, is_change, recorded_changes, replay

SHORTEST = 8
"""The least number of characters that can name a run by its id."""

LATER = "undo the later run first, or change it in the configuration"


def run_named(text: str, records: Iterable[Record]) -> str:
    """Return the id of the recorded run whose id is, or begins with, *text*.

    Raises:
        RbacSyncError: there is no such run, or more than one.
    """
    runs = {record.run for record in records if is_change(record)}
    matches = sorted(run for run in runs if run.startswith(text))
    if not matches or (len(text) < SHORTEST and text not in runs):
        hint = (
            "`rbac-sync audit log` shows the runs; the first eight characters of an id are enough"
        )
        raise RbacSyncError(f"no run `{text}` is on record", hint=hint)
    if len(matches) > 1:
        hint = f"write more of it: {', '.join(f'`{run}`' for run in matches)}"
        raise RbacSyncError(f"`{text}` begins more than one run", hint=hint)
    return matches[0]


@dataclass(frozen=True, slots=True)
class UndoResult:
    """The state of an account without one run, in normal form.

    ``former`` has, by the old address of each thing that the run renamed, the present address.
    ``keys`` are keys that cannot be restored: those that the run ended, and those of people.
    """

    state: State
    former: Mapping[Address, Address]
    keys: tuple[Address, ...]


def without(
    run: str, records: Sequence[Record], catalogue: Catalogue, live: State, now: Instant
) -> UndoResult:
    """Return *live* without the effects of *run*; *records* are the whole trail.

    What the run took away, and what has ended by *now*, stays away.

    Raises:
        RbacSyncError: a thing that the run changed has been replaced or changed since.
    """
    return _Undoing(run, records, catalogue, live).undone(now)


class _Undoing:
    """The undo of one run, with the account before the run, after it, and now."""

    def __init__(
        self, run: str, records: Sequence[Record], catalogue: Catalogue, live: State
    ) -> None:
        places = [i for i, r in enumerate(records) if r.run == run and is_change(r)]
        first, self._end = places[0], places[-1] + 1
        _check_together(run, records[first : self._end])
        self._run, self._records = run, records
        ends = (first, self._end)
        self._was, self._is = (normal(replay(records[:n], catalogue), catalogue) for n in ends)
        self._was = _with_lists(self._was, records[first : self._end])
        bearers_at = bearers(records, (*ends, len(records)))
        self._before, self._after, self._now = (bearers_at[n] for n in (*ends, len(records)))
        self._draft = normal(live, catalogue).draft()

    def undone(self, now: Instant) -> UndoResult:
        due, keys = [], []
        was = _without_lapsed(self._was, self._is, now)
        for difference in _unended(differences(was, self._is), now):
            if self._is_for_good(difference):
                keys.append(difference.address)
            elif self._is_due(difference):
                due.append(difference)
        made = [each.live for each in due if each.recorded is None and each.live is not None]
        for resource in made:
            self._check_unused(resource)
        for resource in made:
            self._draft.remove(resource)
        for difference in due:
            if difference.recorded is not None:
                self._draft.put(difference.recorded)
        former = new_names(recorded_changes(self._records[: self._end], self._run))
        return UndoResult(self._draft, former, tuple(keys))

    def _is_for_good(self, difference: ReplayDifference) -> bool:
        """Say whether *difference* is that of a key that an undo cannot restore.

        The secret of an ended key is lost, and a person's key can only be made by that person.
        """
        key = difference.resource
        if not isinstance(key, Key) or self._draft.find(key) == difference.recorded:
            return False
        before, after = (side.things.get(key.address) for side in (self._before, self._after))
        names = {self._after.names.get(before), self._before.names.get(after)} - {None}
        if names - {key.address}:
            return False
        return difference.live is None or key.owner.kind is Kind.USER

    def _is_due(self, difference: ReplayDifference) -> bool:
        """Say whether *difference* must be reverted, and has not been already."""
        addresses = _addresses_of(difference)
        for address in addresses:
            self._check_place(address)
        recorded, current = difference.recorded, self._draft.find(difference.resource)
        if current == recorded:
            self._check_free(difference)
            return False
        for address in addresses:
            self._check_same(address)
        if current != difference.live:
            self._refuse(f"`{difference.address}` has been changed", self._last(difference))
        return True

    def _check_place(self, address: Address) -> None:
        """Check that the resource at *address*, before or after the run, was not renamed since."""
        for thing in {side.things.get(address) for side in (self._before, self._after)}:
            name = self._now.names.get(thing)
            known = (self._before.names.get(thing), self._after.names.get(thing))
            if thing is not None and name is not None and name not in known:
                message = f"`{address}` has been renamed to `{name}`"
                self._refuse(message, self._now.turns.get(thing))

    def _check_free(self, difference: ReplayDifference) -> None:
        """Check that an already reverted *difference* has the same resource as before the run."""
        thing = self._before.things.get(difference.address)
        name = self._now.names.get(thing)
        if difference.recorded and name is not None and name != difference.address:
            self._refuse_other(difference.address)

    def _check_same(self, address: Address) -> None:
        """Check that *address* has the same resource as right after the run."""
        then, now = (side.things.get(address) for side in (self._after, self._now))
        if then == now:
            return
        if then is None and now == self._before.things.get(address):
            self._refuse(f"`{address}` has got that name back", self._turn(now))
        if then is None:
            self._refuse_other(address)
        fate = "deleted" if now is None else "deleted and made anew"
        self._refuse(f"`{address}` has been {fate}", self._turn(then))

    def _check_unused(self, made: Resource) -> None:
        """Check that no resource refers to *made*, which will be deleted, only since the run."""
        for user in _users(made, self._draft):
            then = self._is.find(user)
            if then is None or made.address not in then.references:
                message = f"`{made.address}` has come to be used by `{user.address}`"
                self._refuse(message, self._last(ReplayDifference(user.address, None, user)))

    def _refuse_other(self, address: Address) -> NoReturn:
        made = self._now.things.get(address)
        row = self._records[made - 1] if made else None
        self._refuse(f"another `{address}` has been made", row)

    def _turn(self, thing: Thing | None) -> Record | None:
        return self._now.turns.get(thing) if thing else None

    def _last(self, difference: ReplayDifference) -> Record | None:
        """Return the newest row about the address of *difference* since the run."""
        later = reversed(self._records[self._end :])
        named = str(difference.address)
        return next((r for r in later if r.object_id == named and is_change(r)), None)

    def _refuse(self, message: str, row: Record | None) -> NoReturn:
        raise RbacSyncError(f"{message} since that run{_by(row)}", hint=LATER)


def _without_lapsed(was: State, since: State, now: Instant) -> State:
    """Return *was* without the invitations that have ended by *now* and are not in *since*."""
    draft = was.draft()
    for user in was.of(User).values():
        if is_invited(user) and not outlasts(user.expires, now) and not since.knows(user.address):
            draft.remove(user)
    return draft


def _unended(all_: Iterable[ReplayDifference], now: Instant) -> Iterator[ReplayDifference]:
    """Yield the differences *all_* without roles and places in teams that have ended by *now*.

    Those that are on both sides stay, and so does the only account role of a person. *Why*: nobody
    can give what has ended (EXPIRY), so that one of them would stop the undo of all the rest.
    """
    for each in all_:
        recorded, kept = each.recorded, without_reasons(elements(each.live))
        ended = {e for e in elements(recorded) if not outlasts(e.until, now)}
        gone = {e for e in ended if kept.isdisjoint(without_reasons(frozenset({e})))}
        match recorded:
            case Team(members=members):
                recorded = replace(recorded, members=members - gone)
            case Binding(roles=roles) if roles - gone or recorded.scope == ACCOUNT:
                recorded = replace(recorded, roles=roles - gone or roles)
            case Binding():
                recorded = None
        if recorded != each.live:
            yield replace(each, recorded=recorded)


def _with_lists(state: State, records: Sequence[Record]) -> State:
    """Return *state* with the access lists that objects had before *records*.

    *Why* from *records*: a trail has no row on an object before the first change of its list.
    """
    draft = state.draft()
    for change in recorded_changes(reversed(records)):
        if isinstance(change.before, ObjectAccess):
            draft.put(change.before)
    return draft


def _check_together(run: str, records: Iterable[Record]) -> None:
    """Check that *records* have no change by another run.

    Raises:
        RbacSyncError: there is a change by another run.
    """
    if other := next((r for r in records if r.run != run and is_change(r)), None):
        message = f"between the changes of that run others were made{_by(other)}"
        raise RbacSyncError(message, hint="change it in the configuration")


def _by(row: Record | None) -> str:
    """Return the run, time and author of a row, as text."""
    if row is None:
        return ""
    who = f", {format_actor(row.applier, row.on_behalf_of)}" if row.applier else ""
    return f" (run {row.run[:SHORTEST]}, {rfc3339(row.timestamp)}{who})"


def _addresses_of(difference: ReplayDifference) -> list[Address]:
    """Return the addresses that must be unchanged before *difference* is reverted."""
    thing = difference.resource
    recorded, live = (
        side.references if side else frozenset[Address]()
        for side in (difference.recorded, difference.live)
    )
    addresses = recorded ^ live
    match thing:
        case Binding():
            addresses |= {thing.principal, thing.scope}
        case Key():
            addresses |= {thing.owner, thing.address}
        case _:
            addresses |= {thing.address}
    return sorted(addresses)


def _users(thing: Resource, state: State) -> Iterator[Resource]:
    """Yield the resources of *state* that refer to *thing*."""
    deletion = Change(thing, None)
    yield from gone_with(deletion, state)
    yield from left_with(deletion, state)
    if isinstance(thing, Role):
        yield from state.bindings_with(thing.address)
        yield from filter(None, map(state.get, state.roles_on(thing.address)))
