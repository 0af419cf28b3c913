"""What a backend without transactions does, on this machine's disk before and after it does it.

An intent is on the disk before its request leaves, and its outcome once the
answer has come. An intent without outcome is one of a run that ended in
between: it is settled by looking at what is live, never by asking again. The
audit trail of such a backend is kept here too.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ..audit.chain import START, Link, link
from ..audit.record import DONE, FAILED, Authorship, Record
from ..audit.texts import FIELDS
from ..errors import BackendError
from ..model import Instant, label
from ..model.instant import sortable
from ..model.plain import canonical
from ..planning import Change
from ..planning.plain_change import change_of, plain_change

FORMAT = 1
COLUMNS = ", ".join(("seq", "prev", "hash", *FIELDS))
KEYS = """CREATE TABLE IF NOT EXISTS made_key (
    owner TEXT NOT NULL,
    name TEXT NOT NULL,
    id TEXT NOT NULL,
    PRIMARY KEY (owner, name)
) STRICT"""
"""The keys that were made from this machine; journals of before have no such table yet."""

SCHEMA = f"""
BEGIN;
CREATE TABLE run (
    id TEXT PRIMARY KEY,
    applier TEXT NOT NULL,
    on_behalf_of TEXT NOT NULL,
    plan_digest TEXT NOT NULL,
    finished INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TABLE intent (
    number INTEGER PRIMARY KEY,
    run TEXT NOT NULL REFERENCES run (id),
    change TEXT NOT NULL,
    mark TEXT NOT NULL,
    outcome TEXT,
    recorded INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TABLE lost (key TEXT PRIMARY KEY) STRICT;
{KEYS};
CREATE TABLE audit (
    seq INTEGER PRIMARY KEY,
    prev TEXT NOT NULL UNIQUE,
    hash TEXT NOT NULL,
    {", ".join(f"{name} TEXT" for name in FIELDS)}
) STRICT;
PRAGMA user_version = {FORMAT};
COMMIT;
"""


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


@contextmanager
def opened(path: Path, account: str, *, to_write: bool) -> Iterator[Journal]:
    """Open the journal of *account* at *path*; one that is not there yet is empty.

    Raises:
        BackendError: it cannot be opened, or is of a later version.

    """
    try:
        connection = _connection(path, to_write=to_write)
    except (sqlite3.Error, OSError) as error:
        raise _unusable(path, error) from error
    with closing(connection):
        try:
            yield Journal(connection, account)
        except sqlite3.Error as error:
            raise _unusable(path, error) from error


def _unusable(path: Path, error: Exception) -> BackendError:
    message = f"the journal `{path}` cannot be used: {error}"
    return BackendError(message, hint="see RBAC_SYNC_STATE_DIR, and whether the disk is full")


def _connection(path: Path, *, to_write: bool) -> sqlite3.Connection:
    if to_write:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    place = path if path.exists() else ":memory:"
    connection = sqlite3.connect(place, isolation_level=None)
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")
    (found,) = connection.execute("PRAGMA user_version").fetchone()
    if found == 0:
        connection.executescript(SCHEMA)
    elif found != FORMAT:
        connection.close()
        message = f"the journal `{path}` is of format {found}; this version knows {FORMAT}"
        raise BackendError(message, hint="use the version of rbac-sync that wrote it")
    elif to_write:
        connection.execute(KEYS)
    return connection


class Journal:
    """The journal of one account. Who writes to it holds the account's lock."""

    def __init__(self, connection: sqlite3.Connection, account: str) -> None:
        """Keep the journal of *account*, as its chain is called."""
        self._connection, self.account = connection, account

    def begin(self, by: Authorship) -> None:
        """Note whose run begins, and of which plan."""
        insert = "INSERT INTO run (id, applier, on_behalf_of, plan_digest) VALUES (?, ?, ?, ?)"
        names = (label(who) if who else "" for who in (by.applier, by.on_behalf_of))
        self._connection.execute(insert, (by.run, *names, by.plan_digest))

    def intend(self, run: str, change: Change, mark: str) -> int:
        """Note that *run* is about to make *change*, and return the number of this intent."""
        insert = "INSERT INTO intent (run, change, mark) VALUES (?, ?, ?)"
        told = canonical(plain_change(change))
        number = self._connection.execute(insert, (run, told, mark)).lastrowid
        assert number is not None, "an insert has a row"
        return number

    def settle(self, number: int, outcome: str) -> None:
        """Note what became of an intent."""
        statement = "UPDATE intent SET outcome = ? WHERE number = ?"
        self._connection.execute(statement, (outcome, number))

    def unrecorded(self) -> list[Intent]:
        """Return the intents that the trail does not tell of yet, oldest first."""
        chosen = "number, run, change, mark, outcome"
        found = self._rows(f"SELECT {chosen} FROM intent WHERE recorded = 0 ORDER BY number")  # noqa: S608
        return [
            Intent(number, run, change_of(json.loads(change)), mark, outcome)
            for number, run, change, mark, outcome in found
        ]

    def conclude(self, intent: Intent, outcome: str, at: Instant, reason: str = "") -> None:
        """Settle *intent* and add the row that its run did not come to add."""
        (applier, behalf, digest), *_ = self._rows(
            "SELECT applier, on_behalf_of, plan_digest FROM run WHERE id = ?", intent.run
        )
        record = Authorship(None, intent.run, digest, reason=reason).record(
            intent.change, at, DONE if outcome == DONE else FAILED
        )
        with self._transaction():
            self.settle(intent.number, outcome)
            self._append(replace(record, applier=applier, on_behalf_of=behalf))
            self._recorded(intent.number)

    def record(self, record: Record) -> None:
        """Add one row to the trail; the last intent of its run is then on record."""
        with self._transaction():
            self._append(record)
            last = "SELECT number FROM intent WHERE run = ? AND outcome = ? AND recorded = 0"
            for (number,) in self._rows(last, record.run, record.result):
                self._recorded(number)

    def finish(self, run: str) -> None:
        """Note that *run* has come to its end."""
        self._connection.execute("UPDATE run SET finished = 1 WHERE id = ?", (run,))

    def has_run(self, run: str) -> bool:
        """Say whether *run* has written here before."""
        return bool(self._rows("SELECT 1 FROM run WHERE id = ?", run))

    def applied(self, plan_digest: str) -> bool:
        """Say whether a run of the plan of this digest has come to its end."""
        return bool(self._rows("SELECT 1 FROM run WHERE plan_digest = ? AND finished", plan_digest))

    def made(self, plan_digest: str) -> tuple[Change, ...]:
        """Return the changes that runs of the plan of this digest have made, in their order."""
        found = self._rows(
            "SELECT change FROM intent JOIN run ON run.id = intent.run"
            " WHERE plan_digest = ? AND outcome = ? ORDER BY number",
            plan_digest,
            DONE,
        )
        return tuple(change_of(json.loads(change)) for (change,) in found)

    def lose(self, key: str) -> None:
        """Note that nobody has the secret of the key of this id."""
        self._connection.execute("INSERT OR IGNORE INTO lost (key) VALUES (?)", (key,))

    def lost(self) -> frozenset[str]:
        """Return the ids of the keys whose secret nobody has."""
        return frozenset(key for (key,) in self._rows("SELECT key FROM lost"))

    def keep_key(self, owner: str, name: str, id_: str) -> None:
        """Note the id of a key that was made."""
        insert = "INSERT OR REPLACE INTO made_key (owner, name, id) VALUES (?, ?, ?)"
        self._connection.execute(insert, (owner, name, id_))

    def drop_key(self, owner: str, name: str) -> None:
        """Note that a key is gone."""
        delete = "DELETE FROM made_key WHERE (owner, name) = (?, ?)"
        self._connection.execute(delete, (owner, name))

    def rename_owner(self, old: str, new: str) -> None:
        """Note that the owner of keys has another name."""
        update = "UPDATE OR REPLACE made_key SET owner = ? WHERE owner = ?"
        self._connection.execute(update, (new, old))

    def keys(self) -> dict[tuple[str, str], str]:
        """Return the id of each key that was made, by its owner and its name."""
        if not self._rows("SELECT 1 FROM sqlite_master WHERE name = 'made_key'"):
            return {}
        return {(owner, name): id_ for owner, name, id_ in self._rows("SELECT * FROM made_key")}

    def links(self) -> Iterator[Link]:
        """Yield the whole chain, oldest row first."""
        return map(self._link, self._rows(f"SELECT {COLUMNS} FROM audit ORDER BY seq"))  # noqa: S608

    def latest(
        self, limit: int | None = None, since: Instant | None = None, who: str = ""
    ) -> list[Link]:
        """Return the newest rows first: at most *limit*, from *since* on, by or for *who*."""
        query = f"""SELECT {COLUMNS} FROM audit
            WHERE timestamp >= ? AND ? IN ('', applier, on_behalf_of)
            ORDER BY timestamp DESC, seq DESC LIMIT ?"""  # noqa: S608
        first = sortable(since) if since else ""
        return list(map(self._link, self._rows(query, first, who, -1 if limit is None else limit)))

    def _append(self, record: Record) -> None:
        end = self._rows("SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1")
        seq, prev = end[0] if end else (0, START)
        row = link(self.account, seq + 1, prev, record)
        values = (row.seq, row.prev, row.hash, *row.texts)
        marks = ", ".join("?" * len(values))
        self._connection.execute(f"INSERT INTO audit ({COLUMNS}) VALUES ({marks})", values)  # noqa: S608

    def _recorded(self, number: int) -> None:
        self._connection.execute("UPDATE intent SET recorded = 1 WHERE number = ?", (number,))

    def _link(self, row: tuple[Any, ...]) -> Link:
        seq, prev, digest, *told = row
        return Link(self.account, seq, prev, tuple(told), digest)

    def _rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        return self._connection.execute(query, values).fetchall()

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        """Make what is done inside whole, and on the disk at the end."""
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")
