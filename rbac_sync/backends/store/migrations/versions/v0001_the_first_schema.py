"""The first schema."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

SQLITE_TRIGGER = """
CREATE TRIGGER audit_refuses_{verb} BEFORE {verb} ON audit
BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END
"""

POSTGRESQL_FUNCTION = """
CREATE FUNCTION audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'the audit trail is append-only'; END $$
"""

POSTGRESQL_TRIGGER = """
CREATE TRIGGER audit_refuses_change BEFORE UPDATE OR DELETE OR TRUNCATE ON audit
FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only()
"""


def upgrade() -> None:
    """Create the tables, and the triggers that make the audit trail append-only."""
    _tables()
    if op.get_context().dialect.name == "sqlite":
        for verb in ("update", "delete"):
            op.execute(SQLITE_TRIGGER.format(verb=verb))
    else:
        op.execute(POSTGRESQL_FUNCTION)
        op.execute(POSTGRESQL_TRIGGER)


def _table(name: str, *parts: sa.schema.SchemaItem) -> None:
    op.create_table(name, *parts, sqlite_strict=True, sqlite_with_rowid=False)


def _tables() -> None:
    _table(
        "account",
        sa.Column("number", NUMBER, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("handle", sa.Text(), nullable=False),
        sa.Column("world", sa.Text(), nullable=False),
        sa.Column("features", sa.Text(), nullable=False),
        sa.Column("settings", sa.Text(), nullable=False),
        sa.Column("serial", NUMBER, nullable=False),
        sa.Column("created", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number"),
        sa.UniqueConstraint("handle"),
        sa.UniqueConstraint("id"),
    )
    _table(
        "address",
        sa.Column("account", NUMBER, nullable=False),
        sa.Column("number", NUMBER, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("account", "number"),
        sa.ForeignKeyConstraint(["account"], ["account.number"], ondelete="RESTRICT"),
        sa.UniqueConstraint("account", "kind", "key"),
    )
    _table(
        "audit",
        sa.Column("account", NUMBER, nullable=False),
        sa.Column("seq", NUMBER, nullable=False),
        sa.Column("prev", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("timestamp", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("object_id", sa.Text(), nullable=False),
        sa.Column("object_table", sa.Text(), nullable=False),
        sa.Column("info", sa.Text(), nullable=True),
        sa.Column("applier", sa.Text(), nullable=False),
        sa.Column("on_behalf_of", sa.Text(), nullable=False),
        sa.Column("run", sa.Text(), nullable=False),
        sa.Column("plan_digest", sa.Text(), nullable=False),
        sa.Column("before", sa.Text(), nullable=True),
        sa.Column("after", sa.Text(), nullable=True),
        sa.Column("result", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("account", "seq"),
        sa.ForeignKeyConstraint(["account"], ["account.number"], ondelete="RESTRICT"),
        sa.UniqueConstraint("account", "prev"),
    )
    op.create_index("ix_audit_account_timestamp", "audit", ["account", "timestamp"])
    _table(
        "run",
        sa.Column("account", NUMBER, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("created", sa.Text(), nullable=False),
        sa.Column("plan_digest", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("account", "id"),
        sa.ForeignKeyConstraint(["account"], ["account.number"], ondelete="RESTRICT"),
    )
    _table(
        "api_key",
        sa.Column("account", NUMBER, nullable=False),
        sa.Column("owner", NUMBER, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("until", sa.Text(), nullable=True),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("created", sa.Text(), nullable=False),
        sa.Column("updated", sa.Text(), nullable=False),
        sa.Column("version", NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("account", "owner", "name"),
        sa.ForeignKeyConstraint(
            ["account", "owner"],
            ["address.account", "address.number"],
            ondelete="CASCADE",
        ),
        sa.UniqueConstraint("account", "hash"),
        sa.UniqueConstraint("account", "id"),
    )
    _table(
        "role",
        sa.Column("account", NUMBER, nullable=False),
        sa.Column("number", NUMBER, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("created", sa.Text(), nullable=False),
        sa.Column("updated", sa.Text(), nullable=False),
        sa.Column("version", NUMBER, nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("builtin", sa.Integer(), nullable=False),
        sa.Column("base", NUMBER, nullable=True),
        sa.PrimaryKeyConstraint("account", "number"),
        sa.ForeignKeyConstraint(
            ["account", "base"],
            ["role.account", "role.number"],
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["account", "number"],
            ["address.account", "address.number"],
            ondelete="CASCADE",
        ),
        sa.UniqueConstraint("account", "id"),
    )
    op.create_index("ix_role_account_base", "role", ["account", "base"])
    _table(
        "service_account",
        sa.Column("account", NUMBER, nullable=False),
        sa.Column("number", NUMBER, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("created", sa.Text(), nullable=False),
        sa.Column("updated", sa.Text(), nullable=False),
        sa.Column("version", NUMBER, nullable=False),
        sa.Column("actor_id", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("account", "number"),
        sa.ForeignKeyConstraint(
            ["account", "number"],
            ["address.account", "address.number"],
            ondelete="CASCADE",
        ),
        sa.UniqueConstraint("account", "id"),
    )
    _table(
        "team",
        sa.Column("account", NUMBER, nullable=False),
        sa.Column("number", NUMBER, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("created", sa.Text(), nullable=False),
        sa.Column("updated", sa.Text(), nullable=False),
        sa.Column("version", NUMBER, nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("managed_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("account", "number"),
        sa.ForeignKeyConstraint(
            ["account", "number"],
            ["address.account", "address.number"],
            ondelete="CASCADE",
        ),
        sa.UniqueConstraint("account", "id"),
    )
    _table(
        "user",
        sa.Column("account", NUMBER, nullable=False),
        sa.Column("number", NUMBER, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("created", sa.Text(), nullable=False),
        sa.Column("updated", sa.Text(), nullable=False),
        sa.Column("version", NUMBER, nullable=False),
        sa.Column("actor_id", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("expires", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("account", "number"),
        sa.ForeignKeyConstraint(
            ["account", "number"],
            ["address.account", "address.number"],
            ondelete="CASCADE",
        ),
        sa.UniqueConstraint("account", "id"),
    )
    _table(
        "workspace",
        sa.Column("account", NUMBER, nullable=False),
        sa.Column("number", NUMBER, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("created", sa.Text(), nullable=False),
        sa.Column("updated", sa.Text(), nullable=False),
        sa.Column("version", NUMBER, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("public", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("account", "number"),
        sa.ForeignKeyConstraint(
            ["account", "number"],
            ["address.account", "address.number"],
            ondelete="CASCADE",
        ),
        sa.UniqueConstraint("account", "id"),
    )
    _table(
        "binding",
        sa.Column("account", NUMBER, nullable=False),
        sa.Column("scope", NUMBER, nullable=False),
        sa.Column("principal", NUMBER, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("role", NUMBER, nullable=False),
        sa.Column("since", sa.Text(), nullable=True),
        sa.Column("until", sa.Text(), nullable=True),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("created", sa.Text(), nullable=False),
        sa.Column("updated", sa.Text(), nullable=False),
        sa.Column("version", NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("account", "scope", "principal", "position"),
        sa.ForeignKeyConstraint(
            ["account", "principal"],
            ["address.account", "address.number"],
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["account", "role"],
            ["role.account", "role.number"],
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["account", "scope"],
            ["address.account", "address.number"],
            ondelete="CASCADE",
        ),
    )
    op.create_index("ix_binding_account_principal", "binding", ["account", "principal"])
    op.create_index("ix_binding_account_role", "binding", ["account", "role"])
    _table(
        "role_implied",
        sa.Column("account", NUMBER, nullable=False),
        sa.Column("role", NUMBER, nullable=False),
        sa.Column("implied", NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("account", "role", "implied"),
        sa.ForeignKeyConstraint(
            ["account", "implied"],
            ["role.account", "role.number"],
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["account", "role"],
            ["role.account", "role.number"],
            ondelete="CASCADE",
        ),
    )
    op.create_index("ix_role_implied_account_implied", "role_implied", ["account", "implied"])
    _table(
        "role_permission",
        sa.Column("account", NUMBER, nullable=False),
        sa.Column("role", NUMBER, nullable=False),
        sa.Column("permission", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("account", "role", "permission"),
        sa.ForeignKeyConstraint(
            ["account", "role"],
            ["role.account", "role.number"],
            ondelete="CASCADE",
        ),
    )
    _table(
        "team_member",
        sa.Column("account", NUMBER, nullable=False),
        sa.Column("team", NUMBER, nullable=False),
        sa.Column("member", NUMBER, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("since", sa.Text(), nullable=True),
        sa.Column("until", sa.Text(), nullable=True),
        sa.Column("created", sa.Text(), nullable=False),
        sa.Column("updated", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("account", "team", "member"),
        sa.ForeignKeyConstraint(
            ["account", "member"],
            ["address.account", "address.number"],
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["account", "team"],
            ["team.account", "team.number"],
            ondelete="CASCADE",
        ),
    )
    op.create_index("ix_team_member_account_member", "team_member", ["account", "member"])
