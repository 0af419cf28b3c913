"""A table of the appearances of names, which ``appearances.renew`` fills."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from rbac_sync.backends.store.migrations.statistics import declare_statistics

revision = "0009"
down_revision = "0008"

TABLE = "appearance"
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the table; no row changes."""
    op.create_table(
        TABLE,
        sa.Column("account", NUMBER, nullable=False),
        sa.Column("number", NUMBER, nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("account", "number", "digest"),
        sa.ForeignKeyConstraint(
            ["account", "number"], ["address.account", "address.number"], ondelete="CASCADE"
        ),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_index("ix_appearance_account_digest", TABLE, ["account", "digest"])
    if op.get_context().dialect.name == "sqlite":
        declare_statistics(TABLE)
