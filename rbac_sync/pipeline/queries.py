"""Queries of the live state and of the audit trail. Nothing here changes anything."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from ..audit.chain import Checkpoint, Flaw, Link, checkpoint, clock_set_back, flaws
from ..audit.replay import (
    ReplayDifference,
    differences,
    gaps,
    replay,
    unreadable_rows,
    with_recorded_reasons,
)
from ..audit.row_facts import ADOPTED, Mismatch
from ..audit.settlement import Counts, counted
from ..backends import limits_of
from ..backends.interface import Backend, Session, Target
from ..backends.snapshot import Snapshot, SnapshotBackend, check_taken, decoded, taken
from ..errors import NoTrail
from ..guard import Access
from ..model import Address, Catalogue, Horizon, Instant, State
from ..planning import Capabilities


@dataclass(frozen=True)
class LiveAccount:
    """The live state of an account at one moment.

    ``applier`` is whose credential this is, if there is one; ``horizon`` what was not seen.
    """

    state: State
    catalogue: Catalogue
    target: Target
    capabilities: Capabilities
    now: Instant
    applier: Address | None
    horizon: Horizon

    @cached_property
    def access(self) -> Access:
        """The access of all principals."""
        return Access(self.state, self.catalogue)


def live_account(backend: Backend) -> LiveAccount:
    """Return the live state."""
    with backend.open() as session:
        return LiveAccount(
            _explained(session),
            session.catalogue,
            session.target,
            session.capabilities,
            session.now(),
            session.applier(),
            session.horizon(),
        )


def _explained(session: Session) -> State:
    """Return the live state, with reasons from the local trail where the service keeps none."""
    live = session.read()
    if session.capabilities.keeps_reasons:
        return live
    return with_recorded_reasons(
        live, (row.record for row in session.trail.links()), session.catalogue
    )


def snapshot(backend: Backend) -> Snapshot:
    """Return the live state for a snapshot file; see ``snapshot_backend``."""
    with backend.open() as session:
        session.applier()
        return taken(session)


def snapshot_backend(content: bytes, now: Instant) -> Backend:
    """Return the backend for a file that ``snapshot`` wrote; *now* is our own time.

    Raises:
        BackendError: it is damaged, none, or from a time that has not come yet.
    """
    content_snapshot = decoded(content, limits_of)
    check_taken(content_snapshot, now)
    return SnapshotBackend(content_snapshot)


def history(backend: Backend, limit: int | None, since: Instant | None, who: str) -> list[Link]:
    """Return the newest rows of the audit trail first.

    Raises:
        CredentialError: there is a credential, and it is not accepted.
    """
    with backend.open() as session:
        trail = session.trail
        session.applier()
        return list(trail.latest(limit, since, who))


FOUND_THEN = "tells of keys and log-ins as they were found then: nothing shows what came before"


@dataclass(frozen=True, slots=True)
class TrailReport:
    """The result of verifying an audit trail.

    ``flaws`` are rows that are not as they were written; ``differences``, asked
    for only where there are none, what the rows do not tell of what is live, and
    ``mismatches`` the rows of the system beside that, or those that cannot be read.
    ``checkpoint`` is how far the trail goes, None if it is empty. ``counts`` are
    given where a run can end half-way. ``notices`` are what there is to know of
    rows and is no fault.
    """

    flaws: tuple[Flaw, ...]
    differences: tuple[ReplayDifference, ...]
    rows: int
    checkpoint: Checkpoint | None
    mismatches: tuple[Mismatch, ...] = ()
    counts: Counts | None = None
    notices: tuple[Flaw, ...] = ()

    @property
    def whole(self) -> bool:
        """True if there is no fault."""
        return not (self.flaws or self.differences or self.mismatches)


def verify(backend: Backend, checkpoints: Sequence[Checkpoint]) -> TrailReport:
    """Check the trail: its chain, earlier *checkpoints*, and the match with the live state.

    Raises:
        CredentialError: there is a credential, and it is not accepted.
        NoTrail: there is none here of an account that has its trail elsewhere than its rows.
        BackendError: what is live cannot even be opened.
    """
    with backend.open() as session:
        trail, damage = session.trail, tuple(session.damage())
        if not damage:
            session.applier()
        links = list(trail.links())
        # Where others change things past us, our rows tell of our own changes only.
        complete = session.capabilities.atomic
        chain_flaws = _flaws(links, checkpoints, session.catalogue if complete else None)
        last = checkpoint(links[-1], session.now()) if links else None
        if not (complete or links or chain_flaws):
            raise _no_trail(session)
        notices = tuple(_notices(links, chain_flaws))
        verdict = TrailReport(chain_flaws, (), len(links), last, damage, None, notices)
        if chain_flaws or damage:
            return verdict
        records = [row.record for row in links]
        if not complete:
            unrecorded = tuple(session.unrecorded(records))
            return replace(verdict, mismatches=unrecorded, counts=counted(records))
        changed = tuple(differences(replay(records, session.catalogue), session.read()))
        return replace(verdict, differences=changed, mismatches=tuple(session.unrecorded(records)))


def _no_trail(session: Session) -> NoTrail:
    message = f"there is no trail here of what was done to `{session.target.account}`"
    hint = f"it is in the journal of those who apply, and this one is `{session.trail.place}`;"
    return NoTrail(message, hint=f"{hint} see `RBAC_SYNC_JOURNAL_URL` and `RBAC_SYNC_STATE_DIR`")


def _flaws(
    links: Sequence[Link], checkpoints: Sequence[Checkpoint], catalogue: Catalogue | None
) -> tuple[Flaw, ...]:
    """Return the faults of the rows; with a *catalogue*, also of the changes that they make.

    What comes later is looked at if nothing came before.
    """
    row_flaws = tuple(flaws(links, checkpoints)) or tuple(unreadable_rows(links))
    return row_flaws if row_flaws or catalogue is None else tuple(gaps(links, catalogue))


def _notices(links: Sequence[Link], row_flaws: Sequence[Flaw]) -> Iterator[Flaw]:
    """Yield notes on rows that are no flaws."""
    yield from clock_set_back(links)
    for row in links if not row_flaws else ():
        if (row.record.info or {}).get(ADOPTED):
            yield Flaw(row.seq, FOUND_THEN)
