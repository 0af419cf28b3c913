"""The recent removals of an account, from its trail: limits on removals are for a period.

*Why* the trail and no counter: several servers on one store, and a restarted
server, count together.
"""

from __future__ import annotations

from datetime import timedelta

from ..audit.record import DONE, change
from ..backends.store.session import StoreSession
from ..model import Action, Address, Instant, Kind
from ..planning import Change

PARTS = (Kind.BINDING, Kind.KEY, Kind.OBJECT)
WINDOW = timedelta(hours=1)
MOST = 5000
"""The most rows of the trail that are read. *Why*: each request reads them."""


def lately(session: StoreSession, now: Instant) -> tuple[Change, ...] | None:
    """Return the updates and deletions of the last hour that are counted with those of a request.

    None: more was changed than is read. Changes of things that were created within the hour are
    not counted, nor those of a run whose record allows removals beyond the limits.
    """
    records = session.recorded(now - WINDOW, MOST + 1)
    if len(records) > MOST:
        return None
    made, changes = set[Address](), list[Change]()
    for record in reversed(records):
        if record.result != DONE:
            continue
        each = change(record)
        address, is_rename = each.address, each.action is Action.RENAME
        if each.before is None:
            made.add(address)
        elif is_rename or address not in made:
            changes += [] if (record.info or {}).get("allowed") else [each]
        elif each.after is None:
            made.remove(address)
        if is_rename and each.before:
            made = _renamed(made, each.before.address, address)
    return tuple(changes)


def _renamed(made: set[Address], old: Address, new: Address) -> set[Address]:
    """Return the new things *made* after the thing *old* got the name *new*.

    Those with names of other things in their addresses are left out, and count: these names may
    be of older things now.
    """
    return {new if each == old else each for each in made if each.kind not in PARTS}
