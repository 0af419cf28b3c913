"""The assignment of roles becomes a feature; existing accounts get it."""

from __future__ import annotations

import json

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

FEATURE = "basic-rbac"
ACCOUNT = sa.table("account", sa.column("number", sa.BigInteger), sa.column("features", sa.Text))


def upgrade() -> None:
    """Give the feature to every account."""
    connection = op.get_bind()
    for number, text in connection.execute(sa.select(ACCOUNT.c.number, ACCOUNT.c.features)).all():
        features = sorted({*json.loads(text), FEATURE})
        mine = sa.update(ACCOUNT).where(ACCOUNT.c.number == number)
        connection.execute(mine.values(features=json.dumps(features, separators=(",", ":"))))
