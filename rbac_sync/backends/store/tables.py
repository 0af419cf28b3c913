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

from ...model import Kind, Status
from ..database.columns import FLAG, INSTANT, NUMBER, PLAIN, SMALL, TEXT, ColumnType, word
from .table import Column, Index, Part, Reference, StoreTable


def _table(name: str, *parts: Part) -> StoreTable:
    """Return a table of rows of accounts: its key begins with the account."""
    return StoreTable(name, _key("account"), *parts)


def _unique(*names: str) -> Index:
    return Index(names, is_unique=True)


def _key(name: str, of: ColumnType = NUMBER) -> Column:
    return Column(name, of, is_key=True)


def _maybe(name: str, of: ColumnType = TEXT) -> Column:
    return Column(name, of, is_nullable=True)


def _to(table: str, *names: str, ends: str = "CASCADE") -> Reference:
    """Return a reference within the account: *names* refer to the primary key of *table*."""
    return Reference(names, table, ends)


def _term() -> Iterator[Column]:
    yield _maybe("since", INSTANT)
    yield _maybe("until", INSTANT)
    yield _maybe("reason")


def _known() -> Iterator[Column]:
    yield Column("id")
    yield Column("created", INSTANT)
    yield Column("updated", INSTANT)
    yield Column("version", NUMBER)


def _detail(name: str, *parts: Part) -> StoreTable:
    """Return the table of one kind that has addresses."""
    own = (_key("number"), _to("address", "account", "number"))
    return _table(name, *own, *_known(), *parts, _unique("account", "id"))


account = StoreTable(
    "account",
    _key("number"),
    Column("id"),
    Column("handle"),
    Column("world"),
    Column("features", PLAIN),
    Column("settings", PLAIN),
    Column("serial", NUMBER),
    Column("created", INSTANT),
    _unique("handle"),
    _unique("id"),
)

address = _table(
    "address",
    _key("number"),
    Column("kind", word(Kind)),
    Column("key"),
    _unique("account", "kind", "key"),
    _to("account", "account", ends="RESTRICT"),
)
"""The addresses of principals, scopes and roles, with built-in ones, the account and everyone."""

appearance = _table(
    "appearance",
    _key("number"),
    _key("digest", TEXT),
    _to("address", "account", "number"),
    Index(("account", "digest")),
)
"""The appearances of names that must not look alike; see the module ``appearances``."""

user = _detail(
    "user",
    Column("actor_id"),
    Column("email"),
    Column("status", word(Status)),
    _maybe("expires", INSTANT),
    Index(("account", "actor_id")),
)
"""Users. ``email`` is as it was written; the address has it in lower case."""

service_account = _detail(
    "service_account",
    Column("actor_id"),
    Column("description"),
    Index(("account", "actor_id")),
)

team = _detail("team", Column("description"), Column("managed_by"))

team_member = _table(
    "team_member",
    _key("team"),
    _key("member"),
    Column("id"),
    *_term(),
    Column("created", INSTANT),
    Column("updated", INSTANT),
    _to("team", "account", "team"),
    _to("address", "account", "member"),
    Index(("account", "member")),
)
"""Memberships. The version of a membership is that of its team."""

workspace = _detail("workspace", Column("name"), Column("description"), Column("public", FLAG))

role = _detail(
    "role",
    Column("description"),
    Column("builtin", FLAG),
    _maybe("base", NUMBER),
    _to("role", "account", "base", ends="RESTRICT"),
    Index(("account", "base")),
)
"""Roles. The permissions of a built-in role are in the catalogue; references need its row."""

role_permission = _table(
    "role_permission",
    _key("role"),
    _key("permission", TEXT),
    _to("role", "account", "role"),
)

role_implied = _table(
    "role_implied",
    _key("role"),
    _key("implied"),
    _to("role", "account", "role"),
    _to("role", "account", "implied", ends="RESTRICT"),
    Index(("account", "implied")),
)

