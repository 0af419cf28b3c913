"""A table of events of the trail, which ``StoreTrail.renew_events`` fills."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from rbac_sync.backends.store.migrations.statistics import declare_statistics

revision = "0010"
down_revision = "0009"

TABLE = "audit_event"
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TEXTS = ("shape", "place", "timestamp", "applier", "object_id", "member")
PLACE = ("timestamp", "seq", "position")
INDEXES = (("object_id",), ("shape",), ("place", "shape"), ("applier", "shape"))


def upgrade() -> None:
    """Add the table and its indexes; no row changes."""
    op.create_table(
        TABLE,
        *(sa.Column(name, NUMBER, nullable=False) for name in ("account", "seq", "position")),
        *(sa.Column(name, sa.Text(), nullable=False) for name in TEXTS),
        sa.PrimaryKeyConstraint("account", "seq", "position"),
        sa.ForeignKeyConstraint(["account"], ["account.number"], ondelete="RESTRICT"),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    for by in INDEXES:
        columns = ("account", *by, *PLACE)
        op.create_index(f"ix_{TABLE}_{'_'.join(columns)}", TABLE, columns)
    if op.get_context().dialect.name == "sqlite":
        declare_statistics(TABLE)
