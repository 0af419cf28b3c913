"""The names of the events of an audit trail, and how many events a row of the trail is."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any

from ....audit.chain import Link
from ....audit.record import Record
from ....audit.row_facts import is_note
from ....audit.texts import FIELDS
from ....dataclasses import dataclass, replace
from ....model import (
    ACCOUNT,
    EVERYONE,
    Address,
    Binding,
    Key,
    Kind,
    Level,
    Resource,
    Role,
    Status,
    User,
)
from ....model.kind import SPECS
from ....model.plain import address, resource
from ....named_tuples import NamedTuple
from ...directory.profiles import DOMAINS_CHANGED, PROFILE_CHANGED, SETTINGS_CHANGED

PREFIX = "prefect-cloud"
EVENT_TYPES = {
    Kind.USER: "account-membership",
    Kind.SERVICE_ACCOUNT: "service-account",
    Kind.KEY: "api-key",
    Kind.TEAM: "team",
    Kind.WORKSPACE: "workspace",
    Kind.OBJECT: "object-access",
}
"""The type of the events about a kind, where it does not depend on the resource."""

KEYS, TEAMS = SPECS[Kind.KEY].table, SPECS[Kind.TEAM].table
ACCOUNTS = SPECS[Kind.ACCOUNT].table
OTHERS = (KEYS, ACCOUNTS)
CHANGED_TEAM = f"{TEAMS}="
MEMBER = "team-membership"
"""The documented type of events of memberships; the form of their ids is a guess."""

ACTIONS = ("created", "updated", "deleted", "rotated", "accepted", "logged-in")
FIRST, NEXT = '{"principal":', '"name":'
"""The beginning of each member in the canonical text of a team, and what follows the members."""

TABLE, *SIDES = map(FIELDS.index, ("object_table", "before", "after"))
"""The places of these fields in the texts of a row."""

ENDINGS = {PROFILE_CHANGED: "", SETTINGS_CHANGED: "-settings", DOMAINS_CHANGED: "-domain-names"}
"""The ending of the type of the event of a remark, by its words."""

NAMES_OF_OTHERS = tuple(
    f"{PREFIX}.{type_}.{action}"
    for type_ in (MEMBER, "team", "api-key", *(f"account{each}" for each in ENDINGS.values()))
    for action in ACTIONS
)
"""The names of events of rows that are not one event each."""

Side = Mapping[str, Any] | None
"""A side of a row of the trail, in plain JSON values."""


@dataclass(frozen=True)
class TrailRow:
    """One row of the trail, which is decoded when that is needed; its sides without members.

    ``ended`` is the row of the key that the key of this row replaces.
    """

    link: Link
    ended: TrailRow | None = None

    @cached_property
    def record(self) -> Record:
        record = self.link.record
        return replace(record, before=self.ended.record.before) if self.ended else record

    @property
    def table(self) -> str | None:
        return self.link.texts[TABLE]

    @cached_property
    def before(self) -> Resource | None:
        return self._decoded(self.record.before)

    @cached_property
    def after(self) -> Resource | None:
        return self._decoded(self.record.after)

    def _decoded(self, side: Side) -> Resource | None:
        if not side:
            return None
        if self.table == TEAMS:
            side = {name: value for name, value in side.items() if name != "members"}
        return resource(side)

    @property
    def thing(self) -> Resource | None:
        return self.after or self.before


class EventName(NamedTuple):
    """An event of a row: its type and action, and the member whose place in a team changed."""

    type: str
    action: str
    member: Address | None = None

    @property
    def name(self) -> str:
        return f"{PREFIX}.{self.type}.{self.action}"


def rows_of(links: Iterable[Link]) -> Iterator[TrailRow]:
    """Yield the row of each of *links* that is no note."""
    rows = map(TrailRow, links)
    return (row for row in rows if row.table != ACCOUNTS or not is_note(row.record))


def event_names(links: Iterable[Link]) -> Iterator[str]:
    """Yield the name of each event of *links*, which are newest first; no id is read for it."""
    for row in rotated(rows_of(links), is_ascending=False):
        yield from (part.name for part in events_of(row))


def is_one_event(shape: str) -> bool:
    """Say whether each row of *shape* is one event.

    A row of another shape may be no event or several, or two rows may be one.
    """
    return shape != CHANGED_TEAM and not shape.startswith(OTHERS)


def event_name(link: Link) -> str:
    """Return the name of the event of *link*, which is one event; rows of its shape have it, too.

    *Why* not from the shape: so one rule names the events of all rows.
    """
    return _whole(TrailRow(link)).name


def rotated(rows: Iterable[TrailRow], *, is_ascending: bool) -> Iterator[TrailRow]:
    """Yield *rows*; a key and the key that it replaces, in the next row, are one row."""
    waiting: TrailRow | None = None
    for row in rows:
        if waiting is not None:
            made, ended = (waiting, row) if is_ascending else (row, waiting)
            if _is_rotation(made, ended):
                yield replace(made, ended=ended)
                waiting = None
                continue
            yield waiting
        waiting = row
    if waiting is not None:
        yield waiting


def _is_rotation(made: TrailRow, ended: TrailRow) -> bool:
    """Say whether the key *made* replaces the key *ended*, which is in the next row."""
    if {made.table, ended.table} != {KEYS}:
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


def events_of(row: TrailRow) -> Iterator[EventName]:
    """Yield the events of a row: one for each member who joined or left a team that stays."""
    before, after = (row.link.texts[side] for side in SIDES)
    if row.table != TEAMS or not before or not after:
        yield _whole(row)
        return
    (team_before, members_before), (team_after, members_after) = _parts(before), _parts(after)
    members = list(_members(members_before - members_after, members_after - members_before))
    if not members or team_before != team_after:
        yield _whole(row)
    yield from members


def _whole(row: TrailRow) -> EventName:
    return EventName(_type(row), _action(row))


def _parts(team: str) -> tuple[str, frozenset[str]]:
    """Return the canonical text of a team without its members, and the text of each member.

    *Why* no parser: to parse two thousand members takes fifty times as long. A quotation mark
    within a text of JSON has a backslash before it, so no name and no reason has a separator.
    """
    head, _, rest = team.partition('"members":[')
    if not rest:
        return team, frozenset()
    members, _, tail = rest.rpartition(f"}}],{NEXT}")
    return head + NEXT + tail, frozenset(members[len(FIRST) :].split(f"}},{FIRST}"))


def _members(before: frozenset[str], after: frozenset[str]) -> Iterator[EventName]:
    """Yield an event for each member with a place that only one side of a team has."""
    were, are = (
        {tuple(json.loads(f"{FIRST}{text}}}")["principal"]) for text in side}
        for side in (before, after)
    )
    for who in sorted(were | are):
        action = "created" if who not in were else "updated" if who in are else "deleted"
        yield EventName(MEMBER, action, address(who))


def _type(row: TrailRow) -> str:
    match row.thing:
        case None:
            table = row.record.object_table
            named = "account" if table == ACCOUNTS else table.replace("_", "-")
            return named + (_ending(row.record) or "")
        case Role(level=level):
            return "account-role" if level is Level.ACCOUNT else "workspace-role"
        case Binding(principal=principal, scope=scope):
            if scope == ACCOUNT:
                return "account-membership"
            return "workspace" if principal == EVERYONE else "workspace-access"
        case User(status=Status.PENDING):
            return "account-invitation"
    return EVENT_TYPES[row.thing.kind]


def _ending(record: Record) -> str | None:
    """Return the ending of the type of the event of a remark; None for a log-in."""
    return next((ENDINGS[words] for words in ENDINGS if record.message.endswith(words)), None)


def _action(row: TrailRow) -> str:
    before, after, thing = row.before, row.after, row.thing
    if isinstance(thing, Binding) and (thing.scope == ACCOUNT or thing.principal == EVERYONE):
        return "updated"  # a field in this API: an account role or a default role
    if isinstance(before, Key) and isinstance(after, Key) and before.address != after.address:
        return "rotated"
    if thing is None:
        return "logged-in" if _ending(row.record) is None else "updated"
    if before is None:
        return "created"
    if after is None:
        return "deleted"
    was_pending = isinstance(before, User) and before.status is Status.PENDING
    is_pending = isinstance(after, User) and after.status is Status.PENDING
    return "accepted" if was_pending and not is_pending else "updated"
