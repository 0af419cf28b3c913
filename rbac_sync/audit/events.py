"""The events of the rows of an audit trail: their types and actions, and how many a row is.

Most rows are one event each, of a name that follows from their columns. Of the other rows, see
``shapes``, the store keeps the events; see ``backends.store.event_index``.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any

from ..dataclasses import dataclass, replace
from ..errors import BackendError
from ..model import (
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
from ..model.plain import address, resource
from ..named_tuples import NamedTuple
from .chain import Link
from .record import Record, plain_sides
from .replay import UNMADE
from .row_facts import is_note
from .shapes import ACCOUNTS, KEYS, OBJECT, SIDES, TABLE, TEAMS

EVENT_TYPES = {
    Kind.USER: "account-membership",
    Kind.SERVICE_ACCOUNT: "service-account",
    Kind.KEY: "api-key",
    Kind.TEAM: "team",
    Kind.WORKSPACE: "workspace",
    Kind.OBJECT: "object-access",
}
"""The type of the events about a kind, where it does not depend on the resource."""

MEMBER = "team-membership"
"""The documented type of events of memberships; the form of their ids is a guess."""

MARK = ">"
"""The first character of the shape of an event of such a row."""

PROFILE_CHANGED, SETTINGS_CHANGED = "changed its profile", "changed its settings"
DOMAINS_CHANGED = "changed its domain names"
"""The remarks on changes of what is not in the model."""

FIRST, NEXT = '{"principal":', '"name":'
"""The beginning of each member in the canonical text of a team, and what follows the members."""

ENDINGS = {PROFILE_CHANGED: "", SETTINGS_CHANGED: "-settings", DOMAINS_CHANGED: "-domain-names"}
"""The ending of the type of the event of a remark, by its words."""

Side = Mapping[str, Any] | None
"""A side of an event, in plain JSON values."""


class TrailEvent(NamedTuple):
    """An event of a row: its type and action, and its sides.

    With a *member*, who joined or left a team or has another place in it, the sides are
    the places. The sides of a changed team have no members.
    """

    type: str
    action: str
    before: Side
    after: Side
    member: Address | None = None

    @property
    def name(self) -> str:
        return f"{self.type}.{self.action}"

    @property
    def shape(self) -> str:
        """The shape of the event if the row has its events in the index."""
        return MARK + self.name


@dataclass(frozen=True)
class TrailRow:
    """One row of the trail, which is decoded when that is needed.

    ``ended`` is the row of the key that the key of this row replaces.
    """

    link: Link
    ended: TrailRow | None = None

    @cached_property
    def record(self) -> Record:
        """The record of the row; that of a changed team has no members."""
        if self._teams:
            texts = list(self.link.texts)
            for side, (team, _) in zip(SIDES, self._teams, strict=True):
                texts[side] = team
            return replace(self.link, texts=tuple(texts)).record
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
        """Return the resource in *side*, a team without its members."""
        if not side:
            return None
        if self.table == TEAMS:
            side = {name: value for name, value in side.items() if name != "members"}
        try:
            return resource(side)
        except ValueError as error:
            raise self.link.unreadable(error) from error

    @property
    def thing(self) -> Resource | None:
        return self.after or self.before

    @cached_property
    def events(self) -> tuple[TrailEvent, ...]:
        """The events of the row: one for each member who joined or left a team that stays.

        A note is none.

        Raises:
            BackendError: the row cannot be read.
        """
        if self.table == ACCOUNTS and is_note(self.record):
            return ()
        if not self._teams:
            return (self._whole,)
        (before, old), (after, new) = self._teams
        try:
            members = tuple(_members(old, new))
        except (*UNMADE, RecursionError) as error:
            raise self.link.unreadable(error) from error
        return members if members and before == after else (self._whole, *members)

    @property
    def is_readable(self) -> bool:
        """Say whether the events of the row can be read."""
        try:
            _ = self.events
        except BackendError:
            return False
        return True

    @property
    def places(self) -> dict[str, int]:
        """The place of an event of each shape, and of each thing, among the events of the row.

        The text of a thing is that of ``By.THING``.
        """
        named, places = self.link.texts[OBJECT], dict[str, int]()
        for n, event in enumerate(self.events):
            places[event.shape] = places[f"{event.shape}/{named}/{event.member or ''}"] = n
        return places

    @property
    def _whole(self) -> TrailEvent:
        sides = plain_sides(self.record)
        return TrailEvent(_type(self), _action(self), sides["before"], sides["after"])

    @cached_property
    def _teams(self) -> tuple[tuple[str, frozenset[str]], ...]:
        """The parts of both sides of a changed team; none of another row."""
        sides = [self.link.texts[side] for side in SIDES]
        is_changed = self.table == TEAMS and all(sides)
        return tuple(_parts(text or "") for text in sides) if is_changed else ()


def rotated(links: Iterable[Link]) -> Iterator[TrailRow]:
    """Yield the row of each of *links*, oldest first.

    A key and the key that it replaces, in the next row, are one row.
    """
    waiting: TrailRow | None = None
    for row in map(TrailRow, links):
        if waiting is not None and replaces(waiting, row):
            yield replace(waiting, ended=row)
            waiting = None
            continue
        if waiting is not None:
            yield waiting
        waiting = row
    if waiting is not None:
        yield waiting


def replaces(made: TrailRow, ended: TrailRow) -> bool:
    """Say whether the key *made* replaces the key *ended*, which is in the next row."""
    if {made.table, ended.table} != {KEYS}:
        return False
    try:
        new, old = made.after, ended.before
    except BackendError:  # of a row that cannot be read
        return False
    return (
        isinstance(new, Key)
        and isinstance(old, Key)
        and made.before is None
        and new.owner == old.owner
        and new.owner.kind is Kind.SERVICE_ACCOUNT
        and made.record.run == ended.record.run
        and made.link.seq + 1 == ended.link.seq
    )


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


def _members(before: frozenset[str], after: frozenset[str]) -> Iterator[TrailEvent]:
    """Yield an event for each member with a place that only one side of a team has."""
    were, are = (
        {address(place["principal"]): place for place in map(_place, here - there)}
        for here, there in ((before, after), (after, before))
    )
    for who in sorted(were.keys() | are.keys()):
        action = "created" if who not in were else "updated" if who in are else "deleted"
        yield TrailEvent(MEMBER, action, were.get(who), are.get(who), who)


def _place(text: str) -> dict[str, Any]:
    place: dict[str, Any] = json.loads(f"{FIRST}{text}}}")
    return place


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
