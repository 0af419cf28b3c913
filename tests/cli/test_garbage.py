"""Garbage in any column of a store is named by every command, and is no mistake of ours."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing

import pytest

from rbac_sync.backends.database.columns import TEXT
from rbac_sync.backends.store.tables import TABLES
from tests.backends.store.content import filled

from .running import run

CONFIGURATION = """\
[backend]
type = "store"
account = "acme"
world = "prefect-cloud"

[members]
owner = ["olivia@example.org"]
member = ["bo@example.org"]

[workspaces.prod]
name = "Prod"

[workspaces.prod.access]
viewer = ["bo@example.org"]
"""

COMMANDS = (
    "audit verify",
    "audit log",
    "show",
    "plan",
    "can bo@example.org see_flows -w prod",
    "apply --auto-approve",
    "store key list",
)
TEXTS = ("", "zork", "{", "[1]", "\x00", "é" * 300, "9" * 400, "[" * 100_000)
NUMBERS = (-1, 0, 99, 2**62)


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    folder = tmp_path_factory.mktemp("whole")
    backend = filled(f"sqlite:///{folder / 'rbac.db'}")
    with closing(sqlite3.connect(folder / "rbac.db")) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'"):
            connection.execute(f"DROP TRIGGER {name}")
        connection.commit()
    (folder / "rbac.toml").write_text(CONFIGURATION)
    return folder, backend._api_key


@pytest.fixture
def place(whole, tmp_path, monkeypatch):
    folder, key = whole
    shutil.copytree(folder, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("RBAC_SYNC_API_KEY", key)

    def put(table, column, garbage):
        """Put *garbage* in a column of every row that takes it; say whether one did."""
        for file in tmp_path.glob("rbac.db*"):
            file.unlink()
        shutil.copy(folder / "rbac.db", tmp_path)
        with closing(sqlite3.connect(tmp_path / "rbac.db")) as connection:
            statement = f'UPDATE OR IGNORE "{table}" SET "{column}" = ?'
            try:
                return bool(connection.execute(statement, [garbage]).rowcount)
            except sqlite3.IntegrityError:
                return False
            finally:
                connection.commit()

    return put


def garbage(column):
    yield from TEXTS if column.type.sql == TEXT.sql else NUMBERS
    if column.is_nullable:
        yield None


def faulty(place, pick, commands):
    """Return where a command called what it found a mistake of its own."""
    found = []
    for table in TABLES:
        for column in table.columns.values():
            for value in pick(list(garbage(column))):
                if not place(table.name, column.name, value):
                    continue
                for command in commands(table.name):
                    ran = run(command)
                    if "internal" in ran.err or "Traceback" in ran.err or ran.code not in CODES:
                        said = ran.err.splitlines()[:2]
                        found.append((table.name, column.name, str(value)[:20], command, said))
    return found


CODES = range(8)


def some(table):
    """Return commands that read a *table*, for the usual run."""
    return ("audit verify", "audit log" if table.startswith("audit") else "show")


def test_garbage_is_no_mistake_of_ours(place):
    assert faulty(place, lambda values: values[1:2], some) == []


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_any_garbage_is_no_mistake_of_ours_to_any_command(place):
    assert faulty(place, lambda values: values, lambda _: COMMANDS) == []
