"""The schema of the store, the same in SQLite and PostgreSQL.

The primary key of every table begins with the account, and every reference contains
the account, so that the database itself refuses a reference from one account to
another. References are by ``number``; names are in ``address`` alone, so that
a rename changes one row and no reference. Numbers and versions are drawn from
one counter of the account (``serial``), under its lock: no sequence is needed,
and none is drawn twice.

``id`` is the id of a row in a public API. It never changes, and no other row
refers to it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import (
    Column,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
)

from ...audit.texts import FIELDS, PLAIN
from ...model import Kind, Status
from ..database.columns import Flag, InstantText, Number, Plain, Word

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    },
)


def _table(name: str, *parts: Any) -> Table:
    """Return a table of rows of accounts: its key begins with the account."""
    own = (_key("account"), *parts)
    return Table(name, metadata, *own, sqlite_strict=True, sqlite_with_rowid=False)


def _key(name: str, of: Any = Number) -> Column[Any]:
    return Column(name, of, primary_key=True, autoincrement=False, nullable=False)


def _value(name: str, of: Any = Text) -> Column[Any]:
    return Column(name, of, nullable=False)


def _to(table: str, *names: str, ends: str = "CASCADE") -> ForeignKeyConstraint:
    """Return a reference within the account: *names* refer to the primary key of *table*."""
    key = ("account", "number")[: len(names)]
    columns = [f"{table}.{'number' if table == 'account' else k}" for k in key]
    return ForeignKeyConstraint(names, columns, ondelete=ends)


def _term() -> Iterator[Column[Any]]:
    yield Column("since", InstantText)
    yield Column("until", InstantText)
    yield Column("reason", Text)


def _known() -> Iterator[Any]:
    yield _value("id")
    yield _value("created", InstantText)
    yield _value("updated", InstantText)
    yield _value("version", Number)


def _detail(name: str, *parts: Any) -> Table:
    """Return the table of one kind that has addresses."""
    own = (_key("number"), _to("address", "account", "number"))
    return _table(name, *own, *_known(), *parts, UniqueConstraint("account", "id"))


account = Table(
    "account",
    metadata,
    _key("number"),
    _value("id"),
    _value("handle"),
    _value("world"),
    _value("features", Plain),
    _value("settings", Plain),
    _value("serial", Number),
    _value("created", InstantText),
    UniqueConstraint("handle"),
    UniqueConstraint("id"),
    sqlite_strict=True,
    sqlite_with_rowid=False,
)

address = _table(
    "address",
    _key("number"),
    _value("kind", Word(Kind)),
    _value("key"),
    UniqueConstraint("account", "kind", "key"),
    _to("account", "account", ends="RESTRICT"),
)
"""The addresses of principals, scopes and roles, with built-in ones, the account and everyone."""

user = _detail(
    "user",
    _value("actor_id"),
    _value("email"),
    _value("status", Word(Status)),
    Column("expires", InstantText),
)
"""Users. ``email`` is as it was written; the address has it in lower case."""

service_account = _detail("service_account", _value("actor_id"), _value("description"))

team = _detail("team", _value("description"), _value("managed_by"))

team_member = _table(
    "team_member",
    _key("team"),
    _key("member"),
    _value("id"),
    *_term(),
    _value("created", InstantText),
    _value("updated", InstantText),
    _to("team", "account", "team"),
    _to("address", "account", "member"),
    Index(None, "account", "member"),
)
"""Memberships. The version of a membership is that of its team."""

workspace = _detail("workspace", _value("name"), _value("description"), _value("public", Flag))

role = _detail(
    "role",
    _value("description"),
    _value("builtin", Flag),
    Column("base", Number),
    _to("role", "account", "base", ends="RESTRICT"),
    Index(None, "account", "base"),
)
"""Roles. The permissions of a built-in role are in the catalogue; references need its row."""

role_permission = _table(
    "role_permission",
    _key("role"),
    _key("permission", Text),
    _to("role", "account", "role"),
)

role_implied = _table(
    "role_implied",
    _key("role"),
    _key("implied"),
    _to("role", "account", "role"),
    _to("role", "account", "implied", ends="RESTRICT"),
    Index(None, "account", "implied"),
)

binding = _table(
    "binding",
    _key("scope"),
    _key("principal"),
    _key("position", Integer),
    _value("role", Number),
    *_term(),
    *_known(),
    _to("address", "account", "scope"),
    _to("address", "account", "principal"),
    _to("role", "account", "role", ends="RESTRICT"),
    Index(None, "account", "principal"),
    Index(None, "account", "role"),
)
"""One row for each holding. ``position`` counts the holdings of a binding from 0; as it is
in the primary key, and the role is not, the database refuses to create a binding twice."""

api_key = _table(
    "api_key",
    _key("owner"),
    _key("name", Text),
    _value("hash"),
    Column("until", InstantText),
    *_known(),
    Column("shown", Text),
    _to("address", "account", "owner"),
    UniqueConstraint("account", "hash"),
    UniqueConstraint("account", "id"),
    Index(None, "hash"),
)
"""API keys. ``shown`` has the prefix and the end of the secret; older keys have none.
The index on ``hash`` alone finds the account of a key."""

document = _table(
    "document",
    _key("id", Text),
    _value("kind"),
    _value("owner", Number),
    Column("name", Text),
    _value("content", Plain),
    _value("created", InstantText),
    _value("updated", InstantText),
    _to("address", "account", "owner"),
    UniqueConstraint("account", "kind", "owner", "name"),
    Index(None, "account", "owner"),
    Index(None, "id"),
)
"""Documents: data of a public API besides access; see ``documents``."""

run = _table(
    "run",
    _key("id", Text),
    _value("created", InstantText),
    _value("plan_digest"),
    _to("account", "account", ends="RESTRICT"),
)
"""The runs whose transaction was committed, to find out whether a lost COMMIT was one."""

audit = _table(
    "audit",
    _key("seq"),
    _value("prev"),
    _value("hash"),
    *(Column(name, Text, nullable=name in PLAIN) for name in FIELDS),
    _to("account", "account", ends="RESTRICT"),
    UniqueConstraint("account", "prev"),
    Index("ix_audit_account_timestamp", "account", "timestamp", "seq", "object_table"),
    Index(None, "account", "object_id"),
)
"""The audit trail: one record a row, as the texts of its hash. Triggers refuse changes.
The index by time has the table, to count rows of some tables without reading them."""
