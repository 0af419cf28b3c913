"""Undo: a plan that reverts a run."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from ..audit.chain import Checkpoint, Flaw, Link
from ..audit.replay import ReplayDifference, recorded_changes
from ..audit.row_facts import Mismatch
from ..audit.trail_check import TrailCheck
from ..backends.interface import Backend, Session
from ..errors import BackendError, Diagnostic
from ..model import Declaration, Manage, Subject
from ..planning import Writes, objects_of
from .configuration import Configuration
from .fresh_plan import Planning
from .review import Review
from .run_options import RunOptions

if TYPE_CHECKING:
    from ..audit.undo import UndoResult

PARTIAL = "put the configuration back to what it was, and apply that"
UNTRUE = f"`rbac-sync audit verify` shows all that is wrong; {PARTIAL}"


def undo(
    configuration: Configuration,
    backend: Backend,
    run_text: str,
    options: RunOptions,
    checkpoints: Sequence[Checkpoint] = (),
) -> Review:
    """Return the plan that reverts the run whose id starts with *run_text*, judged as any other.

    Raises:
        BackendError: the trail is not complete or not valid.
        RbacSyncError: there is no such run, or its resources have changed since.
    """
    with backend.open() as session:
        if Writes.WHOLE_RUNS not in session.capabilities.writes:
            message = "the trail of this account records only what rbac-sync did"
            raise BackendError(message, hint=PARTIAL)
        links = list(session.trail.links())
        if fault := next(_faults(links, session, checkpoints), None):
            raise BackendError(f"the audit trail cannot be believed: {fault}", hint=UNTRUE)
        declaration = _declaration_without(configuration, session, run_text, links)
        return Planning(configuration, session, options).judge(declaration)


def _faults(
    links: Sequence[Link], session: Session, checkpoints: Sequence[Checkpoint]
) -> Iterator[Flaw | ReplayDifference | Mismatch]:
    """Yield the faults of the trail; later checks run only if earlier ones find nothing."""
    yield from session.damage()
    check = TrailCheck(checkpoints, session.catalogue)
    deque(check.records(links), maxlen=0)
    yield from check.flaws
    yield from check.differences(session.read)
    yield from session.unrecorded()


def _declaration_without(
    configuration: Configuration, session: Session, run_text: str, links: Sequence[Link]
) -> Declaration:
    """Return the configuration's declaration with the state before the run as desired state."""
    from ..audit.undo import run_named, without

    records = [link.record for link in links]
    run = run_named(run_text, records)
    session.show_lists(objects_of(recorded_changes(records, run)))
    undone = without(run, records, session.catalogue, session.read(), session.now())
    configured = configuration.declaration_for(session)
    return replace(
        configured,
        former={new: (old,) for new, old in undone.former.items()},
        desired=undone.state,
        manage=dict.fromkeys(Subject, Manage.ALL),
        unstated={},
        silent_defaults=frozenset(),
        silent_access=frozenset(),
        ended=frozenset(),
        advice=(*configured.advice, *_keys(undone)),
    )


def _keys(undone: UndoResult) -> Sequence[Diagnostic]:
    """Return advice about each key that the undo does not change."""
    message = "`{}` stays as it is: no undo makes a revoked key again, or changes a person's key"
    hint = "make or revoke it with `rbac-sync store key`, if it is wanted"
    return [Diagnostic("RS512", message.format(key), hint=hint) for key in undone.keys]
