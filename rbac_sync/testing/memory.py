"""A backend in memory: the reference for tests of other backends."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from threading import Lock
from typing import TypeVar

from ..audit.absences import absences
from ..audit.bearers import bearers
from ..audit.chain import START, Link, link
from ..audit.record import DONE, Authorship, Record, Touch, format_actor
from ..audit.replay import differences
from ..audit.search import ALL, Search
from ..backends.credential import new_key
from ..backends.interface import PlainSession, Settled, Target, Writer
from ..catalogues import catalogue
from ..dataclasses import dataclass, field, replace
from ..errors import BackendError, Locked
from ..model import WHOLE, Action, Address, Catalogue, Horizon, Instant, Key, Kind, Role, State
from ..planning import Capabilities, Change, Expresses, Invitations, Writes, make
from ..planning.plan import Absence

T = TypeVar("T")

EVERYTHING = Capabilities(
    actions=dict.fromkeys(Kind, frozenset(Action)),
    limits=(),
    expresses=Expresses.BASES | Expresses.ENDS | Expresses.REASONS,
    invitations=Invitations.DATED | Invitations.HOLD_ROLES,
    writes=Writes.WHOLE_RUNS,
    features=frozenset(),
)


@dataclass(frozen=True)
class AccountVersion:
    """The account between two transactions. ``serial`` counts the transactions.

    ``plans`` are the digests of the plans that have been applied.
    """

    state: State
    links: tuple[Link, ...] = ()
    versions: Mapping[Address, int] = field(default_factory=dict)
    runs: frozenset[str] = frozenset()
    plans: frozenset[str] = frozenset()
    serial: int = 0


@dataclass(frozen=True)
class MemoryTrail:
    """The trail of an account in memory."""

    rows: tuple[Link, ...]
    place: str = "memory"

    def links(self) -> Iterator[Link]:
        return iter(self.rows)

    def latest(self, search: Search = ALL) -> Iterator[Link]:
        since, records = search.since, {row.seq: row.record for row in self.rows}
        dated = (n for n, record in records.items() if not since or record.timestamp >= since)
        first = next(dated, len(self.rows) + 1)
        newest = (row for row in reversed(self.rows) if row.seq >= first)
        return (row for row in newest if search.selects(records[row.seq]))

    def touched(self, addresses: Collection[Address]) -> dict[Address, Touch]:
        named = {str(address): address for address in addresses}
        records = (row.record for row in self.rows if row.record.result == DONE)
        return {
            named[record.object_id]: Touch(
                record.timestamp, record.applier, record.run, planned=bool(record.plan_digest)
            )
            for record in records
            if record.object_id in named
        }


class MemorySession(PlainSession):
    """A session on one account: its draft becomes the state if the transaction succeeds."""

    def __init__(self, moment: AccountVersion, target: Target, applier: Address | None) -> None:
        """Begin from *moment*."""
        self.target = target
        self.catalogue: Catalogue = catalogue(target.world)
        self.capabilities = EVERYTHING
        self._moment, self._applier, self._now = moment, applier, datetime.now(UTC)
        self._draft = moment.state.draft()
        self._links, self._plans = list(moment.links), moment.plans

    def applier(self) -> Address | None:
        return self._applier

    def now(self) -> Instant:
        """Return the time of this machine, which is that of the backend too."""
        return self._now

    def read(self, like: State | None = None) -> State:  # noqa: ARG002
        return self._draft.draft()

    def horizon(self) -> Horizon:
        return WHOLE

    def versions(self, addresses: Iterable[Address]) -> Mapping[Address, str]:
        live = {b.address for b in self._draft.bindings()}
        live.update(resource.address for resource in self._draft.resources())
        known = self._versions()
        return {a: str(known.get(a, 0)) for a in addresses if a in live}

    @property
    def trail(self) -> MemoryTrail:
        return MemoryTrail(tuple(self._links))

    def touched(self, addresses: Collection[Address]) -> Mapping[Address, Touch]:
        return self.trail.touched(addresses)

    def absences(self, people: Collection[Address]) -> Mapping[Address, Absence]:
        return absences((row.record for row in self._links), people)

    def makers(self, keys: Collection[Address]) -> Mapping[Address, str]:
        records = [row.record for row in self._links]
        things = bearers(records, [len(records)])[len(records)].things
        rows = {key: records[things[key] - 1] for key in keys if key in things}
        return {key: format_actor(row.applier, row.on_behalf_of) for key, row in rows.items()}

    def applied(self, plan_digest: str) -> bool:
        return plan_digest in self._moment.plans

    def begin(self, authorship: Authorship) -> None:
        self._plans |= {authorship.plan_digest}

    def make(self, change: Change) -> Mapping[str, str]:
        """Make *change* in the draft."""
        after = change.after
        if isinstance(after, Role):
            closed = replace(after, permissions=self.catalogue.closed(after.permissions))
            change = replace(change, after=closed)
        make(self._draft, change)
        minted = isinstance(after, Key) and change.before is None
        return {str(change.address): new_key()} if minted else {}

    def revoke(self, key: Key) -> None:
        self.make(Change(key, None))

    def record(self, record: Record) -> None:
        prev = self._links[-1].hash if self._links else START
        self._links.append(link(self.target.account, len(self._links) + 1, prev, record))

    def outcome(self, run: str) -> AccountVersion:
        """Return the account after the commit of *run*."""
        before = self._moment
        return AccountVersion(
            self._draft,
            tuple(self._links),
            self._versions(),
            before.runs | {run},
            self._plans,
            before.serial + 1,
        )

    def _versions(self) -> dict[Address, int]:
        serial = self._moment.serial + 1
        changed = differences(self._moment.state, self._draft)
        return {**self._moment.versions, **{d.address: serial for d in changed}}


class MemoryBackend:
    """An account that lasts as long as the process. ``moment`` is its present state."""

    def __init__(
        self,
        state: State | None = None,
        *,
        account: str = "memory",
        world: str = "prefect-cloud",
        applier: Address | None = None,
        wait: float = 5.0,
    ) -> None:
        """Begin with *state*, to which the built-in roles of *world* are added."""
        draft = state.draft() if state else State().draft()
        for role in catalogue(world).roles.values():
            draft.put(role)
        self.moment = AccountVersion(draft)
        self._target = Target("memory", "", account, world)
        self._applier, self._wait, self._lock = applier, wait, Lock()

    @contextmanager
    def open(self) -> Iterator[MemorySession]:
        yield MemorySession(self.moment, self._target, self._applier)

    def settle(self, secrets: Mapping[str, str | None]) -> Settled:  # noqa: ARG002
        """Return nothing: the account ends with the process."""
        return Settled()

    def transact(self, run: str, work: Callable[[Writer], T]) -> T:
        """Do *work* on a draft, and keep it unless something is raised."""
        if not self._lock.acquire(timeout=self._wait):
            raise Locked("the account is locked by another thread", hint="wait until it is done")
        try:
            if run in self.moment.runs:
                raise BackendError(f"run `{run}` has been made before", hint="plan again")
            session = MemorySession(self.moment, self._target, self._applier)
            result = work(session)
            self.moment = session.outcome(run)
        finally:
            self._lock.release()
        return result
