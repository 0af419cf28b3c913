"""Stores that earlier versions wrote, with data, and two versions on one store.

``stores/`` holds a store of each earlier schema as the program of its time wrote it: `store init`,
an apply, an edit and another apply, then all as SQL, with the keys on top. Before a schema gets a
successor, such a store of it is put there.
"""

from __future__ import annotations

import re
import shutil
import signal
import sqlite3
from contextlib import closing, suppress
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import MetaData, create_engine, insert, select, text

from rbac_sync.backends.store import StoreBackend, schema
from rbac_sync.errors import BackendError

from ..backends.store.stores import connected
from .bench import spread
from .command import Order

STORES = Path(__file__).with_name("stores")
SCRIPTS = Config()
SCRIPTS.set_main_option("script_location", "rbac_sync.backends.store:migrations")
REVISIONS = sorted(s.revision for s in ScriptDirectory.from_config(SCRIPTS).walk_revisions())
KEPT = [revision for revision in REVISIONS if (STORES / f"{revision}.sql").exists()]
OLDER = [revision for revision in KEPT if revision < schema.HEAD]
EXPECTED = {"account": {"features"}, "alembic_version": {"version_num"}}
"""What migrations change of rows that are there, but for the counts: 0010 makes them anew."""


class OldStore:
    """A store of an earlier schema, the commands run on it, and its keys by who has them."""

    def __init__(self, stage, folder, url, revision):
        self.stage, self.folder, self.url = stage, folder, url
        dump = (STORES / f"{revision}.sql").read_text(encoding="utf-8")
        self.keys = dict(re.findall(r"^-- key (\S+) (\S+)$", dump, re.MULTILINE))
        self.owner = self.keys["olivia@example.org"]
        shutil.copy(STORES / "rbac.toml", folder)
        if url.startswith("sqlite"):
            _load(Path(url.removeprefix("sqlite:///")), dump)
        else:
            _load(folder / "copied.db", dump)
            _copy(folder / "copied.db", url, revision)

    def run(self, *words, point=None):
        environment = {"RBAC_SYNC_API_KEY": self.owner, "RBAC_SYNC_URL": self.url}
        return self.stage.run(Order(words, self.folder, environment, point))

    def rows(self):
        """Return every row of every table, as a mapping."""
        with connected(self.url) as connection:
            found = MetaData()
            found.reflect(connection)
            return {
                name: [dict(row) for row in connection.execute(select(table)).mappings()]
                for name, table in found.tables.items()
            }


def _load(file, dump):
    with closing(sqlite3.connect(file)) as connection:
        connection.executescript(dump)


def _copy(file, url, revision):
    """Make a store of *revision* at *url* and put the rows of *file* in."""
    settings = Config()
    settings.set_main_option("script_location", "rbac_sync.backends.store:migrations")
    with connected(url) as there, create_engine(f"sqlite:///{file}").connect() as here:
        settings.attributes["connection"] = there
        command.upgrade(settings, revision)
        found = MetaData()
        found.reflect(there)
        for table in found.sorted_tables:
            names = ", ".join(f'"{c.name}"' for c in table.columns if c.computed is None)
            listed = here.execute(text(f'SELECT {names} FROM "{table.name}"')).mappings().all()
            if listed and table.name != "alembic_version":
                there.execute(insert(table), _parents_first([dict(row) for row in listed]))
    here.engine.dispose()


def _parents_first(rows):
    """Return roles in an order in which each comes after its base."""
    return sorted(rows, key=lambda row: row.get("base") is not None)


@pytest.fixture(params=KEPT)
def old(request, stage, store_url, tmp_path):
    """A store of each schema that is kept here."""
    return OldStore(stage, tmp_path, store_url, request.param)


@pytest.fixture(params=OLDER)
def older(request, stage, store_url, tmp_path):
    """A store of each schema before this version's."""
    return OldStore(stage, tmp_path, store_url, request.param)


def check_whole(old):
    """Check that a migrated store says what it said, to whom it said it, and can be changed."""
    planned = old.run("plan", "--detailed-exitcode")
    assert (planned.code, planned.out[:11]) == (0, "No changes."), planned.err + planned.out
    assert old.run("audit", "verify").code == 0
    for holder, secret in old.keys.items():
        with StoreBackend(old.url, "acme", secret).open() as session:
            assert session.applier().key in holder
            assert "basic-rbac" in session.account.features
    file = old.folder / "rbac.toml"
    file.write_text(file.read_text() + "\n[workspaces.new]\n", encoding="utf-8")
    applied = old.run("apply", "--auto-approve")
    assert applied.code == 0, applied.err
    assert old.run("audit", "verify").code == 0


