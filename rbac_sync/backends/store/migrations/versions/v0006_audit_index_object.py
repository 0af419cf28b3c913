"""An index of the rows of the trail by the address of their object."""

from __future__ import annotations

from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Add the index; no row changes."""
    op.create_index("ix_audit_account_object_id", "audit", ["account", "object_id"])