binding = _table(
    "binding",
    _key("scope"),
    _key("principal"),
    _key("position", SMALL),
    Column("role", NUMBER),
    *_term(),
    *_known(),
    _to("address", "account", "scope"),
    _to("address", "account", "principal"),
    _to("role", "account", "role", ends="RESTRICT"),
    Index(("account", "principal")),
    Index(("account", "role")),
    Index(("account", "id")),
)
"""One row for each holding. ``position`` counts the holdings of a binding from 0; as it is
in the primary key, and the role is not, the database refuses to create a binding twice."""

api_key = _table(
    "api_key",
    _key("owner"),
    _key("name", TEXT),
    Column("hash"),
    _maybe("until", INSTANT),
    *_known(),
    _maybe("shown"),
    _to("address", "account", "owner"),
    _unique("account", "hash"),
    _unique("account", "id"),
    Index(("hash",)),
)
"""API keys. ``shown`` has the prefix and the end of the secret; older keys have none.
The index on ``hash`` alone finds the account of a key."""

document = _table(
    "document",
    _key("id", TEXT),
    Column("kind"),
    Column("owner", NUMBER),
    _maybe("name"),
    Column("content", PLAIN),
    Column("created", INSTANT),
    Column("updated", INSTANT),
    _to("address", "account", "owner"),
    _unique("account", "kind", "owner", "name"),
    Index(("account", "owner")),
    Index(("id",)),
)
"""Documents: data of a public API besides access; see ``documents``."""

run = _table(
    "run",
    _key("id", TEXT),
    Column("created", INSTANT),
    Column("plan_digest"),
    _to("account", "account", ends="RESTRICT"),
)
"""The runs whose transaction was committed, to find out whether a lost COMMIT was one."""

audit = _table(
    "audit",
    _key("seq"),
    Column("prev"),
    Column("hash"),
    *map(Column, ("timestamp", "message", "object_id", "object_table")),
    _maybe("info"),
    *map(Column, ("applier", "on_behalf_of", "run", "plan_digest")),
    *map(_maybe, ("before", "after")),
    Column("result"),
    *(Column(name, is_derived=True) for name in ("shape", "place")),
    _to("account", "account", ends="RESTRICT"),
    _unique("account", "prev"),
    Index(("account", "object_id", "timestamp", "seq")),
    Index(("account", "timestamp", "seq")),
    Index(("account", "shape", "timestamp", "seq")),
    Index(("account", "place", "shape", "timestamp", "seq")),
    Index(("account", "applier", "shape", "timestamp", "seq")),
)
"""The audit trail: one record a row, as the texts of its hash. Triggers refuse changes.

Rows of one ``shape`` are events of one name: it has the table, the sides that the row has, and
the sort of its object. ``place`` is the address of the workspace that the row changes or in
which it changes access, else empty."""

audit_event = _table(
    "audit_event",
    _key("seq"),
    _key("position"),
    *map(Column, ("shape", "place", "timestamp", "applier", "object_id", "member")),
    _to("account", "account", ends="RESTRICT"),
    Index(("account", "object_id", "timestamp", "seq", "position")),
    Index(("account", "shape", "timestamp", "seq", "position")),
    Index(("account", "place", "shape", "timestamp", "seq", "position")),
    Index(("account", "applier", "shape", "timestamp", "seq", "position")),
)
"""The events of the rows of the trail whose columns do not determine them; see ``event_index``."""

audit_count = _table(
    "audit_count",
    *(_key(name, TEXT) for name in ("aspect", "part", "shape", "timestamp")),
    *(Column(name, NUMBER) for name in ("size", "total", "seq")),
    _to("account", "account", ends="RESTRICT"),
)
"""Running counts of the events of the trail; see ``counts``."""

TABLES = (
    account,
    address,
    appearance,
    user,
    service_account,
    team,
    team_member,
    workspace,
    role,
    role_permission,
    role_implied,
    binding,
    api_key,
    document,
    run,
    audit,
    audit_event,
    audit_count,
)
"""All tables, each after those that it refers to."""
