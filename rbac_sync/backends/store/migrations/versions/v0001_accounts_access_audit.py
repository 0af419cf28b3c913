"""The first schema."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

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
    _account_tables()
    _named_tables()
    _access_tables()
    if op.get_context().dialect.name == "sqlite":
        for verb in ("update", "delete"):
            op.execute(SQLITE_TRIGGER.format(verb=verb))
    else:
        op.execute(POSTGRESQL_FUNCTION)
        op.execute(POSTGRESQL_TRIGGER)


def _account_tables() -> None:
    op.create_table(
        "account",
        _number("number"),
        *_texts("id", "handle", "world", "features", "settings"),
        _number("serial"),
        _text("created"),
        sa.PrimaryKeyConstraint("number"),
        sa.UniqueConstraint("handle"),
        sa.UniqueConstraint("id"),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    _table(
        "address",
        _number("number"),
        *_texts("kind", "key"),
        sa.PrimaryKeyConstraint("account", "number"),
        _to_account(),
        sa.UniqueConstraint("account", "kind", "key"),
    )
    _table(
        "audit",
        _number("seq"),
        *_texts("prev", "hash", "timestamp", "message", "object_id", "object_table"),
        _text("info", nullable=True),
        *_texts("applier", "on_behalf_of", "run", "plan_digest"),
        _text("before", nullable=True),
        _text("after", nullable=True),
        _text("result"),
        sa.PrimaryKeyConstraint("account", "seq"),
        _to_account(),
        sa.UniqueConstraint("account", "prev"),
    )
    op.create_index("ix_audit_account_timestamp", "audit", ["account", "timestamp"])
    _table(
        "run",
        *_texts("id", "created", "plan_digest"),
        sa.PrimaryKeyConstraint("account", "id"),
        _to_account(),
    )


def _named_tables() -> None:
    _table(
        "api_key",
        _number("owner"),
        *_texts("name", "hash"),
        _text("until", nullable=True),
        *_stamps(),
        sa.PrimaryKeyConstraint("account", "owner", "name"),
        _to("address", "owner"),
        sa.UniqueConstraint("account", "hash"),
        sa.UniqueConstraint("account", "id"),
    )
    builtin, base = (
        sa.Column("builtin", sa.Integer(), nullable=False),
        _number("base", nullable=True),
    )
    _named_table(
        "role", _text("description"), builtin, base, refers=_to("role", "base", "RESTRICT")
    )
    op.create_index("ix_role_account_base", "role", ["account", "base"])
    _named_table("service_account", *_texts("actor_id", "description"))
    _named_table("team", *_texts("description", "managed_by"))
    _named_table("user", *_texts("actor_id", "email", "status"), _text("expires", nullable=True))
    public = sa.Column("public", sa.Integer(), nullable=False)
    _named_table("workspace", *_texts("name", "description"), public)


def _access_tables() -> None:
    _table(
        "binding",
        _number("scope"),
        _number("principal"),
        sa.Column("position", sa.Integer(), nullable=False),
        _number("role"),
        _text("since", nullable=True),
        _text("until", nullable=True),
        *_stamps(),
        sa.PrimaryKeyConstraint("account", "scope", "principal", "position"),
        _to("address", "principal"),
        _to("role", "role", "RESTRICT"),
        _to("address", "scope"),
    )
    op.create_index("ix_binding_account_principal", "binding", ["account", "principal"])
    op.create_index("ix_binding_account_role", "binding", ["account", "role"])
    _table(
        "role_implied",
        _number("role"),
        _number("implied"),
        sa.PrimaryKeyConstraint("account", "role", "implied"),
        _to("role", "implied", "RESTRICT"),
        _to("role", "role"),
    )
    op.create_index("ix_role_implied_account_implied", "role_implied", ["account", "implied"])
    _table(
        "role_permission",
        _number("role"),
        _text("permission"),
        sa.PrimaryKeyConstraint("account", "role", "permission"),
        _to("role", "role"),
    )
    _table(
        "team_member",
        _number("team"),
        _number("member"),
        _text("id"),
        _text("since", nullable=True),
        _text("until", nullable=True),
        *_texts("created", "updated"),
        sa.PrimaryKeyConstraint("account", "team", "member"),
        _to("address", "member"),
        _to("team", "team"),
    )
    op.create_index("ix_team_member_account_member", "team_member", ["account", "member"])


def _table(name: str, *parts: sa.schema.SchemaItem) -> None:
    """Create a table of rows of accounts."""
    own = (_number("account"), *parts)
    op.create_table(name, *own, sqlite_strict=True, sqlite_with_rowid=False)


def _named_table(
    name: str,
    *columns: sa.Column[str] | sa.Column[int],
    refers: sa.ForeignKeyConstraint | None = None,
) -> None:
    """Create the table of a kind whose names are in ``address``."""
    _table(
        name,
        _number("number"),
        *_stamps(),
        *columns,
        sa.PrimaryKeyConstraint("account", "number"),
        *((refers,) if refers is not None else ()),
        _to("address", "number"),
        sa.UniqueConstraint("account", "id"),
    )


def _number(name: str, *, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=nullable)


def _text(name: str, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=nullable)


def _texts(*names: str) -> list[sa.Column[str]]:
    return [_text(name) for name in names]


def _stamps() -> list[sa.Column[str] | sa.Column[int]]:
    return [*_texts("id", "created", "updated"), _number("version")]


def _to_account() -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["account"], ["account.number"], ondelete="RESTRICT")


def _to(table: str, column: str, ondelete: str = "CASCADE") -> sa.ForeignKeyConstraint:
    """Return the reference of *column* to the rows of *table* of the same account."""
    keys = [f"{table}.account", f"{table}.number"]
    return sa.ForeignKeyConstraint(["account", column], keys, ondelete=ondelete)
