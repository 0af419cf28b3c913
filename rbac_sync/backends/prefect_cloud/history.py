"""Who changed what lately: the audit events of an account.

The names of events and the form of their resources are documented, what stands in them only in
part: ids are looked for at the end of a resource's name, and what has none of ours is passed over.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta

from ...audit.record import Touch
from ...errors import Forbidden, NotFound
from ...model import Address
from ...wire.exchange import written
from ...wire.prefect_cloud import events as wire
from ..call import Call
from ..exchange import told
from .api import Api

RIGHT = "read:audit_event"
PREFIX = "prefect-cloud."
ACTOR = "actor"
LONGEST = timedelta(days=14)
"""What one query may span. Source: the documentation."""

SLACK = timedelta(minutes=1)
"""A service says in whole seconds what time it is, and some say it late."""

MOST = 200
"""Events of one page; the latest are enough for what is to be looked at today."""


def touched(api: Api, ids: Mapping[str, Address]) -> dict[Address, Touch]:
    """Return who last changed the thing of each of *ids*; nothing if who asks must not know."""
    if RIGHT not in api.rights or not ids:
        return {}
    found: dict[Address, Touch] = {}
    for event in _latest(api):
        address = ids.get(event.resource.get("prefect.resource.id", "").rpartition(".")[2])
        if address is not None:
            found.setdefault(address, Touch(event.occurred, _actor(event)))
    return found


def _latest(api: Api) -> Iterator[wire.ReceivedEvent]:
    """Yield the events that a page holds, the newest first."""
    end = api.now() + SLACK
    asked = wire.ReadEvents(
        limit=MOST,
        filter=wire.EventFilter(
            occurred=wire.EventOccurredFilter(since=end - LONGEST, until=end),
            event=wire.EventNameFilter(prefix=[PREFIX]),
        ),
    )
    path = f"accounts/{api.membership.account_id}/events/filter"
    call = Call("POST", path, written(asked), right=RIGHT)
    try:
        page: wire.EventPage = told(call, wire.EventPage, api.client.send(call).value)
    except (Forbidden, NotFound):
        return
    yield from page.events


def _actor(event: wire.ReceivedEvent) -> str:
    names = (
        part.get("prefect.resource.name", "")
        for part in event.related
        if part.get("prefect.resource.role") == ACTOR
    )
    return next(names, "")
