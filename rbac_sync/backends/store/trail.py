"""The account's audit trail as rows: appended to, read back, never changed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from typing import Any

from sqlalchemy import ColumnElement, Select, or_, select

from ...audit.chain import START, Link, link
from ...audit.record import Record
from ...model import Instant
from . import tables as t
from .account import Account
from .batch import FULL
from .bulk import Row, load

FIELDS = tuple(f.name for f in fields(Record))


class Trail:
    """The trail of one account inside one transaction."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._last: tuple[int, str] | None = None
        self._held: list[Row] = []

    def append(self, record: Record) -> None:
        """Add one row at the end of the chain; it is written with the next ``flush``."""
        seq, prev = self._last or self._end()
        row = link(self._account.handle, seq + 1, prev, record)
        self._last = row.seq, row.hash
        self._held.append(self._row(row))
        if len(self._held) >= FULL:
            self.flush()

    def flush(self) -> None:
        """Write the rows held back."""
        if self._held:
            load(self._account.connection, t.audit, self._held)
            self._held = []

    def links(self) -> Iterator[Link]:
        """Yield the whole chain, oldest row first."""
        yield from map(self._link, self._account.connection.execute(self._rows(t.audit.c.seq)))

    def latest(
        self,
        limit: int | None = None,
        since: Instant | None = None,
        who: str = "",
    ) -> list[Link]:
        """Return the newest rows first: at most *limit*, from *since* on, by or for *who*."""
        c = t.audit.c
        statement = self._rows(c.timestamp.desc(), c.seq.desc()).limit(limit)
        if since is not None:
            statement = statement.where(c.timestamp >= since)
        if who:
            statement = statement.where(or_(c.applier == who, c.on_behalf_of == who))
        return [self._link(row) for row in self._account.connection.execute(statement)]

    def _end(self) -> tuple[int, str]:
        found = self._account.connection.execute(self._rows(t.audit.c.seq.desc()).limit(1)).first()
        return (found.seq, found.hash) if found else (0, START)

    def _rows(self, *order: ColumnElement[Any]) -> Select[Any]:
        return select(t.audit).where(t.audit.c.account == self._account.number).order_by(*order)

    def _row(self, row: Link) -> Row:
        told = {name: getattr(row.record, name) for name in FIELDS}
        place = {"seq": row.seq, "prev": row.prev, "hash": row.hash}
        return {"account": self._account.number, **place, **told}

    def _link(self, row: Any) -> Link:  # noqa: ANN401
        record = Record(**{name: getattr(row, name) for name in FIELDS})
        return Link(self._account.handle, row.seq, row.prev, record, row.hash)
