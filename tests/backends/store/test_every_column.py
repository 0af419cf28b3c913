"""One UPDATE of any column, one DELETE and one INSERT in any table: `audit verify` finds it.

What it does not find is listed here, each with the reason. A new column or table
that is neither found nor listed fails.
"""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing
from uuid import uuid4

import pytest

from rbac_sync.backends.database.columns import FLAG, INSTANT, PLAIN, TEXT
from rbac_sync.backends.store import StoreBackend
from rbac_sync.backends.store.tables import TABLES
from rbac_sync.errors import RbacSyncError
from rbac_sync.pipeline.queries import verify

from .content import filled

COUNTS = "counts writes: it says that a plan is out of date, and gives nobody anything"
SHOWN = "a time that is shown; nothing is decided by it"
PLACE = "the id of a place that is found by who holds it where, which is compared"

UPDATES = {
    **{(table.name, "version"): COUNTS for table in TABLES if "version" in table.columns},
    **{(table.name, "updated"): SHOWN for table in TABLES if "updated" in table.columns},
    ("account", "serial"): "upwards it leaves numbers out, no more; downwards it is found",
    ("binding", "created"): SHOWN,
    ("team_member", "created"): SHOWN,
    ("document", "created"): SHOWN,
    ("run", "created"): SHOWN,
    ("binding", "id"): PLACE,
    ("team_member", "id"): PLACE,
}
"""Columns of which one UPDATE is not found, and why."""

INSERTS = {
    "account": "another account, which nobody has; each is verified by itself",
    "run": "a run that changed nothing has no row of the trail; it can only refuse a plan",
}
"""Tables into which one INSERT is not found, and why. Every DELETE is."""


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """The file of a store with a row in every table, whose trail is whole; its key."""
    folder = tmp_path_factory.mktemp("whole")
    backend = filled(f"sqlite:///{folder / 'rbac.db'}")
    assert verify(backend, ()).whole
    with closing(sqlite3.connect(folder / "rbac.db")) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'"):
            connection.execute(f"DROP TRIGGER {name}")
        connection.commit()
    return folder / "rbac.db", backend._api_key


class Attacker:
    """Somebody who writes to a copy of the store past everything, references unchecked."""

    def __init__(self, whole, folder):
        self.file, self.key = whole
        self.copy = folder / "rbac.db"

    def rows(self, table):
        with closing(sqlite3.connect(self.file)) as connection:
            connection.row_factory = sqlite3.Row
            return [dict(row) for row in connection.execute(f'SELECT * FROM "{table}"')]

    def hidden(self, statement, values=()):
        """Say whether what *statement* does is not found, though it changed something."""
        for file in self.copy.parent.glob("rbac.db*"):
            file.unlink()
        shutil.copy(self.file, self.copy)
        try:
            with closing(sqlite3.connect(self.copy)) as connection:
                changed = connection.execute(statement, values).rowcount
                connection.commit()
        except sqlite3.IntegrityError:
            return False  # the database itself refuses it
        assert changed == 1, statement
        try:
            return verify(StoreBackend(f"sqlite:///{self.copy}", "acme", self.key), ()).whole
        except RbacSyncError:
            return False

    def at(self, table, row):
        return " AND ".join(f'"{name}" = ?' for name in table.key), [row[n] for n in table.key]


@pytest.fixture
def attacker(whole, tmp_path):
    return Attacker(whole, tmp_path)


def others(column, value):
    """Yield plausible values of *column* other than *value*."""
    of = column.type
    if column.is_nullable and value is not None:
        yield None
    if of is FLAG:
        yield 1 - value
    elif of is INSTANT:
        yield "2031-05-05T05:05:05.000000Z"
    elif of is PLAIN:
        yield from _plain(json.loads(value))
    elif of.decoded:
        yield from (str(each) for each in of.decoded if str(each) != value)
    elif of.sql != TEXT.sql:
        yield from ((value or 5) - 1, (value or 5) + 1)
    elif column.name in ("id", "actor_id"):
        yield str(uuid4())
    elif column.name == "hash":
        yield "0" * 64
    else:
        yield f"{value or ''}x"


def _plain(value):
    if isinstance(value, list):
        yield json.dumps(value[1:])
    else:
        yield "{}"
        yield json.dumps({**value, "everywhere": True, "access": {"manage_actor_ids": ["*"]}})


def hidden_updates(attacker, rows_of):
    found = set()
    for table in TABLES:
        for row in rows_of(attacker.rows(table.name)):
            where, key = attacker.at(table, row)
            for column in table.columns.values():
                for value in others(column, row[column.name]):
                    statement = f'UPDATE "{table.name}" SET "{column.name}" = ? WHERE {where}'
                    if attacker.hidden(statement, [value, *key]):
                        found.add((table.name, column.name))
    return found


def test_every_table_has_a_row(attacker):
    assert [table.name for table in TABLES if not attacker.rows(table.name)] == []


def test_one_update_of_any_column_is_found_unless_it_is_listed(attacker):
    assert hidden_updates(attacker, lambda rows: rows[-1:]) == set(UPDATES)


@pytest.mark.long
def test_one_update_of_any_row_is_found_unless_its_column_is_listed(attacker):
    assert hidden_updates(attacker, lambda rows: rows) == set(UPDATES)


def test_one_deleted_row_of_any_table_is_found(attacker):
    hidden = set()
    for table in TABLES:
        for row in attacker.rows(table.name):
            where, key = attacker.at(table, row)
            if attacker.hidden(f'DELETE FROM "{table.name}" WHERE {where}', key):
                hidden.add(table.name)
    assert hidden == set()


def test_one_row_that_is_put_in_is_found(attacker):
    hidden = set()
    for table in TABLES:
        for row in attacker.rows(table.name):
            forged = {name: row[name] for name in table.columns} | dict(new(table, row))
            names = ", ".join(f'"{name}"' for name in forged)
            marks = ", ".join("?" * len(forged))
            statement = f'INSERT INTO "{table.name}" ({names}) VALUES ({marks})'
            if attacker.hidden(statement, list(forged.values())):
                hidden.add(table.name)
    assert hidden == set(INSERTS)


def new(table, row):
    """Yield what a row like *row* has of its own."""
    own = (
        "number",
        "seq",
        "part",
        "position",
        "name",
        "key",
        "id",
        "hash",
        "prev",
        "handle",
        "permission",
    )
    for column in table.columns.values():
        if column.name in own:
            yield column.name, list(others(column, row[column.name]))[-1]
