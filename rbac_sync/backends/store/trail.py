"""The audit trail of an account in the database: rows are added and read, never changed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import chain, repeat
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, func, literal, or_, select, tuple_

from ...audit.chain import START, ChainCheck, Link, link
from ...audit.record import DONE, Record, Touch, format_actor
from ...audit.replay import is_change, recorded_change
from ...audit.texts import FIELDS
from ...model import Address, Instant, Kind
from ...model.kind import SPECS
from ...planning.extent import workspaces_of
from ..database.columns import loaded, stored
from ..database.engine import display_url
from . import tables as t
from .account import Account
from .batch import FULL
from .bulk import Values, load
from .names import batched
from .span import By, Interval, Span, grouping

KEY_TABLE, PERSON_TABLE = SPECS[Kind.KEY].table, SPECS[Kind.USER].table
RENAMES = "%` renamed to `%"
"""The pattern of the messages of renames; see ``audit.record.message``."""

COLUMNS = ("account", "seq", "prev", "hash", *FIELDS)

PARTS = (64, 200)
"""The number of rows of a span in the first query, and in each later one."""

LINKS = 1_000
"""The number of rows of the whole chain in one query."""

MOST_CHANGES = 2_000
"""The number of changes from which on it is quicker to read the state than the changes."""


class Tally(NamedTuple):
    """A group of rows of a span with a common *key*: their number, and the first and last time."""

    key: str
    size: int
    first: Instant
    last: Instant
    newest: Link


class StoreTrail:
    """The trail of one account inside one transaction."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._last: tuple[int, str] | None = None
        self._held: list[Values] = []

    @property
    def place(self) -> str:
        """The place of the trail: the store itself."""
        return display_url(self._account.connection.engine.url)

    def append(self, record: Record) -> None:
        """Add one row to the end of the chain; the next ``flush`` writes it."""
        last, prev = self._last or self.end()
        row = link(self._account.handle, last + 1, prev, record)
        self._last = row.seq, row.hash
        self._held.append((self._account.number, row.seq, row.prev, row.hash, *row.texts))
        if len(self._held) >= FULL:
            self.flush()

    def flush(self) -> None:
        """Write the rows held back."""
        if self._held:
            load(self._account.connection, t.audit, self._held)
            self._held = []

    def links(self) -> Iterator[Link]:
        """Yield the whole chain, oldest row first; it is read in parts."""
        statement = self._select(t.audit.c.seq).limit(LINKS)
        rows = self._account.rows(statement)
        while rows:
            yield from map(self._link, rows)
            rows = self._account.rows(statement.where(t.audit.c.seq > rows[-1][1]))

    def length(self) -> int:
        """Return the number of rows, which is the number of the last one."""
        return self.end()[0]

    def latest(
        self, limit: int | None = None, since: Instant | None = None, who: str = ""
    ) -> list[Link]:
        """Return the newest rows first: at most *limit*, from *since* on, by or for *who*.

        The order is that of the chain. *since* selects all rows from the first with this time
        or a later one on, even if a clock that was set back gave them an earlier time.
        """
        c = t.audit.c
        statement = self._select(c.seq.desc()).limit(limit)
        if since is not None:
            first = self._select().with_only_columns(func.min(c.seq))
            begin = first.where(c.timestamp >= stored(since)).scalar_subquery()
            statement = statement.where(c.seq >= begin)
        if who:
            statement = statement.where(or_(c.applier == who, c.on_behalf_of == who))
        return [self._link(row) for row in self._account.rows(statement)]

    def walk(
        self,
        span: Span,
        *,
        is_ascending: bool = False,
        begin: tuple[Instant, int] | None = None,
    ) -> Iterator[Link]:
        """Yield the rows of *span* in order of time, the newest first unless *is_ascending*.

        They begin at the time and the row number *begin*, and are read in parts as needed.
        *Why* their numbers first: an index has those for some tables, and SQLite would otherwise
        read each row.
        """
        c = t.audit.c
        place = tuple_(c.timestamp, c.seq)
        order = (c.timestamp, c.seq) if is_ascending else (c.timestamp.desc(), c.seq.desc())
        mine = select(c.seq).where(*self._within(span))
        numbers = mine.order_by(*order)
        part = numbers
        if begin is not None:
            first = _place(stored(begin[0]), begin[1])
            part = numbers.where(place >= first if is_ascending else place <= first)
        for most in chain(PARTS, repeat(PARTS[-1])):
            these = part.limit(most).subquery()
            listed = self._select(*order).join(these, c.seq == these.c.seq)
            rows = [self._link(row) for row in self._account.rows(listed)]
            yield from rows
            if len(rows) < most:
                return
            last = _place(rows[-1].texts[0], rows[-1].seq)
            part = numbers.where(place > last if is_ascending else place < last)

    def count(self, span: Span) -> int:
        """Return the number of rows in *span*; the database counts them."""
        mine = select(func.count()).select_from(t.audit).where(*self._within(span))
        return int(self._account.rows(mine)[0][0])

    def tallies(self, span: Span, by: By | Interval, most: int | None = None) -> list[Tally]:
        """Return the groups of rows of *span*, at most *most*; the database counts them."""
        c, dialect = t.audit.c, self._account.connection.dialect
        rows = (
            select(grouping(by, dialect).label("part"), c.timestamp, c.seq)
            .where(*self._within(span))
            .subquery()
        )
        times = func.min(rows.c.timestamp), func.max(rows.c.timestamp)
        counts = select(func.count(), *times, func.max(rows.c.seq), rows.c.part)
        groups = self._account.rows(counts.group_by(rows.c.part).limit(most))
        newest = {link.seq: link for link in self._at(seq for *_, seq, _ in groups)}
        return [
            Tally(str(key), size, loaded(first), loaded(last), newest[seq])
            for size, first, last, seq, key in groups
        ]

    def _within(self, span: Span) -> Iterator[ColumnElement[bool]]:
        yield t.audit.c.account == self._account.number
        yield from span.conditions(self._account.connection.dialect)

    def _at(self, numbers: Iterable[int]) -> Iterator[Link]:
        for part in batched(sorted(numbers)):
            rows = self._account.rows(self._select().where(t.audit.c.seq.in_(part)))
            yield from map(self._link, rows)

    def touched(self, addresses: Collection[Address]) -> dict[Address, Touch]:
        """Return the last change of each of *addresses* that the trail has."""
        c, named = t.audit.c, {str(address): address for address in addresses}
        names, touches = sorted(named), dict[Address, Touch]()
        for part in batched(names):
            done = (c.account == self._account.number, c.result == DONE, c.object_id.in_(part))
            newest = select(func.max(c.seq)).where(*done).group_by(c.object_id)
            rows = self._account.rows(
                select(c.object_id, c.timestamp, c.applier, c.run, c.plan_digest).where(
                    c.account == self._account.number, c.seq.in_(newest)
                )
            )
            touches.update(
                (named[name], Touch(loaded(at), who, run, planned=bool(digest)))
                for name, at, who, run, digest in rows
            )
        return touches

    def about_people(self, people: Collection[Address]) -> list[Record]:
        """Return the records about *people*, and all renames if one of them may have been renamed.

        *Why* only then: renames are found by their message, in all rows of users.
        """
        c = t.audit.c
        names = sorted(map(str, people))
        mine = self._select(c.seq).where(c.result == DONE, c.object_table == PERSON_TABLE)
        links = [
            self._link(row)
            for part in batched(names)
            for row in self._account.rows(mine.where(c.object_id.in_(part)))
        ]
        last = {link.record.object_id: link.record for link in links}
        if any(record.after is not None for record in last.values()):
            renames = self._account.rows(mine.where(c.message.like(RENAMES)))
            links = list({link.seq: link for link in (*links, *map(self._link, renames))}.values())
        return [link.record for link in sorted(links, key=lambda link: link.seq)]

    def makers(self, born: Mapping[Address, str]) -> dict[Address, str]:
        """Return the creator of each key of *born*, which has the time of its creation.

        *Why* not by address: the row of a key has the name of its owner at that time.
        """
        c, moments = t.audit.c, sorted(set(born.values()))
        rows: dict[tuple[str, str], str] = {}
        for part in batched(moments):
            changes = self._account.rows(
                select(c.timestamp, c.object_id, c.applier, c.on_behalf_of)
                .where(c.account == self._account.number, c.object_table == KEY_TABLE)
                .where(c.result == DONE, c.before.is_(None))
                .where(c.timestamp.in_(part))
            )
            rows.update(
                ((at, _name(key)), format_actor(applier, behalf))
                for at, key, applier, behalf in changes
            )
        made = {key: rows.get((at, _name(str(key)))) for key, at in born.items()}
        return {key: maker for key, maker in made.items() if maker}

    def end(self) -> tuple[int, str]:
        """Return the number and the hash of the last row."""
        rows = self._account.rows(self._select(t.audit.c.seq.desc()).limit(1))
        return (rows[0][1], rows[0][3]) if rows else (0, START)

    def scopes_since(self, seq: int, digest: str) -> frozenset[Address] | None:
        """Return the workspaces of all changes since the row *seq*, whose hash was *digest*.

        None if the rows do not follow that one, if other resources were changed, or too many.
        """
        c = t.audit.c
        rows = self._account.rows(self._select(c.seq).where(c.seq > seq).limit(MOST_CHANGES))
        links, check = [self._link(row) for row in rows], ChainCheck(seq=seq, prev=digest)
        if len(links) == MOST_CHANGES or any(True for row in links for _ in check.row(row)):
            return None
        scopes: set[Address] = set()
        for record in (row.record for row in links):
            changed = workspaces_of(recorded_change(record)) if is_change(record) else frozenset()
            if changed is None:
                return None
            scopes |= changed
        return frozenset(scopes)

    def _select(self, *order: ColumnElement[Any]) -> Select[Any]:
        chosen = (t.audit.c[name] for name in COLUMNS)
        return select(*chosen).where(t.audit.c.account == self._account.number).order_by(*order)

    def _link(self, row: tuple[Any, ...]) -> Link:
        _, seq, prev, digest, *content = row
        return Link(self._account.handle, seq, prev, tuple(content), digest)


def _place(time: str | None, seq: int) -> ColumnElement[Any]:
    return tuple_(literal(time), literal(seq, t.audit.c.seq.type))


def _name(key: str) -> str:
    """Return the name of the key in this address, still encoded."""
    return key.rpartition("/key/")[2]
