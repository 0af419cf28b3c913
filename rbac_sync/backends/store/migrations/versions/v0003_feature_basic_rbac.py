"""The assignment of roles becomes a feature; existing accounts get it."""

from __future__ import annotations

import json

import sqlalchemy as sa
from alembic import op

from rbac_sync.audit.row_facts import Mismatch
from rbac_sync.backends.store import tables
from rbac_sync.backends.store.legible import damaged
from rbac_sync.backends.store.row_facts import RESTORE
from rbac_sync.backends.store.valid_values import fault

revision = "0003"
down_revision = "0002"

FEATURE = "basic-rbac"
ACCOUNT = sa.table("account", sa.column("number", sa.BigInteger), sa.column("features", sa.Text))


def upgrade() -> None:
    """Give the feature to every account."""
    connection = op.get_bind()
    for number, text in connection.execute(sa.select(ACCOUNT.c.number, ACCOUNT.c.features)).all():
        if wrong := fault(tables.account, tables.account.columns["features"], text):
            row = f"`account` row number {number}"
            raise damaged(Mismatch(row, f"`features` {wrong}", RESTORE))
        features = sorted({*json.loads(text), FEATURE})
        mine = sa.update(ACCOUNT).where(ACCOUNT.c.number == number)
        connection.execute(mine.values(features=json.dumps(features, separators=(",", ":"))))
