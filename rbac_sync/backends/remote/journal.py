"""The journal of a backend without transactions: intents before requests, outcomes after them.

An intent is committed before its request is sent, and its outcome after the
response. An intent without outcome belongs to a run that ended in between: to
settle it, rbac-sync reads the live state and never repeats the request. The
journal also holds the audit trail of such a backend.

A journal is in a SQLite file of this machine, or in a database.
"""

from __future__ import annotations

import getpass
import json
import os
import socket
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from ...audit.chain import START, Link, link
from ...audit.record import DONE, EVENT, Authorship, Record, settled
from ...audit.row_facts import Mismatch
from ...audit.search import ALL, Search
from ...audit.texts import FIELDS
from ...dataclasses import dataclass, replace
from ...errors import BackendError
from ...model import Address, Instant, label
from ...model.instant import rfc3339, sortable
from ...planning import Change
from ...planning.plain_change import change_of, text_of_change
from ..database.parts import FAR, batched, newest_first
from ..database.sql import SqlConnection
from .journal_rows import JournalRows
from .state_files import JournalPlace

FIRST = "coalesce(min(seq), :far)"
"""The number of the first row; ``far`` if there is none."""

CHAIN = f"seq, prev, hash, {', '.join(FIELDS)}"
"""The columns of a row of the trail."""

RESTORE = "put back a copy of it from before"
"""The hint for a journal that somebody changed by hand."""


@dataclass(frozen=True, slots=True)
class Intent:
    """A change that a run is about to make.

    ``mark`` is the id of the resource at this address before, empty if there was none.
    """

    number: int
    run: str
    change: Change
    mark: str


