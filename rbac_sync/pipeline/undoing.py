"""From a run on record to a plan that takes it back."""

from __future__ import annotations

from dataclasses import replace

from ..audit.undo import former_names, run_named, without
from ..backends.interface import Backend, Session
from ..errors import BackendError
from ..model import Declaration, Manage, Subject
from .configuration import Configuration, Wish
from .review import Review, judged

PARTIAL = "put the configuration back to what it was, and apply that"


def undo(configuration: Configuration, backend: Backend, written: str, wish: Wish) -> Review:
    """Return the plan that takes back the run whose id *written* is or begins, judged as any other.

    Raises:
        BackendError: the trail tells too little of the account.
        RbacSyncError: there is no such run, or what it changed has changed since.
    """
    with backend.open() as session:
        if not session.capabilities.atomic:
            message = "the trail of this account tells only what rbac-sync did"
            raise BackendError(message, hint=PARTIAL)
        return judged(configuration, session, wish, _undone(configuration, session, written))


def _undone(configuration: Configuration, session: Session, written: str) -> Declaration:
    """Return the configuration's own declaration with the account as it would be in its place."""
    records = [link.record for link in session.trail.links()]
    run = run_named(written, records)
    return replace(
        configuration.declared_for(session),
        former=former_names(run, records),
        desired=without(run, records, session.catalogue, session.read()),
        manage=dict.fromkeys(Subject, Manage.ALL),
        unstated={},
        silent_defaults=frozenset(),
        silent_access=frozenset(),
        ended=frozenset(),
    )
