"""The recent removals of an account, from its trail: limits on removals are for a period.

*Why* the trail and no counter: several servers on one store, and a restarted
server, count together.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from ..audit.record import DONE, change
from ..backends.store.session import StoreSession
from ..model import Action, Address, Instant, Kind
from ..planning import Change

PARTS = (Kind.BINDING, Kind.KEY, Kind.OBJECT)
LOOSENED = {"deletes", "losers"}
"""The limits on removals, by their names in the record of a run that may pass them."""

WINDOW = timedelta(hours=1)
MOST = 5000
"""The most rows of the trail that are read. *Why*: each request reads them."""


def removals_of_last_hour(session: StoreSession, now: Instant) -> tuple[Change, ...] | None:
    """Return the updates and deletions of the last hour that are counted with those of a request.

    The creations of things that are new since then are in it, too, under the present names. Later
    changes of these things are not counted, nor the changes of a run whose record allows removals
    beyond the limits. None: there are more rows than are read.
    """
    records = session.recorded(now - WINDOW, MOST + 1)
    if len(records) > MOST:
        return None
    made, counted = dict[Address, Change](), list[Change]()
    for record in reversed(records):
        if record.result != DONE:
            continue
        each = change(record)
        before, address, is_rename = each.before, each.address, each.action is Action.RENAME
        if before is None:
            made[address] = each
        elif is_rename or address not in made:
            allowed = (record.info or {}).get("allowed", {})
            counted += [] if LOOSENED & allowed.keys() else [each]
        elif each.after is None:
            del made[address]
        if before and address.kind not in PARTS and (is_rename or each.after is None):
            made = _without_parts(made)
        if before and is_rename and (new := made.pop(before.address, None)):
            made[address] = replace(new, after=each.after)
    return (*counted, *made.values())


def _without_parts(made: Mapping[Address, Change]) -> dict[Address, Change]:
    """Return *made* without the creations whose address contains the name of another thing.

    *Why*: once that thing is deleted or renamed, the address is gone, or is that of another thing.
    """
    return {address: each for address, each in made.items() if address.kind not in PARTS}
