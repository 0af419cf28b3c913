"""The recent removals of an account, from its trail: limits on removals are for a period.

*Why* the trail and no counter: several servers on one store, and a restarted
server, count together.
"""

from __future__ import annotations

from datetime import timedelta

from ..audit.record import DONE, change
from ..backends.store.session import StoreSession
from ..model import Instant
from ..planning import Change

WINDOW = timedelta(hours=1)
MOST = 5000
"""The most rows of the trail that are read, the newest ones. *Why*: each request reads them."""


def lately(session: StoreSession, now: Instant) -> tuple[Change, ...]:
    """Return the updates and deletions of the last hour that are counted with those of a request.

    Changes of things that were created within the hour are not counted, nor those of a
    run whose record allows removals beyond the limits.
    """
    made, changes = set[str](), list[Change]()
    for record in reversed(session.recorded(now - WINDOW, MOST)):
        if record.result != DONE:
            continue
        if record.before is None:
            made.add(record.object_id)
        elif record.object_id not in made:
            changes += [] if (record.info or {}).get("allowed") else [change(record)]
        elif record.after is None:
            made.remove(record.object_id)
    return tuple(changes)
