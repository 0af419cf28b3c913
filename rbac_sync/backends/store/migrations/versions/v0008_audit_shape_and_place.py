"""Columns of the trail for events, with indexes, running counts of it, and SQLite's statistics."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from rbac_sync.backends.store.derived import expressions

revision = "0008"
down_revision = "0007"

TABLE = "audit"
KEY = ("aspect", "part", "shape", "timestamp")
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

INDEXES = (
    ("object_id", "timestamp", "seq"),
    ("timestamp", "seq"),
    ("shape", "timestamp", "seq"),
    ("place", "shape", "timestamp", "seq"),
    ("applier", "shape", "timestamp", "seq"),
)
IDS = {"user": "actor_id", "service_account": "actor_id", "binding": "id"}
PARTS = {"all": "''", "place": "place", "applier": "applier"}
ROWS = " UNION ALL ".join(
    f"SELECT account, '{aspect}' AS aspect, {part} AS part, shape, timestamp, seq FROM audit"  # noqa: S608
    for aspect, part in PARTS.items()
)
COUNTS = f"""
INSERT INTO audit_count (account, aspect, part, shape, timestamp, size, total, seq)
SELECT account, aspect, part, shape, timestamp, count(*),
       sum(count(*)) OVER (PARTITION BY account, aspect, part, shape ORDER BY timestamp), max(seq)
FROM ({ROWS}) AS counted GROUP BY account, aspect, part, shape, timestamp
"""  # noqa: S608

ROWS_OF_ACCOUNT, LEFT = 1_000_000, 100
"""The rows of an account, of which each further column of an index leaves one in a hundred."""

STATISTICS = sa.text("INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES (:table, :name, :stat)")


def upgrade() -> None:
    """Add the columns, which the database derives, their indexes, and the counts of all rows."""
    is_sqlite = op.get_context().dialect.name == "sqlite"
    kept = "VIRTUAL" if is_sqlite else "STORED"
    for name, text in expressions(is_file=is_sqlite).items():
        derived = f"{name} TEXT NOT NULL GENERATED ALWAYS AS ({text}) {kept}"
        op.execute(f"ALTER TABLE {TABLE} ADD COLUMN {derived}")
    for name in ("object_id", "timestamp"):
        op.drop_index(f"ix_audit_account_{name}", TABLE)
    for columns in INDEXES:
        op.create_index(f"ix_audit_account_{'_'.join(columns)}", TABLE, ["account", *columns])
    op.create_table(
        "audit_count",
        sa.Column("account", NUMBER, nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in KEY),
        *(sa.Column(name, NUMBER, nullable=False) for name in ("size", "total", "seq")),
        sa.PrimaryKeyConstraint("account", *KEY),
        sa.ForeignKeyConstraint(["account"], ["account.number"], ondelete="RESTRICT"),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.execute(COUNTS)
    for table, column in IDS.items():
        op.create_index(f"ix_{table}_account_{column}", table, ["account", column])
    if is_sqlite:
        _declare_statistics(op.get_bind())


def _declare_statistics(connection: sa.Connection) -> None:
    """Tell SQLite that all rows of a table are of one account, and what a further column leaves.

    *Why*: without statistics, SQLite expects ten rows in an account, and reads all rows of it
    where a further column of an index leads to one row.
    """
    op.execute("ANALYZE sqlite_schema")
    op.execute("DELETE FROM sqlite_stat1")
    for table in sa.inspect(connection).get_table_names():
        listed = connection.exec_driver_sql(f"PRAGMA index_list('{table}')").all()
        for _, index, is_unique, origin, _ in listed:
            columns = connection.exec_driver_sql(f"PRAGMA index_info('{index}')").all()
            if columns[0][2] != "account":
                continue
            sizes = [max(1, ROWS_OF_ACCOUNT // LEFT**n) for n in range(len(columns))]
            sizes[-1] = 1 if is_unique else sizes[-1]
            name, stat = table if origin == "pk" else index, [ROWS_OF_ACCOUNT, *sizes]
            texts = {"table": table, "name": name, "stat": " ".join(map(str, stat))}
            op.execute(STATISTICS.bindparams(**texts))