def test_a_store_of_every_earlier_schema_is_kept():
    assert REVISIONS[:-1] == OLDER


def test_a_store_with_data_is_migrated_from_any_schema(old):
    before = old.rows()
    migrated = old.run("store", "migrate")
    assert migrated.code == 0, migrated.err
    after = old.rows()
    before.pop("audit_count", None)
    for table, rows in before.items():
        new = EXPECTED.get(table, set())
        kept = [{c: v for c, v in row.items() if c not in new} for row in rows]
        there = [{c: row[c] for c in kept[0]} for row in after[table]] if kept else []
        assert [row for row in kept if row not in there] == []
    check_whole(old)


def test_a_store_of_an_older_schema_is_left_alone_until_it_is_migrated(older):
    before = older.rows()
    for words in (("plan",), ("apply", "--auto-approve"), ("audit", "verify")):
        refused = older.run(*words)
        assert refused.code == 1, words
        assert f"and this version works with {schema.HEAD}" in refused.err
        assert "rbac-sync store migrate" in refused.err
    assert older.rows() == before


@pytest.mark.parametrize(
    "number", [3, pytest.param(None, marks=[pytest.mark.long, pytest.mark.timeout(0)])]
)
@pytest.mark.parametrize("revision", OLDER)
def test_a_migration_that_is_killed_at_any_effect_is_made_by_the_next(
    stage, tmp_path, revision, number
):
    def begun(name):
        folder = tmp_path / name
        folder.mkdir()
        return OldStore(stage, folder, f"sqlite:///{folder / 'rbac.db'}", revision)

    effects = begun("clean").run("store", "migrate").effects
    assert "store: COMMIT" in effects
    for point in spread(effects, number):
        old = begun(str(point))
        killed = old.run("store", "migrate", point=point)
        assert killed.code == -signal.SIGKILL
        assert old.run("store", "migrate").code == 0
        check_whole(old)


def damaged(tmp_path, revision):
    """Yield a store of *revision* for each of its columns, with a value that says nothing there."""
    file = tmp_path / "rbac.db"
    for table, column in columns(revision):
        for part in tmp_path.glob("rbac.db*"):
            part.unlink()
        _load(file, (STORES / f"{revision}.sql").read_text(encoding="utf-8"))
        with closing(sqlite3.connect(file)) as store, suppress(sqlite3.Error):
            for (name,) in store.execute(TRIGGERS).fetchall():
                store.execute(f"DROP TRIGGER {name}")
            row = f'SELECT 1 FROM "{table}" LIMIT 1'
            store.execute(f'UPDATE OR IGNORE "{table}" SET "{column}" = 4611 WHERE ({row})')
            store.commit()
        yield table, column, f"sqlite:///{file}"


RESTORED = "put the row back from a backup"
TRIGGERS = "SELECT name FROM sqlite_master WHERE type = 'trigger'"


def columns(revision):
    with closing(sqlite3.connect(":memory:")) as store:
        store.executescript((STORES / f"{revision}.sql").read_text(encoding="utf-8"))
        tables = store.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        for (table,) in tables:
            if table != "alembic_version":
                yield from (
                    (table, row[1]) for row in store.execute(f'PRAGMA table_info("{table}")')
                )


@pytest.mark.parametrize(
    "revision", ["0002", *(pytest.param(each, marks=pytest.mark.long) for each in OLDER)]
)
def test_a_damaged_row_stops_no_migration_or_is_named(tmp_path, revision):
    said = dict[str, BackendError]()
    for table, column, url in damaged(tmp_path, revision):
        try:
            assert schema.migrate(url) == schema.HEAD
        except BackendError as refused:
            said[f"{table}.{column}"] = refused
    named = {place: each for place, each in said.items() if "is damaged: " in str(each)}
    assert said.keys() - named.keys() <= {"audit.seq"}  # the database refuses the next row
    assert {"account.settings", "document.content"} <= named.keys()
    assert {each.hint.partition(",")[0] for each in named.values()} == {RESTORED}


def test_the_store_of_a_later_version_is_left_alone(stage, store_url, tmp_path):
    old = OldStore(stage, tmp_path, store_url, KEPT[-1])
    assert old.run("store", "migrate").code == 0
    with connected(store_url) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    before = old.rows()
    expected = f"the store has schema 9999; this version knows schemas up to {schema.HEAD}"
    for words in (
        ("plan",),
        ("apply", "--auto-approve"),
        ("audit", "verify"),
        ("whoami",),
        ("drift",),
        ("store", "migrate"),
        ("serve", "--port", "0"),
    ):
        refused = old.run(*words)
        assert refused.code == 1, words
        assert expected in refused.err
        assert "use the version of rbac-sync that migrated it" in refused.err
    assert old.rows() == before
