"""The audit trail as events, each with its id, its object and its actor."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Literal
from uuid import uuid5

from ....audit.events import TrailEvent, TrailRow
from ....backends.store.trail import PART
from ....model import Address, Binding, Instant, Kind, ObjectAccess, Team, Workspace
from ....model.address import printed, service_account, user
from ....named_tuples import NamedTuple
from ....wire.prefect_cloud.events import ID, NAME, ROLE, ReceivedEvent
from ...directory.subjects import held_places, subject_id
from ...read_view import ReadView

PREFIX = "prefect-cloud"
SA = "sa:"

EventPlace = tuple[Instant, Literal[0], str, str] | tuple[Instant, Literal[1], int, int]
"""The place of an event in the order of events: its time; then, for an event of the trail, 1, the
number of its row and its place among the events of that row; for an event of a client, 0, the time
of its receipt and the id of its document."""


class PlacedEvent(NamedTuple):
    """An event with its place in the order of events."""

    place: EventPlace
    event: ReceivedEvent


def events(
    view: ReadView, walked: Iterable[tuple[TrailRow, int]], most: int = PART
) -> Iterator[PlacedEvent]:
    """Yield the events *walked*, each by its row and its place among the events of the row.

    They are read, and the ids of their objects, as needed, *most* at once.
    """
    rest = iter(walked)
    while part := list(islice(rest, most)):
        view.register.expect_held({place for row, _ in part for place in held_places(row.thing)})
        for row, n in part:
            event = _event(view, row, row.events[n])
            yield PlacedEvent((event.occurred, 1, row.link.seq, -n), event)


def name(event: TrailEvent) -> str:
    """Return the name of *event* in the API."""
    return f"{PREFIX}.{event.name}"


def _event(view: ReadView, row: TrailRow, event: TrailEvent) -> ReceivedEvent:
    record, workspace = row.record, _workspace(view, row)
    payload = {"message": record.message, "run": record.run, "result": record.result}
    subject, key = subject_id(view, record, row.thing), f"{row.link.seq}"
    if event.member is not None:
        subject, key = uuid5(subject, str(event.member)), f"{key}/{event.member}"
    return ReceivedEvent(
        occurred=record.timestamp,
        event=name(event),
        resource={ID: f"{PREFIX}.{event.type}.{subject}", NAME: record.object_id},
        related=list(_related(view, row, workspace)),
        payload={**payload, "before": event.before, "after": event.after},
        id=uuid5(view.account_id, key),
        account=view.account_id,
        workspace=view.id(workspace) if workspace else None,
        received=record.timestamp,
    )


def _workspace(view: ReadView, row: TrailRow) -> Address | None:
    """Return the workspace of the object of *row*, if the workspace exists."""
    scope: Address | None = None
    match row.thing:
        case Binding(scope=scope) | ObjectAccess(workspace=scope) | Workspace(address=scope):
            pass
        case None:
            scope = printed(row.record.object_id)
    is_there = scope is not None and scope.kind is Kind.WORKSPACE and scope in view.register.named
    return scope if is_there else None


def _related(view: ReadView, row: TrailRow, workspace: Address | None) -> Iterator[dict[str, str]]:
    record = row.record
    if record.applier:
        yield _part("actor", _actor(view, record.applier), record.applier)
    if isinstance(row.thing, Team):
        yield _part("team", str(subject_id(view, record, row.thing)), row.thing.name)
    yield _part("account", str(view.account_id), view.handle)
    if workspace:
        yield _part("workspace", str(view.id(workspace)), workspace.key)


def _actor(view: ReadView, label: str) -> str:
    who: Address = service_account(label[len(SA) :]) if label.startswith(SA) else user(label)
    entry = view.register.named.get(who)
    return str(entry.actor_id if entry else uuid5(view.account_id, label))


def _part(role: str, id_: str, name: str) -> dict[str, str]:
    return {ID: f"{PREFIX}.{role}.{id_}", ROLE: role, NAME: name}
