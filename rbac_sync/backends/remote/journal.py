"""The journal of a backend without transactions: intents before requests, outcomes after them.

An intent is committed before its request leaves, and its outcome once the
answer has come. An intent without outcome is one of a run that ended in
between: it is settled by looking at what is live, never by asking again. The
audit trail of such a backend is kept here too.

A journal is in a SQLite file of this machine, or in a database that outlives it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Select, func, or_, select

from ...audit.chain import START, Link, link
from ...audit.record import DONE, Authorship, Record
from ...audit.row_facts import Mismatch
from ...audit.settlement import settled
from ...audit.texts import FIELDS
from ...errors import BackendError
from ...model import Address, Instant, label
from ...model.instant import rfc3339, sortable
from ...planning import Change
from ...planning.plain_change import change_of, text_of_change
from . import journal_tables as t
from .journal_lock import here
from .state_files import JournalPlace

MOST_NAMED = 500
"""How many things one query names."""

RESTORE = "put back a copy of it from before"
"""Advice about a journal that somebody changed."""


@dataclass(frozen=True, slots=True)
class Intent:
    """A change that was about to be made.

    ``mark`` is the id of what stood in its place before, empty if nothing did.
    ``outcome`` is ``done`` or ``failed``, None as long as nobody knows.
    """

    number: int
    run: str
    change: Change
    mark: str
    outcome: str | None


class Journal:
    """The journal of one account. Who writes to it holds the account's lock."""

    def __init__(self, connection: Connection, where: JournalPlace) -> None:
        """Keep the journal at *where*; ``account`` is what its chain is called."""
        self._connection, self.place, self.account = connection, where, where.account
        self._name = where.name
        self._check: Callable[[], None] = lambda: None

    def hold(self, check: Callable[[], None]) -> None:
        """Note that this process holds the account's lock; *check* raises if it is lost."""
        self._check = check
        with self.transaction():
            self._drop(t.hold)
            self._add(t.hold, who=here(), since=rfc3339(datetime.now(UTC).replace(microsecond=0)))

    def release(self) -> None:
        """Record that the account's lock is free."""
        with self.transaction():
            self._drop(t.hold)

    def holder(self) -> str:
        """Return the holder of the account's lock and the time, as text; empty if unknown."""
        rows = self._rows(self._select(t.hold, "who", "since"))
        return " since ".join(rows[0]) if rows else ""

    def begin(self, by: Authorship) -> None:
        """Note whose run begins, and of which plan."""
        applier, behalf = (label(who) if who else "" for who in (by.applier, by.on_behalf_of))
        with self.transaction():
            self._add(
                t.run,
                id=by.run,
                applier=applier,
                on_behalf_of=behalf,
                plan_digest=by.plan_digest,
                finished=0,
            )

    def intend(self, run: str, change: Change, mark: str) -> int:
        """Note that *run* is about to make *change*, and return the number of this intent.

        Raises:
            BackendError: the account's lock has been lost.

        """
        self._check()
        c, text = t.intent.c, text_of_change(change)
        with self.transaction():
            (last,) = self._rows(select(func.max(c.number)).where(c.journal == self._name))[0]
            number = (last or 0) + 1
            self._add(t.intent, number=number, run=run, change=text, mark=mark, recorded=0)
        return number

    def settle(self, number: int, outcome: str | None) -> None:
        """Note what became of an intent."""
        self._change_intent(number, outcome=outcome)

    def unrecorded(self) -> list[Intent]:
        """Return the intents that the trail does not tell of yet, oldest first."""
        c = t.intent.c
        chosen = self._select(t.intent, "number", "run", "change", "mark", "outcome")
        return [
            Intent(number, run, self._change(number, change), mark, outcome)
            for number, run, change, mark, outcome in self._rows(
                chosen.where(c.recorded == 0).order_by(c.number)
            )
        ]

    def unlike(self, records: Iterable[Record]) -> Iterator[Mismatch]:
        """Yield each intent that is gone, or is noted as recorded and has no row in *records*."""
        rows = {(record.run, record.object_id, record.result) for record in records}
        chosen = self._select(t.intent, "number", "run", "change", "outcome", "recorded")
        for place, (number, run, change, outcome, recorded) in enumerate(
            self._rows(chosen.order_by(t.intent.c.number)), start=1
        ):
            where = f"intent {number} of the journal"
            if number != place:
                yield Mismatch(where, f"stands where intent {place} should", RESTORE)
                return
            address = str(self._change(number, change).address)
            if recorded and (run, address, outcome) not in rows:
                yield Mismatch(where, f"`{address}` is {outcome}, which no row tells", RESTORE)

    def _change(self, number: int, text: str) -> Change:
        try:
            return change_of(json.loads(text))
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise self._damaged(number) from error

    def _damaged(self, number: int) -> BackendError:
        message = f"intent {number} in the journal `{self.place}` is not as it was written"
        return BackendError(message, hint=RESTORE)

    def conclude(
        self, intent: Intent, outcome: str, at: Instant, reason: str, settled_by: str = ""
    ) -> None:
        """Settle *intent* and add the row that its run did not come to add.

        *settled_by* is whose run found out, where it is another one.
        """
        chosen = self._select(t.run, "applier", "on_behalf_of", "plan_digest")
        run = self._rows(chosen.where(t.run.c.id == intent.run))
        if not run:
            raise self._damaged(intent.number)
        ((applier, behalf, digest),) = run
        record = Authorship(None, intent.run, digest, reason=reason).record(
            intent.change, at, outcome
        )
        record = replace(record, applier=applier, on_behalf_of=behalf)
        with self.transaction():
            self._append(settled(record, settled_by) if settled_by else record)
            self._change_intent(intent.number, outcome=outcome, recorded=1)

    def record(self, record: Record) -> None:
        """Add one row to the trail; the last intent of its run is then on record."""
        c = t.intent.c
        last = self._select(t.intent, "number").where(
            c.run == record.run, c.outcome == record.result, c.recorded == 0
        )
        with self.transaction():
            self._append(record)
            for (number,) in self._rows(last):
                self._change_intent(number, recorded=1)

    def finish(self, run: str) -> None:
        """Note that *run* has come to its end."""
        c = t.run.c
        mine = t.run.update().where(c.journal == self._name, c.id == run)
        with self.transaction():
            self._connection.execute(mine.values(finished=1))

    def has_run(self, run: str) -> bool:
        """Say whether *run* has written here before."""
        return bool(self._rows(self._select(t.run, "id").where(t.run.c.id == run)))

    def applied(self, plan_digest: str) -> bool:
        """Say whether a run of the plan of this digest has come to its end."""
        c = t.run.c
        finished = self._select(t.run, "id").where(c.plan_digest == plan_digest, c.finished == 1)
        return bool(self._rows(finished))

    def made(self, plan_digest: str) -> tuple[Change, ...]:
        """Return the changes that runs of the plan of this digest have made, in their order."""
        c = t.intent.c
        runs = self._select(t.run, "id").where(t.run.c.plan_digest == plan_digest)
        done = self._select(t.intent, "number", "change").where(c.outcome == DONE, c.run.in_(runs))
        rows = self._rows(done.order_by(c.number))
        return tuple(self._change(number, change) for number, change in rows)

    def lose(self, key: str) -> None:
        """Record that the secret of the key of this id is lost."""
        with self.transaction():
            self._drop(t.lost_key, key=key)
            self._add(t.lost_key, key=key)

    def lost(self) -> frozenset[str]:
        """Return the ids of the keys whose secret is lost."""
        return frozenset(key for (key,) in self._rows(self._select(t.lost_key, "key")))

    def keep_key(self, owner: str, name: str, id_: str) -> None:
        """Note the id of a key that was made."""
        with self.transaction():
            self._drop(t.made_key, owner=owner, name=name)
            self._add(t.made_key, owner=owner, name=name, id=id_)

    def drop_key(self, owner: str, name: str) -> None:
        """Note that a key is gone."""
        with self.transaction():
            self._drop(t.made_key, owner=owner, name=name)

    def rename_owner(self, old: str, new: str) -> None:
        """Note that the owner of keys has another name."""
        with self.transaction():
            for (owner, name), id_ in self.keys().items():
                if owner == old:
                    self.drop_key(old, name)
                    self.keep_key(new, name, id_)

    def keys(self) -> dict[tuple[str, str], str]:
        """Return the id of each key that was made, by its owner and its name."""
        rows = self._rows(self._select(t.made_key, "owner", "name", "id"))
        return {(owner, name): id_ for owner, name, id_ in rows}

    def links(self) -> Iterator[Link]:
        """Yield the whole chain, oldest row first."""
        return map(self._link, self._rows(self._chain().order_by(t.audit.c.seq)))

    def about_people(self, people: Collection[Address]) -> list[Record]:
        """Return the changes of *people* on record, oldest first."""
        names, c = sorted(map(str, people)), t.audit.c
        links = [
            self._link(row)
            for start in range(0, len(names), MOST_NAMED)
            for row in self._rows(
                self._chain().where(
                    c.object_id.in_(names[start : start + MOST_NAMED]), c.result == DONE
                )
            )
        ]
        return [link.record for link in sorted(links, key=lambda link: link.seq)]

    def latest(
        self, limit: int | None = None, since: Instant | None = None, who: str = ""
    ) -> list[Link]:
        """Return the newest rows first: at most *limit*, from *since* on, by or for *who*.

        The order is that of the chain. *Since* begins with the first row of that
        time: a row after it is no older, whatever a clock that was set back says.
        """
        c = t.audit.c
        chosen = self._chain().order_by(c.seq.desc()).limit(limit)
        if since is not None:
            first = self._chain().with_only_columns(func.min(c.seq))
            begin = first.where(c.timestamp >= sortable(since)).scalar_subquery()
            chosen = chosen.where(c.seq >= begin)
        if who:
            chosen = chosen.where(or_(c.applier == who, c.on_behalf_of == who))
        return list(map(self._link, self._rows(chosen)))

    def _append(self, record: Record) -> None:
        end = self._rows(self._chain().order_by(t.audit.c.seq.desc()).limit(1))
        seq, prev = (end[0][0], end[0][2]) if end else (0, START)
        row = link(self.account, seq + 1, prev, record)
        texts = dict(zip(FIELDS, row.texts, strict=True))
        self._add(t.audit, seq=row.seq, prev=row.prev, hash=row.hash, **texts)

    def _chain(self) -> Select[Any]:
        return self._select(t.audit, "seq", "prev", "hash", *FIELDS)

    def _link(self, row: tuple[Any, ...]) -> Link:
        seq, prev, digest, *texts = row
        return Link(self.account, seq, prev, tuple(texts), digest)

    def _select(self, table: Any, *columns: str) -> Select[Any]:
        """Return a query for *columns* of this journal's rows of *table*."""
        return select(*(table.c[name] for name in columns)).where(table.c.journal == self._name)

    def _add(self, table: Any, **values: object) -> None:
        self._connection.execute(table.insert().values(journal=self._name, **values))

    def _drop(self, table: Any, **values: object) -> None:
        """Delete the rows of *table* that have these values."""
        same = (table.c[name] == value for name, value in values.items())
        self._connection.execute(table.delete().where(table.c.journal == self._name, *same))

    def _change_intent(self, number: int, **values: object) -> None:
        c = t.intent.c
        mine = t.intent.update().where(c.journal == self._name, c.number == number)
        with self.transaction():
            self._connection.execute(mine.values(**values))

    def _rows(self, chosen: Select[Any]) -> list[tuple[Any, ...]]:
        with self.transaction():
            return [tuple(row) for row in self._connection.execute(chosen)]

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Make what is done inside whole, and committed at the end of the outermost."""
        if self._connection.in_transaction():
            yield
            return
        with self._connection.begin():
            yield
