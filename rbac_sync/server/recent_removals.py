"""The changes of the last hour, from the trail of an account: limits on removals are for a period.

*Why* the trail and no counter: several servers on one store, and a restarted
server, count together.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import timedelta

from ..audit.record import change
from ..backends.store.session import StoreSession
from ..guard.earlier import PARTS, Earlier
from ..model import Instant, Kind
from ..model.kind import SPECS

LOOSENED = {"deletes", "losers"}
"""The limits on removals, by their names in the record of a run that may pass them."""

WINDOW = timedelta(hours=1)


def changes_of_last_hour(
    session: StoreSession, now: Instant
) -> Callable[[Collection[Kind]], list[Earlier]]:
    """Return a function that reads the changes of the last hour, oldest first.

    Of the kinds whose things have no name of their own, it reads only those given.
    """

    def read(kinds: Collection[Kind]) -> list[Earlier]:
        tables = [spec.table for kind, spec in SPECS.items() if kind not in PARTS or kind in kinds]
        return [
            Earlier(change(record), LOOSENED.isdisjoint((record.info or {}).get("allowed", ())))
            for record in session.recorded(now - WINDOW, tables)
        ]

    return read
