"""The tables of journals, the same in SQLite and PostgreSQL; a database holds many journals.

The names of the tables begin with ``journal``, so that a store can share the database.
"""

from __future__ import annotations

from ...audit.texts import FIELDS, PLAIN
from ...errors import BackendError
from ..database.sql import SqlConnection
from .state_files import JournalPlace

FORMAT = 2
"""The format that this version writes. A file of format 1 holds one journal, without its name."""

LOCK = 7_262_632_295_937_524
"""The number of the PostgreSQL lock under which one run at a time makes the tables."""

TABLES = {
    "journal_format": "number INTEGER PRIMARY KEY",
    "journal": "id TEXT PRIMARY KEY, service TEXT NOT NULL, account TEXT NOT NULL",
    "journal_hold": """
        journal TEXT PRIMARY KEY REFERENCES journal (id), who TEXT NOT NULL, since TEXT NOT NULL
    """,
    "journal_run": """
        journal TEXT NOT NULL REFERENCES journal (id), id TEXT NOT NULL, applier TEXT NOT NULL,
        on_behalf_of TEXT NOT NULL, plan_digest TEXT NOT NULL, finished INTEGER NOT NULL,
        PRIMARY KEY (journal, id)
    """,
    "journal_intent": """
        journal TEXT NOT NULL REFERENCES journal (id), number {number} NOT NULL, run TEXT NOT NULL,
        change TEXT NOT NULL, mark TEXT NOT NULL, outcome TEXT, recorded INTEGER NOT NULL,
        PRIMARY KEY (journal, number),
        FOREIGN KEY (journal, run) REFERENCES journal_run (journal, id)
    """,
    "journal_lost_key": """
        journal TEXT NOT NULL REFERENCES journal (id), key TEXT NOT NULL,
        PRIMARY KEY (journal, key)
    """,
    "journal_made_key": """
        journal TEXT NOT NULL REFERENCES journal (id), owner TEXT NOT NULL, name TEXT NOT NULL,
        id TEXT NOT NULL, PRIMARY KEY (journal, owner, name)
    """,
    "journal_audit": f"""
        journal TEXT NOT NULL REFERENCES journal (id), seq {{number}} NOT NULL,
        prev TEXT NOT NULL, hash TEXT NOT NULL,
        {", ".join(f"{each} TEXT{'' if each in PLAIN else ' NOT NULL'}" for each in FIELDS)},
        PRIMARY KEY (journal, seq), UNIQUE (journal, prev)
    """,
}
"""The columns of each table.

``journal`` has a row for each account of each service; in PostgreSQL, a run locks that row.
``journal_hold`` names the holder of the lock; after a killed run the row stays, without a lock.
``journal_made_key`` has the keys that rbac-sync made, by the name of the owner and of the key.
"""

INDEX = """
    CREATE INDEX IF NOT EXISTS ix_journal_audit_timestamp ON journal_audit (journal, timestamp)
"""

ONE_JOURNAL = {
    "journal_run": ("run", "id, applier, on_behalf_of, plan_digest, finished"),
    "journal_intent": ("intent", "number, run, change, mark, outcome, recorded"),
    "journal_lost_key": ("lost", "key"),
    "journal_made_key": ("made_key", "owner, name, id"),
    "journal_audit": ("audit", ", ".join(("seq", "prev", "hash", *FIELDS))),
}
"""The tables and columns of a file of format 1, by the names of the current tables."""


def stored_format(database: SqlConnection) -> int:
    """Return the format of the journals in *database*; 0 if there are none."""
    if database.is_file and database.rows("PRAGMA user_version") == [(1,)]:
        return 1
    if not database.has_table("journal_format"):
        return 0
    ((number,),) = database.rows("SELECT number FROM journal_format")
    return int(number)


def prepare(database: SqlConnection, where: JournalPlace) -> None:
    """Make what is missing: the tables, and the row of the journal of *where*.

    Raises:
        BackendError: a later version made the tables.
    """
    if not database.is_file:
        database.rows("SELECT pg_advisory_xact_lock(:lock)", {"lock": LOCK})
    format_number = stored_format(database)
    check_format(format_number, where)
    if format_number < FORMAT:
        _make_tables(database)
    row = {"id": where.name, "service": where.service, "account": where.account}
    if not database.rows("SELECT id FROM journal WHERE id = :id", {"id": where.name}):
        database.rows("INSERT INTO journal VALUES (:id, :service, :account)", row)
    if format_number == 1:
        _take_over(database, where.name)
    if format_number < FORMAT and database.is_file:
        # A version that knows only format 1 would otherwise read the file as empty.
        database.rows(f"PRAGMA user_version = {FORMAT}")


def _make_tables(database: SqlConnection) -> None:
    """Make the missing tables; in SQLite they are strict and have no row numbers."""
    number, kind = ("INTEGER", " STRICT, WITHOUT ROWID") if database.is_file else ("BIGINT", "")
    for name, columns in TABLES.items():
        made = f"CREATE TABLE IF NOT EXISTS {name} ({columns.format(number=number)}){kind}"
        database.rows(made)
    database.rows(INDEX)
    database.rows("INSERT INTO journal_format VALUES (:number)", {"number": FORMAT})


def check_format(format_number: int, where: JournalPlace) -> None:
    """Check that this version knows the format *format_number*.

    Raises:
        BackendError: the format is of a later version.
    """
    if format_number > FORMAT:
        message = f"the journal `{where}` is of format {format_number}; this version knows {FORMAT}"
        raise BackendError(message, hint="use the version of rbac-sync that wrote it")


def _take_over(database: SqlConnection, name: str) -> None:
    """Move the one journal of a file of format 1 into the tables of all."""
    there = {row[0] for row in database.rows("SELECT name FROM sqlite_schema")}
    for new, (old, columns) in ONE_JOURNAL.items():
        if old in there:
            copy = f"INSERT INTO {new} (journal, {columns}) SELECT :name, {columns} FROM {old}"  # noqa: S608
            database.rows(copy, {"name": name})
    for old, _ in reversed(ONE_JOURNAL.values()):
        database.rows(f"DROP TABLE IF EXISTS {old}")
