"""The changes of the last hour, from the trail of an account: limits on removals are for a period.

*Why* the trail and no counter: several servers on one store, and a restarted
server, count together.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from itertools import product

from ..audit.record import Record, change
from ..backends.store import sizes
from ..backends.store.session import StoreSession
from ..guard.recent import PARTS, Earlier, Recent, named_by
from ..model import Action, Address, Binding, Instant, Kind, Resource, State
from ..model.kind import SPECS
from ..model.state import Part
from ..planning import Change
from ..planning.renames import under

LOOSENED = {"deletes", "losers"}
"""The limits on removals, by their names in the record of a run that may pass them."""

WINDOW = timedelta(hours=1)


class LastHour(Recent):
    """The changes of the last hour.

    *Why* few creations are read: most of what was made is as it was made, and the rows of the
    store say when that was.
    """

    def __init__(self, session: StoreSession, now: Instant) -> None:
        """Read the record and the rows of *session*; the time is *now*."""
        self._session, self._since = session, now - WINDOW

    def changes(self, kinds: Collection[Kind], of: Sequence[Resource]) -> Sequence[Earlier]:
        tables = [spec.table for kind, spec in SPECS.items() if kind not in PARTS or kind in kinds]
        rows = self._session.recorded(self._since)
        known = {seq: _earlier(record) for seq, record in rows.changes(tables).items()}
        names = set(map(str, _names([each.change for each in known.values()], of)))
        known |= {seq: _earlier(record) for seq, record in rows.creations(names).items()}
        return [known[seq] for seq in sorted(known)]

    def older(
        self, live: State, things: Kind | Part, besides: Sequence[Resource], most: int | None
    ) -> int:
        return sizes.older(self._session.account, live, things, self._since, besides, most)

    def new(self, people: Collection[Address]) -> Collection[Address]:
        return sizes.new(self._session.account, people, self._since)


def _earlier(record: Record) -> Earlier:
    return Earlier(change(record), LOOSENED.isdisjoint((record.info or {}).get("allowed", ())))


def _names(changes: Collection[Change], of: Iterable[Resource]) -> Iterator[Address]:
    """Yield each address that a thing of *changes* or *of* may have had when it was made.

    A binding may have been made with its principal, whose creation then has it.
    """
    names = _former(changes)
    sides = (side for each in changes for side in (each.before, each.after) if side)
    for thing in (*sides, *of):
        parts = named_by(thing)
        had = [names.get(part, (part,)) for part in parts]
        if isinstance(thing, Binding):
            yield from had[0]
        if all(len(each) == 1 for each in had):
            yield thing.address
        else:
            for each in product(*had):
                yield under(thing, dict(zip(parts, each, strict=True))).address


def _former(changes: Iterable[Change]) -> Mapping[Address, Collection[Address]]:
    """Return the names that each renamed thing may have had, by each of them."""
    names: dict[Address, frozenset[Address]] = {}
    for each in changes:
        if each.before and each.action is Action.RENAME:
            ends = (each.before.address, each.address)
            known = frozenset(ends).union(*(names.get(end, ()) for end in ends))
            names |= dict.fromkeys(known, known)
    return names
