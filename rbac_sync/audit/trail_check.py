"""The check of a whole trail in one pass, in which each row is read and decoded once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from ..dataclasses import dataclass
from ..errors import RbacSyncError
from ..model import Catalogue, Kind, State
from .chain import ChainCheck, Checkpoint, Flaw, Link, clock_set_back
from .record import DONE, Record, settled_by
from .replay import (
    Replay,
    ReplayDifference,
    differences,
    is_change,
    misfiled,
    recorded_change,
    unreadable,
)
from .row_facts import ADOPTED, Mismatch

ADOPTED_LATER = "tells of keys and log-ins as they were found then: nothing shows what came before"


@dataclass(frozen=True, slots=True)
class Counts:
    """The number of changes recorded by their own runs, and of those detected live later."""

    made: int
    detected: int


@dataclass(frozen=True, slots=True)
class TrailReport:
    """The result of verifying an audit trail.

    ``flaws`` are rows that changed after they were written. ``differences``, computed
    only without flaws, are differences between the rows and the live state, and
    ``mismatches`` rows of the system that do not fit, or that cannot be read.
    ``checkpoint`` is the end of the trail, None if it is empty. ``counts`` are
    given if a run of the target can end half-way. ``notices`` are facts about rows
    that are no faults.
    """

    flaws: tuple[Flaw, ...] = ()
    differences: tuple[ReplayDifference, ...] = ()
    mismatches: tuple[Mismatch, ...] = ()
    rows: int = 0
    checkpoint: Checkpoint | None = None
    counts: Counts | None = None
    notices: tuple[Flaw, ...] = ()

    @property
    def whole(self) -> bool:
        return not (self.flaws or self.differences or self.mismatches)


class TrailCheck:
    """The faults of the rows read so far, and the state after them.

    With a *catalogue* the rows are replayed too. Of a faultless row, only ``last`` and its
    effect on the replay are kept.
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
        """Check *links*, a whole trail, oldest first; yield the records before the first fault."""
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
            self._gaps += misfiled(row, record, change)
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
        """The faults of the rows; those of later checks only if the earlier checks find none."""
        return tuple(self._chain_flaws or self._unreadable or self._gaps)

    @property
    def notices(self) -> tuple[Flaw, ...]:
        """Notes on rows that have no flaw."""
        return (*self._clocks, *(() if self.flaws else self._adopted))

    @property
    def counts(self) -> Counts:
        """The numbers of the changes that were made."""
        return Counts(self._made, self._settled)

    def state(self) -> State:
        """Return the state after all rows; requires a catalogue, and a trail without flaws."""
        assert self._replay is not None, "rows are replayed with a catalogue"
        return self._replay.state()

    def differences(self, read: Callable[[State], State]) -> Iterator[ReplayDifference]:
        """Yield the differences of the live state from the replayed one; see ``state``.

        *Read* returns the live state, which may share what is equal; see ``Session.read``.
        *Why* not access lists of objects: other programs make and delete the objects. The facts of
        the rows cover their lists, by id; see ``row_facts``.
        """
        recorded = self.state()
        beside = differences(recorded, read(recorded))
        return (each for each in beside if each.address.kind is not Kind.OBJECT)