class Journal:
    """The journal of one account. A run that writes to it holds the lock of the account."""

    def __init__(self, database: SqlConnection, where: JournalPlace) -> None:
        """Use the journal at *where*; ``account`` is the name in its audit trail."""
        self.place, self.account = where, where.account
        self._rows = JournalRows(database, where.name)
        self._check: Callable[[], None] = lambda: None

    def hold(self, check: Callable[[], None]) -> None:
        """Record that this process holds the lock; *check* raises an error if the lock is lost."""
        self._check = check
        with self.transaction():
            self._rows.drop("hold")
            self._rows.add(
                "hold", who=here(), since=rfc3339(datetime.now(UTC).replace(microsecond=0))
            )

    def release(self) -> None:
        """Record that the lock of the account is free."""
        with self.transaction():
            self._rows.drop("hold")

    def holder(self) -> str:
        """Return the holder of the lock and its time as text; empty if unknown."""
        rows = self._rows.select("hold", "who, since")
        return " since ".join(rows[0]) if rows else ""

    def begin(self, by: Authorship) -> None:
        """Record that a run begins: its principals and its plan."""
        applier, behalf = (label(who) if who else "" for who in (by.applier, by.on_behalf_of))
        with self.transaction():
            self._rows.add(
                "run",
                id=by.run,
                applier=applier,
                on_behalf_of=behalf,
                plan_digest=by.plan_digest,
                finished=0,
            )

    def intend(self, run: str, change: Change, mark: str) -> Intent:
        """Record that *run* is about to make *change*, and return the intent.

        Raises:
            BackendError: the lock of the account is lost.
        """
        self._check()
        text = text_of_change(change)
        with self.transaction():
            ((last,),) = self._rows.select("intent", "max(number)")
            number = (last or 0) + 1
            self._rows.add("intent", number=number, run=run, change=text, mark=mark, recorded=0)
        return Intent(number, run, change, mark)

    def unrecorded(self) -> list[Intent]:
        """Return the intents that are not in the audit trail yet, oldest first."""
        columns = "number, run, change, mark"
        rows = self._rows.select("intent", columns, "AND recorded = 0 ORDER BY number")
        return [
            Intent(number, run, self._change(number, change), mark)
            for number, run, change, mark in rows
        ]

    def unlike(self) -> Iterator[Mismatch]:
        """Yield each difference between the runs and intents of the journal and its trail."""
        rows = ((row.seq, row.record) for row in self.links())
        changes = [(seq, record) for seq, record in rows if record.result != EVENT]
        yield from self._unlike_runs(changes)
        yield from self._unlike_intents(changes)

    def _unlike_runs(self, changes: Iterable[tuple[int, Record]]) -> Iterator[Mismatch]:
        """Yield each row of *changes*, by its number, that differs from its run.

        *Why*: what is settled later is put on record with the applier of the run.
        """
        rows = self._rows.select("run", "id, applier, on_behalf_of, plan_digest")
        runs = {id_: tuple(of) for id_, *of in rows}
        for seq, record in changes:
            if runs.get(record.run) != (record.applier, record.on_behalf_of, record.plan_digest):
                message = f"names another applier, author or plan than run `{record.run}`"
                yield Mismatch(f"row {seq} of the trail", message, RESTORE)

    def _unlike_intents(self, changes: Iterable[tuple[int, Record]]) -> Iterator[Mismatch]:
        """Yield each intent that is missing, or is marked as recorded but not among *changes*.

        Each row of *changes*, by its number, without an intent is yielded, too.
        """
        rows: dict[tuple[str, str], dict[str, int]] = {}
        for seq, record in changes:
            rows.setdefault((record.run, record.object_id), {})[record.result] = seq
        columns = "number, run, change, outcome, recorded"
        intended = set()
        for place, (number, run, change, outcome, recorded) in enumerate(
            self._rows.select("intent", columns, "ORDER BY number"), start=1
        ):
            where = f"intent {number} of the journal"
            if number != place:
                yield Mismatch(where, f"stands where intent {place} should", RESTORE)
                return
            address = str(self._change(number, change).address)
            intended.add((run, address))
            if recorded and outcome not in rows.get((run, address), ()):
                yield Mismatch(where, f"`{address}` is {outcome}, which no row tells", RESTORE)
        for key, results in rows.items():
            if key not in intended:
                message = f"tells of `{key[1]}`, which no intent of the journal names"
                yield Mismatch(f"row {min(results.values())} of the trail", message, RESTORE)

    def _change(self, number: int, text: str) -> Change:
        try:
            return change_of(json.loads(text))
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise self._damaged(f"intent {number}") from error

    def _damaged(self, what: str) -> BackendError:
        message = f"{what} in the journal `{self.place}` is not as it was written"
        return BackendError(message, hint=RESTORE)

    def conclude(
        self, intent: Intent, outcome: str, at: Instant, reason: str, settled_by: str = ""
    ) -> None:
        """Settle *intent* and add its row to the audit trail.

        *settled_by* is the applier of the run that settles it, if that is another run.
        """
        columns = "applier, on_behalf_of, plan_digest"
        run = self._rows.select("run", columns, "AND id = :run", run=intent.run)
        if not run:
            raise self._damaged(f"intent {intent.number}")
        ((applier, behalf, digest),) = run
        record = Authorship(None, intent.run, digest, reason=reason).record(
            intent.change, at, outcome
        )
        record = replace(record, applier=applier, on_behalf_of=behalf)
        self.record(settled(record, settled_by) if settled_by else record, intent)

    def record(self, record: Record, intent: Intent | None = None) -> None:
        """Add one row to the audit trail, and its result to *intent*, of whose change it is."""
        with self.transaction():
            self._append(record)
            if intent is not None:
                outcome = {"outcome": record.result, "recorded": 1}
                self._rows.update("intent", {"number": intent.number}, outcome)

    def finish(self, run: str) -> None:
        """Record that *run* is complete."""
        self._rows.update("run", {"id": run}, {"finished": 1})

    def has_run(self, run: str) -> bool:
        """Say whether the journal knows *run*."""
        return bool(self._rows.select("run", "id", "AND id = :run", run=run))

    def applied(self, plan_digest: str) -> bool:
        """Say whether a run of the plan with this digest is complete."""
        finished = "AND plan_digest = :digest AND finished = 1"
        return bool(self._rows.select("run", "id", finished, digest=plan_digest))

    def made(self, plan_digest: str) -> tuple[Change, ...]:
        """Return the changes that runs of the plan with this digest have made, in their order."""
        runs = "SELECT id FROM journal_run WHERE journal = :journal AND plan_digest = :digest"
        done = f"AND outcome = :done AND run IN ({runs}) ORDER BY number"
        rows = self._rows.select("intent", "number, change", done, done=DONE, digest=plan_digest)
        return tuple(self._change(number, change) for number, change in rows)

    def lose(self, key: str) -> None:
        """Record that the secret of the key with this id is lost."""
        with self.transaction():
            self._rows.drop("lost_key", key=key)
            self._rows.add("lost_key", key=key)

    def lost(self) -> frozenset[UUID]:
        """Return the ids of the keys whose secret is lost."""
        try:
            return frozenset(UUID(key) for (key,) in self._rows.select("lost_key", "key"))
        except ValueError as error:
            raise self._damaged("the id of a lost key") from error

    def keep_key(self, owner: str, name: str, id_: str) -> None:
        """Record the id of a new key."""
        with self.transaction():
            self._rows.drop("made_key", owner=owner, name=name)
            self._rows.add("made_key", owner=owner, name=name, id=id_)

    def drop_key(self, owner: str, name: str) -> None:
        """Record that a key no longer exists."""
        with self.transaction():
            self._rows.drop("made_key", owner=owner, name=name)

    def rename_owner(self, old: str, new: str) -> None:
        """Record a new name of the owner of keys."""
        with self.transaction():
            self._rows.drop("made_key", owner=new)
            self._rows.update("made_key", {"owner": old}, {"owner": new})

    def keys(self) -> dict[tuple[str, str], str]:
        """Return the id of each recorded key, by the owner and the name of the key."""
        rows = self._rows.select("made_key", "owner, name, id")
        return {(owner, name): id_ for owner, name, id_ in rows}

    def links(self) -> Iterator[Link]:
        """Yield the whole audit trail, oldest row first."""
        return map(self._link, self._rows.select("audit", CHAIN, "ORDER BY seq"))

    def about_people(self, people: Collection[Address]) -> list[Record]:
        """Return the recorded changes of *people*, oldest first."""
        such = "AND result = :done AND object_id IN (:names)"
        links = [
            self._link(row)
            for names in batched(sorted(map(str, people)))
            for row in self._rows.select("audit", CHAIN, such, done=DONE, names=names)
        ]
        return [link.record for link in sorted(links, key=lambda link: link.seq)]

    def latest(self, search: Search = ALL) -> Iterator[Link]:
        """Yield the rows that *search* may select, the newest first, read in parts as needed.

        The order is that of the trail. ``since`` selects the first row of that time and
        all rows after it, even if a clock that was set back gave them earlier times.
        """
        such, values = self._rows.conditions(search)
        such += " AND seq BETWEEN :first AND :last ORDER BY seq DESC LIMIT :most"
        select, values["first"] = self._rows.select, 0
        if search.since is not None:
            dated = {"since": sortable(search.since), "far": FAR}
            ((values["first"],),) = select("audit", FIRST, "AND timestamp >= :since", **dated)
        parts = newest_first(
            lambda last, most: select("audit", CHAIN, such, **values, last=last, most=most), 0
        )
        return map(self._link, parts)

    def _append(self, record: Record) -> None:
        end = self._rows.select("audit", "seq, hash", "ORDER BY seq DESC LIMIT 1")
        seq, prev = end[0] if end else (0, START)
        row = link(self.account, seq + 1, prev, record)
        texts = dict(zip(FIELDS, row.texts, strict=True))
        self._rows.add("audit", seq=row.seq, prev=row.prev, hash=row.hash, **texts)

    def _link(self, row: tuple[Any, ...]) -> Link:
        seq, prev, digest, *texts = row
        return Link(self.account, seq, prev, tuple(texts), digest)

    def transaction(self) -> AbstractContextManager[None]:
        return self._rows.transaction()


def here() -> str:
    """Return a description of this run for other runs: process, user and machine."""
    try:
        user = getpass.getuser()
    except (KeyError, OSError):
        user = str(os.getuid())
    return f"process {os.getpid()} of `{user}` on `{socket.gethostname()}`"
