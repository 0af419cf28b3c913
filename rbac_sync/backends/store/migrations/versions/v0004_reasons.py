"""The reason of a holding or a membership, in the words of its author."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add the column; existing rows have no reason."""
    for table in ("binding", "team_member"):
        op.add_column(table, sa.Column("reason", sa.Text(), nullable=True))
