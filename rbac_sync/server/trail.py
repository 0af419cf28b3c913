"""The audit trail as events: the name, the object and the actor of each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from itertools import islice
from typing import Any, Literal, NamedTuple
from uuid import UUID, uuid5

from ..audit.chain import Link
from ..audit.record import Record, plain_sides
from ..audit.row_facts import is_note
from ..backends.store.trail import PARTS
from ..dataclasses import dataclass, replace
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
from ..model.plain import address, resource
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


KEYS, TEAMS = SPECS[Kind.KEY].table, SPECS[Kind.TEAM].table
OTHERS = (KEYS, SPECS[Kind.ACCOUNT].table)
CHANGED_TEAM = f"{TEAMS}="
MEMBER = "team-membership"
"""The documented type of events of memberships; the form of their ids is a guess."""

ACTIONS = ("created", "updated", "deleted", "rotated", "accepted", "logged-in")
NAMES_OF_OTHERS = tuple(
    f"{PREFIX}.{type_}.{action}"
    for type_ in (MEMBER, "team", *(table.replace("_", "-") for table in OTHERS))
    for action in ACTIONS
)
"""The names of events of rows that are not one event each."""

Side = Mapping[str, Any] | None
"""A side of a row of the trail, in plain JSON values."""

EventPlace = tuple[Instant, Literal[0], str, str] | tuple[Instant, Literal[1], int, int]
"""The place of an event in the order of events: its time; then, for an event of the trail, 1, the
number of its row and its place among the events of that row; for an event of a client, 0, the time
of its receipt and the id of its document."""


class PlacedEvent(NamedTuple):
    """An event with its place in the order of events."""

    place: EventPlace
    event: ReceivedEvent


@dataclass(frozen=True)
class _Row:
    """One row of the trail. Its sides are decoded when they are needed, teams without members."""

    link: Link
    record: Record

    @cached_property
    def before(self) -> Resource | None:
        return self._decoded(self.record.before)

    @cached_property
    def after(self) -> Resource | None:
        return self._decoded(self.record.after)

    def _decoded(self, side: Side) -> Resource | None:
        if not side:
            return None
        return resource(_without_members(side) if self.record.object_table == TEAMS else side)

    @property
    def thing(self) -> Resource | None:
        return self.after or self.before


class _EventName(NamedTuple):
    """An event of a row: its type and action, and the member whose place in a team changed."""

    type: str
    action: str
    member: Address | None = None

    @property
    def name(self) -> str:
        return f"{PREFIX}.{self.type}.{self.action}"


def events(
    view: ReadView, links: Iterable[Link], *, is_ascending: bool = False
) -> Iterator[PlacedEvent]:
    """Yield the events of *links*, in their order: newest first unless *is_ascending*.

    A row is one event, with three exceptions: a note is none; a new key and the key that it
    replaces are one; each member who joins or leaves a team is one.
    """
    for row in _rotated(_rows(view, links), is_ascending=is_ascending):
        parts = list(enumerate(_parts(row)))
        for n, part in parts[:: -1 if is_ascending else 1]:
            yield PlacedEvent((row.record.timestamp, 1, row.link.seq, -n), _event(view, row, part))


def event_names(links: Iterable[Link]) -> Iterator[str]:
    """Yield the name of each event of *links*, which are newest first; no id is read for it."""
    rows = (row for row in map(_row, links) if not is_note(row.record))
    for row in _rotated(rows, is_ascending=False):
        yield from (part.name for part in _parts(row))


def is_one_event(shape: str) -> bool:
    """Say whether each row of *shape* is one event.

    A row of another shape may be no event or several, or two rows may be one.
    """
    return shape != CHANGED_TEAM and not shape.startswith(OTHERS)


def event_name(link: Link) -> str:
    """Return the name of the event of *link*, which is one event; rows of its shape have it, too.

    *Why* not from the shape: so one rule names the events of all rows.
    """
    return _whole(_row(link)).name


def _rows(view: ReadView, links: Iterable[Link]) -> Iterator[_Row]:
    """Yield the row of each link; the ids of their objects are read for several rows at once."""
    rest = iter(links)
    while part := list(islice(rest, PARTS[0])):
        rows = [row for row in map(_row, part) if not is_note(row.record)]
        view.register.expect_held({place for row in rows for place in _places(row.thing)})
        yield from rows


def _places(thing: Resource | None) -> Iterator[tuple[Address, Address]]:
    """Yield the scope and the principal of the row that has the id of *thing*, if there is one."""
    match thing:
        case Binding(principal=principal, scope=scope) if principal != EVERYONE:
            yield scope, principal
        case User(status=status) if status is not Status.PENDING:
            yield ACCOUNT, thing.address


def _rotated(rows: Iterable[_Row], *, is_ascending: bool) -> Iterator[_Row]:
    """Yield *rows*; a key and the key that it replaces, in the next row, are one row."""
    waiting: _Row | None = None
    for row in rows:
        if waiting is not None:
            made, ended = (waiting, row) if is_ascending else (row, waiting)
            if _is_rotation(made, ended):
                yield replace(made, record=replace(made.record, before=ended.record.before))
                waiting = None
                continue
            yield waiting
        waiting = row
    if waiting is not None:
        yield waiting


def _row(link: Link) -> _Row:
    return _Row(link, link.record)


def _is_rotation(made: _Row, ended: _Row) -> bool:
    """Say whether the key *made* replaces the key *ended*, which is in the next row."""
    if {made.record.object_table, ended.record.object_table} != {KEYS}:
        return False
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


def _event(view: ReadView, row: _Row, part: _EventName) -> ReceivedEvent:
    record, workspace = row.record, _workspace(view, row.thing)
    payload = {"message": record.message, "run": record.run, "result": record.result}
    subject, key = subject_id(view, record, row.thing), f"{row.link.seq}"
    if part.member is not None:
        subject, key = uuid5(subject, str(part.member)), f"{key}/{part.member}"
    return ReceivedEvent(
        occurred=record.timestamp,
        event=part.name,
        resource={
            "prefect.resource.id": f"{PREFIX}.{part.type}.{subject}",
            "prefect.resource.name": record.object_id,
        },
        related=list(_related(view, row, workspace)),
        payload={**payload, **plain_sides(record)},
        id=uuid5(view.account_id, key),
        account=view.account_id,
        workspace=workspace,
        received=record.timestamp,
    )


def _parts(row: _Row) -> Iterator[_EventName]:
    """Yield the events of a row: one for each member who joined or left a team that stays."""
    before, after = row.record.before, row.record.after
    if row.record.object_table != TEAMS or not before or not after:
        yield _whole(row)
        return
    members = list(_members(before, after))
    if not members or _without_members(before) != _without_members(after):
        yield _whole(row)
    yield from members


def _whole(row: _Row) -> _EventName:
    return _EventName(_type(row), _action(row))


def _members(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[_EventName]:
    """Yield an event for each member whose place differs in the two sides of a team.

    *Why* from plain values: to decode a team takes ten times as long.
    """
    were, are = ({tuple(m["principal"]): m for m in t.get("members", ())} for t in (before, after))
    everybody = were.keys() | are.keys()
    for who in sorted(who for who in everybody if were.get(who) != are.get(who)):
        action = "created" if who not in were else "updated" if who in are else "deleted"
        yield _EventName(MEMBER, action, address(who))


def _without_members(team: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in team.items() if name != "members"}


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
    thing = row.thing
    if isinstance(thing, Binding) and (thing.scope == ACCOUNT or thing.principal == EVERYONE):
        return "updated"  # a field in this API: an account role or a default role
    if isinstance(before, Key) and isinstance(after, Key) and before.address != after.address:
        return "rotated"
    if before is None:
        return "created" if after else "logged-in"
    if after is None:
        return "deleted"
    was_pending = isinstance(before, User) and before.status is Status.PENDING
    is_pending = isinstance(after, User) and after.status is Status.PENDING
    return "accepted" if was_pending and not is_pending else "updated"


def subject_id(view: ReadView, record: Record, thing: Resource | None) -> UUID:
    """Return the id of *thing*, the object of a record; if deleted, one made from its address."""
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
    """Return the id of the workspace of *thing*, if the workspace exists."""
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
