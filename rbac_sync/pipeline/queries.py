"""Queries of the live state and of the audit trail. Nothing here changes anything."""

from __future__ import annotations

import sys
from collections import deque
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING

from ..backends import limits_of
from ..dataclasses import dataclass, replace
from ..errors import BackendError, NoTrail
from ..model import Address, Catalogue, Horizon, Instant, State
from ..named_tuples import NamedTuple
from ..planning import Capabilities, Expresses, Writes

if TYPE_CHECKING:
    from ..audit.chain import Checkpoint
    from ..audit.record import Record, Touch
    from ..audit.search import Search
    from ..audit.trail_check import TrailReport
    from ..backends.interface import Backend, Session, Target, Trail
    from ..backends.snapshot import Snapshot
    from ..guard import Access
    from ..model.settings import Settings

ELSEWHERE = (
    "the trail is in the journal of those who apply; the journal here is `{}`;"
    " see `RBAC_SYNC_JOURNAL_URL` and `RBAC_SYNC_STATE_DIR`"
)


@dataclass(frozen=True)
class LiveAccount:
    """The live state of an account at one moment.

    ``applier`` is the principal of the credential, if there is one; ``horizon`` says what was read.
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
        from ..guard import Access

        return Access(self.state, self.catalogue)


def live_account(backend: Backend, *, objects: Collection[Address] | None = ()) -> LiveAccount:
    """Return the live state with the access lists of *objects*; None reads all of them."""
    with backend.open() as session:
        session.show_lists(objects)
        return account_of(session)


@contextmanager
def open_account(backend: Backend, objects: Collection[Address]) -> Iterator[LiveAccount]:
    """Open the live state with the access lists of *objects*; a store reads the needed parts.

    An error at the end is ignored, for all that was needed has been read. *Why*: a database may
    have ended the transaction while somebody was reading the output.
    """
    is_done = False
    try:
        with backend.open() as session:
            session.show_lists(objects)
            yield _account(session, live_state(session))
            is_done = True
    except BackendError:
        if not is_done:
            raise


def account_of(session: Session) -> LiveAccount:
    """Return the live account that *session* reads."""
    return _account(session, session.read())


def live_state(session: Session) -> State:
    """Return the live state; that of a store reads its parts when needed, while it is open."""
    recorded = session.recorded_session
    return recorded.state() if recorded else session.read()


def _account(session: Session, live: State) -> LiveAccount:
    return LiveAccount(
        _explained(session, live),
        session.catalogue,
        session.target,
        session.capabilities,
        session.now(),
        session.applier(),
        session.horizon(),
    )


def last_touch(backend: Backend, who: Address) -> Touch | None:
    """Return the last recorded change of *who*, who may be deleted; None if there is none."""
    with backend.open() as session:
        if session.recorded_session is None:
            session.read()
        return session.touched({who}).get(who)


def _explained(session: Session, live: State) -> State:
    """Return *live* with reasons from the local trail if the service keeps none."""
    if Expresses.REASONS in session.capabilities.expresses:
        return live
    from ..audit.replay import with_recorded_reasons

    return with_recorded_reasons(
        live, (row.record for row in session.trail.links()), session.catalogue
    )


def snapshot(backend: Backend) -> Snapshot:
    """Return the live state for a snapshot file; see ``snapshot_backend``."""
    from ..backends.snapshot import take_snapshot

    with backend.open() as session:
        session.applier()
        return take_snapshot(session)


def snapshot_backend(settings: Settings, content: bytes, now: Instant) -> Backend:
    """Return the backend for a file that ``snapshot`` wrote; *now* is our own time.

    Raises:
        BackendError: it is damaged, no snapshot, from a future time, or not of the account of
            *settings*.
    """
    from ..backends.snapshot import SnapshotBackend, check_account, check_moment, decoded

    content_snapshot = decoded(content, limits_of)
    check_moment(content_snapshot, now)
    check_account(content_snapshot, settings)
    return SnapshotBackend(content_snapshot)


class SelectedRows(NamedTuple):
    """The newest rows that a search selects, each with its number, newest first.

    If there are none, ``unmet`` are the criteria that no row meets, by name, and ``size`` is the
    number of the last row.
    """

    rows: Sequence[tuple[int, Record]]
    size: int = 0
    unmet: Collection[str] = ()


def history(backend: Backend, search: Search, most: int | None) -> SelectedRows:
    """Return the newest rows of the audit trail that *search* selects, at most *most*.

    Raises:
        CredentialError: there is a credential, and it is not accepted.
    """
    with backend.open() as session:
        trail = session.trail
        session.applier()
        stop = most if most is None else min(most, sys.maxsize)
        if rows := list(islice(_selected(trail, search), stop)):
            return SelectedRows(rows)
        last = next(trail.latest(), None)
        unmet = [
            name
            for name, alone in search.criteria()
            if alone == search or not any(_selected(trail, alone))
        ]
        return SelectedRows((), last.seq if last else 0, unmet)


def _selected(trail: Trail, search: Search) -> Iterator[tuple[int, Record]]:
    """Yield the rows of *trail* that *search* selects, newest first."""
    rows = ((link.seq, link.record) for link in trail.latest(search))
    return (row for row in rows if search.selects(row[1]))


def verify(backend: Backend, checkpoints: Sequence[Checkpoint]) -> TrailReport:
    """Check the trail: its chain, earlier *checkpoints*, and the match with the live state.

    Raises:
        CredentialError: there is a credential, and it is not accepted.
        NoTrail: the account keeps its trail outside of its rows, and it is not here.
        BackendError: the account cannot be opened.
    """
    from ..audit.chain import checkpoint
    from ..audit.trail_check import TrailCheck, TrailReport

    with backend.open() as session:
        trail, damage = session.trail, tuple(session.damage())
        if not damage:
            session.applier()
        # If others change the account directly, our rows record only our own changes.
        complete = Writes.WHOLE_RUNS in session.capabilities.writes
        check = TrailCheck(checkpoints, session.catalogue if complete else None)
        deque(check.records(trail.links()), maxlen=0)  # reading a record checks it
        last = checkpoint(check.last, session.now()) if check.last else None
        if not (complete or check.last or check.flaws):
            message = f"there is no trail here of what was done to `{session.target.account}`"
            raise NoTrail(message, hint=ELSEWHERE.format(session.trail.place))
        verdict = TrailReport(check.flaws, (), damage, check.rows, last, None, check.notices)
        if check.flaws or damage:
            return verdict
        if complete:
            verdict = replace(verdict, differences=tuple(check.differences(session.read)))
        else:
            verdict = replace(verdict, counts=check.counts)
        del check  # which holds the state after the trail
        return replace(verdict, mismatches=tuple(session.unrecorded()))
