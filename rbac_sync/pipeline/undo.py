"""Undo: a plan that takes a run back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from ..audit.chain import Checkpoint, Flaw, Link, flaws
from ..audit.replay import ReplayDifference, differences, gaps, illegible, replay
from ..audit.row_facts import Mismatch
from ..audit.undo import UndoResult, run_named, without
from ..backends.interface import Backend, Session
from ..errors import BackendError, Diagnostic
from ..model import Declaration, Manage, Subject
from .configuration import Configuration, RunOptions
from .plan import Review, judged

PARTIAL = "put the configuration back to what it was, and apply that"
UNTRUE = f"`rbac-sync audit verify` shows all that is wrong; {PARTIAL}"


def undo(
    configuration: Configuration,
    backend: Backend,
    written: str,
    options: RunOptions,
    checkpoints: Sequence[Checkpoint] = (),
) -> Review:
    """Return the plan that takes back the run whose id *written* is or begins, judged as any other.

    Raises:
        BackendError: the trail tells too little of the account, or cannot be believed.
        RbacSyncError: there is no such run, or what it changed has changed since.
    """
    with backend.open() as session:
        if not session.capabilities.atomic:
            message = "the trail of this account tells only what rbac-sync did"
            raise BackendError(message, hint=PARTIAL)
        links = list(session.trail.links())
        _check_trail(links, session, checkpoints)
        return judged(
            configuration, session, options, _undone(configuration, session, written, links)
        )


def _check_trail(
    links: Sequence[Link], session: Session, checkpoints: Sequence[Checkpoint]
) -> None:
    """Check that the trail is as it was written, without a gap, and that it tells what is live.

    Raises:
        BackendError: it is not.
    """
    if wrong := next(_wrong(links, session, checkpoints), None):
        raise BackendError(f"the audit trail cannot be believed: {wrong}", hint=UNTRUE)


def _wrong(
    links: Sequence[Link], session: Session, checkpoints: Sequence[Checkpoint]
) -> Iterator[Flaw | ReplayDifference | Mismatch]:
    """Yield what is wrong with the trail; what comes later is looked at if nothing came before."""
    yield from session.damage()
    yield from flaws(links, checkpoints)
    yield from illegible(links)
    yield from gaps(links, session.catalogue)
    records = [link.record for link in links]
    yield from differences(replay(records, session.catalogue), session.read())
    yield from session.unrecorded(records)


def _undone(
    configuration: Configuration, session: Session, written: str, links: Sequence[Link]
) -> Declaration:
    """Return the configuration's own declaration with the account as it would be in its place."""
    records = [link.record for link in links]
    run = run_named(written, records)
    undone = without(run, records, session.catalogue, session.read())
    declared = configuration.declared_for(session)
    return replace(
        declared,
        former=undone.former,
        desired=undone.state,
        manage=dict.fromkeys(Subject, Manage.ALL),
        unstated={},
        silent_defaults=frozenset(),
        silent_access=frozenset(),
        ended=frozenset(),
        advice=(*declared.advice, *_keys(undone)),
    )


def _keys(undone: UndoResult) -> Sequence[Diagnostic]:
    """Return advice about each key that stays as it is."""
    message = "`{}` is not put back: the secret of a key is gone with it, and people's are theirs"
    hint = "make or revoke it with `rbac-sync store key`, if it is wanted"
    return [Diagnostic("RS512", message.format(key), hint=hint) for key in undone.keys]
