"""The tables of journals, alike in SQLite and PostgreSQL: one database holds any number of them.

Their names begin with ``journal``, so that they get along with the tables of a store.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    inspect,
    select,
    text,
)

from ...audit.texts import FIELDS, PLAIN
from ...errors import BackendError
from ..database.columns import Number
from .state_files import JournalPlace

FORMAT = 2
"""The format that this version works with. Files of format 1 hold one journal without its name."""

LOCK = 7_262_632_295_937_524
"""A number of our own, under which PostgreSQL keeps apart those who make the tables."""

metadata = MetaData()


def _table(name: str, *parts: Any) -> Table:
    return Table(name, metadata, *parts, sqlite_strict=True, sqlite_with_rowid=False)


def _key(name: str, of: Any = Text) -> Column[Any]:
    return Column(name, of, primary_key=True, autoincrement=False, nullable=False)


def _journal() -> Column[Any]:
    return Column("journal", Text, ForeignKey("journal.id"), primary_key=True, nullable=False)


def _value(name: str, of: Any = Text) -> Column[Any]:
    return Column(name, of, nullable=False)


version = _table("journal_format", _key("number", Integer))

journal = _table("journal", _key("id"), _value("service"), _value("account"))
"""A journal for each account of each service. Its row is what a run locks in PostgreSQL."""

hold = _table("journal_hold", _journal(), _value("who"), _value("since"))
"""The holder of a journal's lock, in words; after a killed run the row stays, without a lock."""

run = _table(
    "journal_run",
    _journal(),
    _key("id"),
    _value("applier"),
    _value("on_behalf_of"),
    _value("plan_digest"),
    _value("finished", Integer),
)

intent = _table(
    "journal_intent",
    _journal(),
    _key("number", Number),
    _value("run"),
    _value("change"),
    _value("mark"),
    Column("outcome", Text),
    _value("recorded", Integer),
    ForeignKeyConstraint(("journal", "run"), ("journal_run.journal", "journal_run.id")),
)

lost_key = _table("journal_lost_key", _journal(), _key("key"))

made_key = _table("journal_made_key", _journal(), _key("owner"), _key("name"), _value("id"))
"""The keys that rbac-sync made, by the name of their owner and their own."""

audit = _table(
    "journal_audit",
    _journal(),
    _key("seq", Number),
    _value("prev"),
    _value("hash"),
    *(Column(name, Text, nullable=name in PLAIN) for name in FIELDS),
    UniqueConstraint("journal", "prev"),
    Index("ix_journal_audit_timestamp", "journal", "timestamp"),
)

ONE_JOURNAL = {
    run: ("run", "id, applier, on_behalf_of, plan_digest, finished"),
    intent: ("intent", "number, run, change, mark, outcome, recorded"),
    lost_key: ("lost", "key"),
    made_key: ("made_key", "owner, name, id"),
    audit: ("audit", ", ".join(("seq", "prev", "hash", *FIELDS))),
}
"""The tables and columns of a file of format 1, by what they are now."""


def stored_format(connection: Connection) -> int:
    """Return the format of the journals in a database; 0 if there are none."""
    if connection.dialect.name == "sqlite" and _pragma(connection) == 1:
        return 1
    if not inspect(connection).has_table(version.name):
        return 0
    return int(connection.execute(select(version.c.number)).scalar_one())


def prepare(connection: Connection, where: JournalPlace) -> None:
    """Make what is not there yet: the tables, and the row of the journal of *where*.

    Raises:
        BackendError: a later version made the tables.

    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
    format_number = stored_format(connection)
    check_format(format_number, where)
    if format_number < FORMAT:
        metadata.create_all(connection)
        connection.execute(version.insert().values(number=FORMAT))
    if connection.execute(select(journal.c.id).where(journal.c.id == where.name)).first() is None:
        row = {"id": where.name, "service": where.service, "account": where.account}
        connection.execute(journal.insert().values(row))
    if format_number == 1:
        _take_over(connection, where.name)
    if format_number < FORMAT and connection.dialect.name == "sqlite":
        # So that versions that know format 1 alone do not take the file for an empty one.
        connection.exec_driver_sql(f"PRAGMA user_version = {FORMAT}")


def check_format(format_number: int, where: JournalPlace) -> None:
    """Check that this version knows the format *format_number*.

    Raises:
        BackendError: it does not.

    """
    if format_number > FORMAT:
        message = f"the journal `{where}` is of format {format_number}; this version knows {FORMAT}"
        raise BackendError(message, hint="use the version of rbac-sync that wrote it")


def _take_over(connection: Connection, name: str) -> None:
    """Move the one journal of a file of format 1 into the tables of all."""
    there = set(inspect(connection).get_table_names())
    for new, (old, columns) in ONE_JOURNAL.items():
        if old in there:
            copy = f"INSERT INTO {new.name} (journal, {columns}) SELECT :name, {columns} FROM {old}"  # noqa: S608
            connection.execute(text(copy), {"name": name})
    for old, _ in reversed(ONE_JOURNAL.values()):
        connection.exec_driver_sql(f"DROP TABLE IF EXISTS {old}")


def _pragma(connection: Connection) -> int:
    return int(connection.exec_driver_sql("PRAGMA user_version").scalar_one())
