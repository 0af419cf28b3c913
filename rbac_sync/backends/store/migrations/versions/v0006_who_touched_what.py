"""The rows of the trail that tell of one thing are found by an index."""

from __future__ import annotations

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the index; no row changes."""
    op.create_index("ix_audit_account_object_id", "audit", ["account", "object_id"])
