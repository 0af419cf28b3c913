"""The audit trail as events, each with its id, its object and its actor."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Literal
from uuid import uuid5

from ....audit.chain import Link
from ....audit.record import plain_sides
from ....backends.store.trail import PARTS
from ....model import Address, Binding, Instant, Kind, ObjectAccess, Resource, Team, Workspace
from ....model.address import service_account, user
from ....named_tuples import NamedTuple
from ....wire.prefect_cloud.events import ID, NAME, ROLE, ReceivedEvent
from ...directory.subjects import held_places, subject_id
from ...read_view import ReadView
from .names import PREFIX, EventName, TrailRow, events_of, rotated, rows_of

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
    view: ReadView, links: Iterable[Link], *, is_ascending: bool = False
) -> Iterator[PlacedEvent]:
    """Yield the events of *links*, in their order: newest first unless *is_ascending*.

    A row is one event, with three exceptions: a note is none; a new key and the key that it
    replaces are one; each member who joins or leaves a team is one.
    """
    for row in rotated(_rows(view, links), is_ascending=is_ascending):
        parts = list(enumerate(events_of(row)))
        for n, part in parts[:: -1 if is_ascending else 1]:
            yield PlacedEvent((row.record.timestamp, 1, row.link.seq, -n), _event(view, row, part))


def _rows(view: ReadView, links: Iterable[Link]) -> Iterator[TrailRow]:
    """Yield the row of each link; the ids of their objects are read for several rows at once."""
    rest = iter(links)
    while part := list(islice(rest, PARTS[0])):
        rows = list(rows_of(part))
        view.register.expect_held({place for row in rows for place in held_places(row.thing)})
        yield from rows


def _event(view: ReadView, row: TrailRow, part: EventName) -> ReceivedEvent:
    record, workspace = row.record, _workspace(view, row.thing)
    payload = {"message": record.message, "run": record.run, "result": record.result}
    subject, key = subject_id(view, record, row.thing), f"{row.link.seq}"
    if part.member is not None:
        subject, key = uuid5(subject, str(part.member)), f"{key}/{part.member}"
    return ReceivedEvent(
        occurred=record.timestamp,
        event=part.name,
        resource={ID: f"{PREFIX}.{part.type}.{subject}", NAME: record.object_id},
        related=list(_related(view, row, workspace)),
        payload={**payload, **plain_sides(record)},
        id=uuid5(view.account_id, key),
        account=view.account_id,
        workspace=view.id(workspace) if workspace else None,
        received=record.timestamp,
    )


def _workspace(view: ReadView, thing: Resource | None) -> Address | None:
    """Return the workspace of *thing*, if the workspace exists."""
    match thing:
        case Binding(scope=scope) | ObjectAccess(workspace=scope) | Workspace(address=scope):
            is_there = scope.kind is Kind.WORKSPACE and scope in view.register.named
            return scope if is_there else None
    return None


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
