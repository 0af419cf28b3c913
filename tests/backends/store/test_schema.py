"""The schema and its versions."""

from __future__ import annotations

import stat

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    inspect,
    text,
)

from rbac_sync.backends.database.sqlite import MAKE_STORE
from rbac_sync.backends.store import StoreBackend, init, migrate, schema
from rbac_sync.backends.store.tables import TABLES
from rbac_sync.errors import BackendError

from .stores import connected, dump, founded

NUMBER = BigInteger().with_variant(Integer(), "sqlite")
SQL = {"TEXT": Text(), "BIGINT": NUMBER, "INTEGER": Integer()}


def described():
    """Return the tables that the code uses, in the words of SQLAlchemy."""
    found = MetaData()
    keys = {table.name: table.key for table in TABLES}
    for table in TABLES:
        columns = table.columns.values()
        Table(
            table.name,
            found,
            *(Column(c.name, SQL[c.type.sql], nullable=c.is_nullable) for c in columns),
            *(Column(name, Text(), nullable=False) for name in table.derived),
            PrimaryKeyConstraint(*table.key),
            *(_reference(each, keys) for each in table.references),
            *(_index(table, each) for each in table.indexes),
        )
    return found


def _reference(reference, keys):
    columns = [f"{reference.table}.{name}" for name in keys[reference.table]]
    return ForeignKeyConstraint(reference.names, columns, ondelete=reference.ends)


def _index(table, index):
    name = f"{table.name}_{'_'.join(index.names)}"
    if index.is_unique:
        return UniqueConstraint(*index.names, name=f"uq_{name}")
    return Index(f"ix_{name}", *index.names)


def test_the_migrations_lead_to_the_tables_that_the_code_uses(store_url):
    migrate(store_url, makes=True)
    with connected(store_url) as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, described()) == []


def test_head_is_the_newest_migration():
    settings = Config()
    settings.set_main_option("script_location", "rbac_sync.backends.store:migrations")
    assert ScriptDirectory.from_config(settings).get_current_head() == schema.HEAD


def test_every_column_is_text_or_integer(store_url):
    migrate(store_url, makes=True)
    with connected(store_url) as connection:
        found = inspect(connection)
        types = {
            str(column["type"]) for table in TABLES for column in found.get_columns(table.name)
        }
    assert types <= {"TEXT", "INTEGER", "BIGINT"}


def test_every_sqlite_table_is_strict(tmp_path):
    url = f"sqlite:///{tmp_path}/rbac.db"
    migrate(url, makes=True)
    with connected(url) as connection:
        listed = connection.exec_driver_sql("PRAGMA table_list").mappings().all()
    strict = {row["name"] for row in listed if row["strict"]}
    assert strict == {table.name for table in TABLES}


def test_sqlite_has_statistics_of_every_index_that_an_account_leads(tmp_path):
    url = f"sqlite:///{tmp_path}/rbac.db"
    migrate(url, makes=True)
    with connected(url) as connection:
        known = connection.exec_driver_sql("SELECT tbl, idx FROM sqlite_stat1").all()
        made = [
            (table, table if origin == "pk" else name)
            for table in (each.name for each in TABLES)
            for _, name, _, origin, _ in connection.exec_driver_sql(f"PRAGMA index_list('{table}')")
            if connection.exec_driver_sql(f"PRAGMA index_info('{name}')").first()[2] == "account"
        ]
    assert sorted(known) == sorted(made)


def test_every_table_is_keyed_by_account_first_and_every_reference_carries_it():
    for table in TABLES:
        assert table.key[0] == ("number" if table.name == "account" else "account")
        assert all("account" in reference.names for reference in table.references)


def test_every_table_comes_after_those_that_it_refers_to():
    for place, table in enumerate(TABLES):
        assert {each.table for each in table.references} <= {t.name for t in TABLES[: place + 1]}


def test_account_leads_every_unique_key_that_is_not_one_of_all_accounts():
    for table in TABLES:
        leading = {key.names[0] for key in table.indexes if key.is_unique}
        assert leading <= ({"handle", "id"} if table.name == "account" else {"account"})


def test_migrating_again_changes_nothing(store_url):
    founded(store_url)
    before = dump(store_url)
    assert migrate(store_url) == schema.HEAD
    assert dump(store_url) == before


@pytest.mark.parametrize(
    ("revision", "message", "hint"),
    [
        ("0000", "the store has schema 0000, and this version works with 0010", "store migrate"),
        ("9999", "the store has schema 9999; this version knows schemas up to 0010", "version"),
    ],
)
def test_a_store_of_another_version_is_not_opened(store_url, revision, message, hint):
    backend = founded(store_url)
    with connected(store_url) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :r"), {"r": revision})
    for attempt in (lambda: backend.open().__enter__(), lambda: backend.transact("r", print)):
        with pytest.raises(BackendError) as refused:
            attempt()
        assert str(refused.value) == message
        assert hint in refused.value.hint


def test_a_database_without_a_store_says_how_to_make_one(store_url, tmp_path):
    (tmp_path / "rbac.db").touch()
    with pytest.raises(BackendError, match="there is no store yet") as refused:
        StoreBackend(store_url, "acme").open().__enter__()
    assert refused.value.hint == MAKE_STORE


def test_a_migration_makes_no_file(tmp_path):
    with pytest.raises(BackendError) as refused:
        migrate(f"sqlite:///{tmp_path}/mistyped.db")
    assert str(refused.value) == f"there is no store at `{tmp_path}/mistyped.db`"
    assert refused.value.hint == MAKE_STORE
    assert list(tmp_path.iterdir()) == []


def test_a_migration_makes_no_store_in_an_empty_database(store_url, tmp_path):
    (tmp_path / "rbac.db").touch()
    for _ in range(2):
        with pytest.raises(BackendError, match="there is no store yet") as refused:
            migrate(store_url)
        assert refused.value.hint == MAKE_STORE


def test_a_store_file_is_readable_to_its_owner_alone(tmp_path):
    init(f"sqlite:///{tmp_path}/rbac.db", "acme", "prefect-cloud", "a@example.org")
    for file in tmp_path.iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_store_in_a_folder_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(BackendError, match="cannot be made: no such file or directory"):
        migrate(f"sqlite:///{tmp_path}/no/rbac.db", makes=True)


def test_what_is_no_database_is_refused_as_such(tmp_path):
    (tmp_path / "rbac.db").write_text("I am a letter, not a database. " * 40)
    with pytest.raises(BackendError, match="file is not a database") as refused:
        migrate(f"sqlite:///{tmp_path}/rbac.db")
    assert refused.value.hint == "name the file of a store, or move this one away"
