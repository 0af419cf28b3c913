"""The check of a whole trail in one pass, in which each row is read and decoded once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ..errors import RbacSyncError
from ..model import Catalogue, Kind, State
from .chain import ChainCheck, Checkpoint, Flaw, Link, clock_set_back
from .record import DONE, Record
from .replay import (
    Replay,
    ReplayDifference,
    differences,
    is_change,
    recorded_change,
    unreadable,
)
from .row_facts import ADOPTED
from .settlement import Counts, settled_by

ADOPTED_LATER = "tells of keys and log-ins as they were found then: nothing shows what came before"


class TrailCheck:
    """The faults of the rows that have passed, and what they tell of.

    With a *catalogue* the rows are replayed too. Nothing is kept of a row that
    is as it should be, but for ``last`` and what it changes in the replay.
    """

    def __init__(self, checkpoints: Iterable[Checkpoint], catalogue: Catalogue | None) -> None:
        self.rows = 0
        self.last: Link | None = None
        self._chain = ChainCheck(checkpoints)
        self._replay = Replay(catalogue) if catalogue else None
        self._chain_flaws: list[Flaw] = []
        self._unreadable: list[Flaw] = []
        self._gaps: list[Flaw] = []
        self._clocks: list[Flaw] = []
        self._adopted: list[Flaw] = []
        self._made = self._settled = 0

    def records(self, links: Iterable[Link]) -> Iterator[Record]:
        """Check *links*, a whole trail, oldest first; yield the records until a row is at fault."""
        for row in links:
            self._chain_flaws += self._chain.row(row)
            self._clocks += clock_set_back(row, self.last)
            self.rows, self.last = self.rows + 1, row
            if not self._chain_flaws and (record := self._decoded(row)):
                yield record
        self._chain_flaws += self._chain.missing()

    def _decoded(self, row: Link) -> Record | None:
        try:
            record = row.record
            change = recorded_change(record) if is_change(record) else None
        except RbacSyncError as error:
            self._unreadable.append(unreadable(row, error))
            return None
        if self._replay and change and not self._unreadable:
            self._gaps += self._replay.step(row.seq, change)
        self._count(row, record)
        return record

    def _count(self, row: Link, record: Record) -> None:
        if record.result == DONE:
            is_settled = bool(settled_by(record))
            self._made, self._settled = self._made + (not is_settled), self._settled + is_settled
        if (record.info or {}).get(ADOPTED):
            self._adopted.append(Flaw(row.seq, ADOPTED_LATER))

    @property
    def flaws(self) -> tuple[Flaw, ...]:
        """The faults of the rows; later checks count only if earlier ones find nothing."""
        return tuple(self._chain_flaws or self._unreadable or self._gaps)

    @property
    def notices(self) -> tuple[Flaw, ...]:
        """Notes on rows that are no flaws."""
        return (*self._clocks, *(() if self.flaws else self._adopted))

    @property
    def counts(self) -> Counts:
        """The numbers of changes that are done."""
        return Counts(self._made, self._settled)

    def state(self) -> State:
        """Return the state that the rows tell of: there is a catalogue, and no flaw."""
        assert self._replay is not None, "rows are replayed with a catalogue"
        return self._replay.state()

    def differences(self, live: State) -> Iterator[ReplayDifference]:
        """Yield where *live* is not as the rows tell; see ``state``.

        *Why* not access lists of objects: others make and delete the objects. The facts of the
        rows tell of their lists, by id; see ``row_facts``.
        """
        beside = differences(self.state(), live)
        return (each for each in beside if each.address.kind is not Kind.OBJECT)
