"""The recent removals of an account, from its own trail: limits on removals hold over a time.

*Why* the record and no counter: several servers over one store, and a server
that is started anew, count together.
"""

from __future__ import annotations

from datetime import timedelta

from ..audit.record import DONE, Record, change
from ..backends.store.session import StoreSession
from ..model import Instant
from ..planning import Change

WINDOW = timedelta(hours=1)
MOST = 5000
"""Rows of the record that are looked at, the newest ones. *Why* a bound: each request looks."""


def lately(session: StoreSession, now: Instant) -> tuple[Change, ...]:
    """Return the updates and deletions of the last hour that count with those of a request.

    What was made within the hour is not counted when it is changed or gone
    again, nor what a run was allowed to remove, on record, beyond the limits.
    """
    made, changes = set[str](), list[Change]()
    for record in reversed(session.recorded(now - WINDOW, MOST)):
        if record.result != DONE:
            continue
        if record.before is None:
            made.add(record.object_id)
        elif record.object_id not in made:
            changes += _counted(record)
        elif record.after is None:
            made.remove(record.object_id)
    return tuple(changes)


def _counted(record: Record) -> list[Change]:
    return [] if (record.info or {}).get("allowed") else [change(record)]
