"""Documents of the server, and the part of a key that may be shown."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Create the table of documents, and an index of keys by their hash alone."""
    op.add_column("api_key", sa.Column("shown", sa.Text(), nullable=True))
    op.create_index("ix_api_key_hash", "api_key", ["hash"])
    op.create_table(
        "document",
        sa.Column("account", NUMBER, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("owner", NUMBER, nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("created", sa.Text(), nullable=False),
        sa.Column("updated", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("account", "id"),
        sa.ForeignKeyConstraint(
            ["account", "owner"],
            ["address.account", "address.number"],
            ondelete="CASCADE",
        ),
        sa.UniqueConstraint("account", "kind", "owner", "name"),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_index("ix_document_account_owner", "document", ["account", "owner"])
    op.create_index("ix_document_id", "document", ["id"])
