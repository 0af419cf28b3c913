"""Stored keys, log-ins and ids are put on record by ``adoption``; no table changes."""

from __future__ import annotations

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Change no table."""
