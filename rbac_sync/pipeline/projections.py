"""An account in another state than the live one: as planned, or as it was."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterator
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING

from ..audit.chain import VERIFY, Link
from ..audit.trail_check import TrailCheck
from ..backends.interface import Backend, Session, Trail
from ..errors import NoTrail, RbacSyncError
from ..model import Address, Instant, ObjectAccess, State
from ..model.address import object_name, object_workspace
from ..model.horizon import WHOLE
from ..model.instant import parsed, rfc3339
from ..model.resources import opened
from ..planning import Writes, followed, objects_of
from ..planning.target_form import normal
from .fresh_plan import planner_for
from .queries import LiveAccount, account_of
from .saved_plan import remaining_changes

if TYPE_CHECKING:
    from ..planning.planfile import SavedPlan
    from .configuration import Configuration


def desired_account(
    configuration: Configuration, backend: Backend, objects: Collection[Address]
) -> LiveAccount:
    """Return the account as it is after everything that *configuration* declares is applied.

    Changes that wait for an invitation or for the next run are not included. The access lists of
    *objects* are.

    Raises:
        ConfigError: the configuration cannot be used as written.
    """
    with backend.open() as session:
        declaration = configuration.declaration_for(session)
        session.show_lists({*objects, *declaration.desired.of(ObjectAccess)})
        account = account_of(session)
        plan = planner_for(session, declaration, account.state).plan(declaration, account.state)
        return replace(account, state=plan.outcome)


def planned_account(
    configuration: Configuration, backend: Backend, objects: Collection[Address], saved: SavedPlan
) -> LiveAccount:
    """Return the account as it is after *saved* is applied, with the access lists of *objects*.

    Raises:
        StalePlan: the state that it was made from has changed.
    """
    with backend.open() as session:
        session.show_lists({*objects, *objects_of(saved.changes)})
        account = account_of(session)
        declaration = configuration.declaration(session.catalogue, saved.created)
        live = normal(account.state, session.catalogue)
        changes, stale = remaining_changes(session, saved, configuration, declaration, live)
        if stale:
            raise stale
        return replace(account, state=followed(live, changes))


def past_account(backend: Backend, objects: Collection[Address], moment: Instant) -> LiveAccount:
    """Return the account as it was at *moment*, from the audit trail, with the terms of that time.

    It includes the access lists of those *objects* that the trail records or that are live.

    Raises:
        NoTrail: the trail does not hold every change.
        RbacSyncError: *moment* is before the first row, or has not come yet.
    """
    with backend.open() as session:
        _check_trail(session, moment)
        check = TrailCheck((), session.catalogue)
        deque(check.records(_until(moment, session.trail)), maxlen=0)
        if check.flaws:
            message = f"the trail of `{session.target.account}` is damaged: {check.flaws[0]}"
            raise NoTrail(message, hint=VERIFY)
        return LiveAccount(
            _with_open_lists(check.state(), session, objects),
            session.catalogue,
            session.target,
            session.capabilities,
            moment,
            session.applier(),
            WHOLE,
        )


def _with_open_lists(past: State, session: Session, objects: Collection[Address]) -> State:
    """Return *past* with an open list for each live object of *objects* that had no list then.

    *Why*: the creation of objects is not on record; a list that nobody has changed is open.
    """
    missing = [each for each in objects if not past.knows(each)]
    if not missing:
        return past
    session.show_lists(missing)
    live, draft = session.read(), past.draft()
    for each in missing:
        if live.knows(each) and past.knows(object_workspace(each)):
            draft.put(opened(object_workspace(each), object_name(each)))
    return draft


def _check_trail(session: Session, moment: Instant) -> None:
    """Check that the trail of *session* holds every change, and that *moment* is past.

    Raises:
        NoTrail: it does not.
        RbacSyncError: *moment* is not.
    """
    if Writes.WHOLE_RUNS not in session.capabilities.writes:
        message = f"no trail holds every change of `{session.target.account}`"
        raise NoTrail(message, hint="only a store has its whole past on record")
    if moment > (now := session.now()):
        message = f"{rfc3339(moment)} is in the future; it is {rfc3339(now)}"
        raise RbacSyncError(message, hint="name a time in the past")


def _until(moment: Instant, trail: Trail) -> Iterator[Link]:
    """Return the rows of *trail* up to the last one that was written by *moment*.

    *Why* the last: if a clock was set back, an older row may have a later date.

    Raises:
        RbacSyncError: there is none.
    """
    first, last = None, 0
    for row in trail.links():
        written = parsed(row.texts[0] or "")
        first = first or written
        if written <= moment:
            last = row.seq
    if not last:
        begins = f"the trail begins at {rfc3339(first)}" if first else "the trail is empty"
        raise RbacSyncError(begins, hint="name a moment after its first row")
    return islice(trail.links(), last)
