"""The latest changes of an account, from the events of the service.

The names of events and the form of their resources are documented. Their other content is not:
that an event about a team membership names the team as a related resource is a guess.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from urllib.parse import parse_qs, urlencode, urlsplit
from uuid import UUID

from ...audit.record import Touch
from ...errors import BackendError
from ...model import Address, Instant
from ...named_tuples import NamedTuple
from ...wire.exchange import written
from ...wire.prefect_cloud import events as wire
from ...wire.prefect_cloud.events import ID, NAME, ROLE
from ...wire.prefect_cloud.filters import LONGEST_PAGE
from ..database.parts import batched
from ..remote.request import Request
from .api import Api
from .lists import BATCH, MOST_PAGES

RIGHT = "read:audit_event"
PREFIX = "prefect-cloud."
ACTOR = "actor"
TEAM, MEMBER = "team", "team-membership"

SLACK = timedelta(minutes=1)
"""A margin: a service reports its time in whole seconds, and some report it late."""

Subjects = Mapping[str, Sequence[Address]]
"""Addresses by the name of their resource in events, a type and an id: ``team.<uuid>``."""


class _Query(NamedTuple):
    """A query for events of these types, with these resources as subject or as related ones."""

    types: Sequence[str]
    about: Sequence[str] = ()
    beside: Sequence[str] = ()

    def filter(self, end: Instant) -> wire.EventFilter:
        """Return the filter for the longest span of time that ends at *end*."""
        resource = wire.EventResourceFilter(id=list(self.about)) if self.about else None
        beside = wire.EventAnyResourceFilter(id=list(self.beside)) if self.beside else None
        return wire.EventFilter(
            occurred=wire.EventOccurredFilter(since=end - wire.LONGEST, until=end),
            event=wire.EventNameFilter(prefix=[f"{PREFIX}{type_}." for type_ in self.types]),
            resource=resource,
            any_resource=beside,
        )


def touched(api: Api, subjects: Subjects) -> dict[Address, Touch]:
    """Return who last changed each of *subjects*; nothing if the caller may not see events."""
    touches: dict[Address, Touch] = {}
    if RIGHT not in api.rights:
        return touches
    for query in _queries(subjects):
        for event in _events(api, query):
            touch = Touch(event.occurred, actor(event))
            for address in _about(event, subjects):
                if address not in touches or touches[address].at < touch.at:
                    touches[address] = touch
    return touches


def recent(api: Api, kind: str) -> list[wire.ReceivedEvent]:
    """Return the latest events of *kind*, oldest first; none if the caller may not see events."""
    if RIGHT not in api.rights:
        return []
    return sorted(_events(api, _Query([kind])), key=lambda event: event.occurred)


def _queries(subjects: Iterable[str]) -> Iterator[_Query]:
    """Yield the queries for the events of *subjects* and of nothing else."""
    for batch in batched(sorted(subjects), BATCH):
        types = sorted({name.partition(".")[0] for name in batch})
        yield _Query(types, about=[f"{PREFIX}{name}" for name in batch])
    teams = [name for name in sorted(subjects) if name.partition(".")[0] == TEAM]
    for batch in batched(teams, BATCH):
        yield _Query([MEMBER], beside=[f"{PREFIX}{name}" for name in batch])


def _events(api: Api, query: _Query) -> Iterator[wire.ReceivedEvent]:
    """Yield the events of *query*, page after page; an error or a repeated page ends the list.

    *Why* no error: the name of the person is additional information about a known change.
    """
    seen: set[UUID] = set()
    path = f"accounts/{api.membership.account_id}/events/filter"
    body = wire.ReadEvents(limit=LONGEST_PAGE, filter=query.filter(api.now() + SLACK))
    call: Request | None = Request("POST", path, written(body), right=RIGHT)
    for _ in range(MOST_PAGES):
        if call is None:
            return
        try:
            page: wire.EventPage = api.answer(call, wire.EventPage)
        except BackendError:
            return
        new = [event for event in page.events if event.id not in seen]
        yield from new
        seen.update(event.id for event in new)
        call = _next(path, page) if new else None


def _next(path: str, page: wire.EventPage) -> Request | None:
    """Return the request for the page after *page*, None after the last.

    *Why* not its URL: the key is sent only to its own host, whatever a response contains.
    """
    token = parse_qs(urlsplit(page.next_page or "").query).get(wire.PAGE_TOKEN, [])
    if not token:
        return None
    return Request("GET", f"{path}/next", right=RIGHT, query=urlencode({wire.PAGE_TOKEN: token[0]}))


def _about(event: wire.ReceivedEvent, subjects: Subjects) -> Iterator[Address]:
    """Yield the addresses of *event*; if several share its id, the one with its name, if any."""
    for name in _names(event):
        addresses = subjects.get(name, ())
        exact = [each for each in addresses if str(each) == event.resource.get(NAME)]
        yield from exact or addresses


def _names(event: wire.ReceivedEvent) -> Iterator[str]:
    yield event.resource.get(ID, "").removeprefix(PREFIX)
    if event.event.startswith(f"{PREFIX}{MEMBER}."):
        yield from (part.get(ID, "").removeprefix(PREFIX) for part in event.related)


def actor(event: wire.ReceivedEvent) -> str:
    """Return the name of the actor of *event* in the service; empty if it names none."""
    names = (part.get(NAME, "") for part in event.related if part.get(ROLE) == ACTOR)
    return next(names, "")
