"""The audit trail as events: which event each row is, what it was about and who did it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import islice
from typing import Literal, NamedTuple
from uuid import UUID, uuid5

from ..audit.chain import Link
from ..audit.record import Record
from ..audit.row_facts import is_note
from ..backends.store.trail import PARTS
from ..model import (
    ACCOUNT,
    EVERYONE,
    Address,
    Binding,
    Instant,
    Key,
    Kind,
    Level,
    ObjectAccess,
    Resource,
    Role,
    Status,
    Team,
    User,
    Workspace,
)
from ..model.address import service_account, user
from ..model.kind import SPECS
from ..model.plain import resource
from ..wire.prefect_cloud.events import ReceivedEvent
from .read_view import ReadView

PREFIX = "prefect-cloud"
SA = "sa:"
EVENT_TYPES = {
    Kind.USER: "account-membership",
    Kind.SERVICE_ACCOUNT: "service-account",
    Kind.KEY: "api-key",
    Kind.TEAM: "team",
    Kind.WORKSPACE: "workspace",
    Kind.OBJECT: "object-access",
}


NOT_ONE_EVENT = tuple(SPECS[kind].table for kind in (Kind.TEAM, Kind.KEY, Kind.ACCOUNT))
"""The tables whose rows may be no event, or several, or one together."""

MEMBER = "team-membership"
"""The documented type of what happens to a place in a team; what its id is made of is a guess."""

ACTIONS = ("created", "updated", "deleted", "rotated", "accepted", "logged-in")
NAMES_OF_OTHERS = tuple(
    f"{PREFIX}.{type_}.{action}"
    for type_ in (MEMBER, *(table.replace("_", "-") for table in NOT_ONE_EVENT))
    for action in ACTIONS
)
"""The names that events of those tables may have."""

EventPlace = tuple[Instant, Literal[0], str, str] | tuple[Instant, Literal[1], int, int]
"""The place of an event in their order: its time, and 1 if the trail tells of it, with the number
of its row and the place among the events of that row; 0 if a client has reported it, with the time
at which it came and the id under which it is kept."""


class PlacedEvent(NamedTuple):
    """An event with its place in the order of events."""

    place: EventPlace
    event: ReceivedEvent


@dataclass(frozen=True, slots=True)
class _Row:
    """One row of the trail with what it speaks of, the side that is later if there are two."""

    link: Link
    record: Record
    before: Resource | None
    after: Resource | None

    @property
    def thing(self) -> Resource | None:
        return self.after or self.before


class _Named(NamedTuple):
    """The name of an event and the thing that it is about: type, action, id."""

    type: str
    action: str
    subject: UUID
    key: str


def events(
    view: ReadView, links: Iterable[Link], *, is_ascending: bool = False
) -> Iterator[PlacedEvent]:
    """Yield what *links* tell of as events, in their order: newest first unless *is_ascending*.

    A row is one event, with three exceptions: one about what is kept is none; a key that is made
    and the one whose place it takes are one; who comes to a team or leaves it is one each.
    """
    for row in _rotated(_rows(view, links), is_ascending=is_ascending):
        named = list(enumerate(_names(view, row)))
        for n, each in named[:: -1 if is_ascending else 1]:
            yield PlacedEvent((row.record.timestamp, 1, row.link.seq, -n), _event(view, row, each))


def _rows(view: ReadView, links: Iterable[Link]) -> Iterator[_Row]:
    """Yield the row of each link; the ids of what some of them are about are read at once."""
    rest = iter(links)
    while part := list(islice(rest, PARTS[0])):
        rows = [_row(link) for link in part if not is_note(link.record)]
        view.register.expect_held({place for row in rows for place in _places(row.thing)})
        yield from rows


def _places(thing: Resource | None) -> Iterator[tuple[Address, Address]]:
    """Yield the scope and the principal by whose row the API knows *thing*, if it does by one."""
    match thing:
        case Binding(principal=principal, scope=scope) if principal != EVERYONE:
            yield scope, principal
        case User(status=status) if status is not Status.PENDING:
            yield ACCOUNT, thing.address


def _rotated(rows: Iterable[_Row], *, is_ascending: bool) -> Iterator[_Row]:
    """Yield *rows* with a key and the one that it replaces, in the next row, as one row."""
    waiting: _Row | None = None
    for row in rows:
        if waiting is not None:
            made, ended = (waiting, row) if is_ascending else (row, waiting)
            if _is_rotation(made, ended):
                yield _replacing(made, ended)
                waiting = None
                continue
            yield waiting
        waiting = row
    if waiting is not None:
        yield waiting


def _replacing(made: _Row, ended: _Row) -> _Row:
    record = replace(made.record, before=ended.record.before)
    return replace(made, record=record, before=ended.before)


def _row(link: Link) -> _Row:
    record = link.record
    before, after = (resource(side) if side else None for side in (record.before, record.after))
    return _Row(link, record, before, after)


def _is_rotation(made: _Row, ended: _Row) -> bool:
    """Say whether a key was *made* in the place of the one that *ended*, in the next row."""
    new, old = made.after, ended.before
    return (
        isinstance(new, Key)
        and isinstance(old, Key)
        and made.before is None
        and new.owner == old.owner
        and new.owner.kind is Kind.SERVICE_ACCOUNT
        and made.record.run == ended.record.run
        and made.link.seq + 1 == ended.link.seq
    )


def _event(view: ReadView, row: _Row, named: _Named) -> ReceivedEvent:
    record, workspace = row.record, _workspace(view, row.thing)
    payload = {"message": record.message, "run": record.run, "result": record.result}
    return ReceivedEvent(
        occurred=record.timestamp,
        event=f"{PREFIX}.{named.type}.{named.action}",
        resource={
            "prefect.resource.id": f"{PREFIX}.{named.type}.{named.subject}",
            "prefect.resource.name": record.object_id,
        },
        related=list(_related(view, row, workspace)),
        payload={**payload, "before": record.before, "after": record.after},
        id=uuid5(view.account_id, named.key),
        account=view.account_id,
        workspace=workspace,
        received=record.timestamp,
    )


def _names(view: ReadView, row: _Row) -> Iterator[_Named]:
    """Yield what a row is as events."""
    members = list(_members(view, row))
    if not members or not _only_members(row):
        subject = subject_id(view, row.record, row.thing)
        yield _Named(_type(row), _action(row), subject, f"{row.link.seq}")
    yield from members


def _members(view: ReadView, row: _Row) -> Iterator[_Named]:
    """Yield each who came to a team that was there, or left one that still is."""
    before, after = row.before, row.after
    if not isinstance(before, Team) or not isinstance(after, Team):
        return
    were, are = ({m.principal: m for m in team.members} for team in (before, after))
    team = subject_id(view, row.record, after)
    for who in sorted(were.keys() | are.keys()):
        if were.get(who) != are.get(who):
            action = "updated" if who in were and who in are else _made(who in are)
            yield _Named(MEMBER, action, uuid5(team, str(who)), f"{row.link.seq}/{who}")


def _made(is_there: bool) -> str:  # noqa: FBT001
    return "created" if is_there else "deleted"


def _only_members(row: _Row) -> bool:
    before, after = row.before, row.after
    assert isinstance(before, Team), "whose members differ"
    assert isinstance(after, Team), "whose members differ"
    return replace(before, members=after.members) == after


def _type(row: _Row) -> str:
    match row.thing:
        case None:
            return row.record.object_table.replace("_", "-")
        case Role(level=level):
            return "account-role" if level is Level.ACCOUNT else "workspace-role"
        case Binding(principal=principal, scope=scope):
            if scope == ACCOUNT:
                return "account-membership"
            return "workspace" if principal == EVERYONE else "workspace-access"
        case User(status=Status.PENDING):
            return "account-invitation"
    return EVENT_TYPES[row.thing.kind]


def _action(row: _Row) -> str:
    before, after = row.before, row.after
    if isinstance(row.thing, Binding) and _is_field(row.thing):
        return "updated"
    if isinstance(before, Key) and isinstance(after, Key) and before.address != after.address:
        return "rotated"
    if before is None:
        return "created" if after else "logged-in"
    if after is None:
        return "deleted"
    was_pending = isinstance(before, User) and before.status is Status.PENDING
    is_pending = isinstance(after, User) and after.status is Status.PENDING
    return "accepted" if was_pending and not is_pending else "updated"


def _is_field(binding: Binding) -> bool:
    """Say whether this API has a binding as a field of something: the account role, the default."""
    return binding.scope == ACCOUNT or binding.principal == EVERYONE


def subject_id(view: ReadView, record: Record, thing: Resource | None) -> UUID:
    """Return the id of the *thing* that a record is about; of what is gone, always the same one."""
    register = view.register
    ids: list[UUID] = []
    if isinstance(thing, Binding) and thing.principal == EVERYONE:
        ids = [view.id(thing.scope)] if thing.scope in register.named else []
    elif places := list(_places(thing)):
        ids = [row.id for place in places for row in register.held_by(*place)]
    elif isinstance(thing, Key):
        ids = [key.id for key in register.keys.get(thing.owner, ()) if key.name == thing.name]
    elif thing is not None and thing.address in register.named:
        ids = [view.id(thing.address)]
    return ids[0] if ids else uuid5(view.account_id, record.object_id)


def _workspace(view: ReadView, thing: Resource | None) -> UUID | None:
    """Return the id of the workspace that *thing* is or is in, if it is there."""
    match thing:
        case Binding(scope=scope) | ObjectAccess(workspace=scope) | Workspace(address=scope):
            is_there = scope.kind is Kind.WORKSPACE and scope in view.register.named
            return view.id(scope) if is_there else None
    return None


def _related(view: ReadView, row: _Row, workspace: UUID | None) -> Iterator[dict[str, str]]:
    record = row.record
    if record.applier:
        yield _part("actor", _actor(view, record.applier), record.applier)
    if isinstance(row.thing, Team):
        yield _part("team", str(subject_id(view, record, row.thing)), row.thing.name)
    yield _part("account", str(view.account_id), view.handle)
    if workspace:
        yield _part("workspace", str(workspace), "")


def _actor(view: ReadView, label: str) -> str:
    who: Address = service_account(label[len(SA) :]) if label.startswith(SA) else user(label)
    entry = view.register.named.get(who)
    return str(entry.actor_id if entry else uuid5(view.account_id, label))


def _part(role: str, id_: str, name: str) -> dict[str, str]:
    return {
        "prefect.resource.id": f"{PREFIX}.{role}.{id_}",
        "prefect.resource.role": role,
        "prefect.resource.name": name,
    }
