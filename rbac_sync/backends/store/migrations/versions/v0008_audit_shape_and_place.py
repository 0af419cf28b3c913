"""Columns of the trail for events, with indexes, running counts of it, and SQLite's statistics."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from rbac_sync.backends.store.derived import expressions
from rbac_sync.backends.store.migrations.statistics import declare_statistics

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


def upgrade() -> None:
    """Add the columns, which the database derives, their indexes, and a table of counts.

    The counts are made by ``StoreTrail.renew_events``, after 0010.
    """
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
    for table, column in IDS.items():
        op.create_index(f"ix_{table}_account_{column}", table, ["account", column])
    if is_sqlite:
        op.execute("ANALYZE sqlite_schema")
        op.execute("DELETE FROM sqlite_stat1")
        declare_statistics(*sa.inspect(op.get_bind()).get_table_names())
