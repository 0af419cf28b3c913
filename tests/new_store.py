"""A new store with one account: the first of its kind in a session is made, the next are copies.

*Why*: `init` takes 16 ms on SQLite and 100 ms on PostgreSQL, and half a thousand tests begin with
the same account.
"""

from __future__ import annotations

import psycopg
from psycopg.sql import SQL, Composed, Identifier, Literal

from rbac_sync.backends.database.engine import address, place
from rbac_sync.backends.store import init
from rbac_sync.backends.store.tables import TABLES

from . import schema

MADE: dict[tuple[str, ...], tuple[bytes, str]] = {}
"""The content of a store and the owner's key, by kind of database, account, world and owner.

The content is a file, or statements that make it in an empty schema of PostgreSQL.
"""


def begin(url: str, account: str, world: str, owner: str, **options) -> str:
    """Make an account as ``init`` does, and return its key; a new store may be a copy."""
    if options:
        return init(url, account, world, owner, **options)
    copied = _copied_file if place(address(url)) else _copied_schema
    return copied(url, account, world, owner)


def _copied_file(url: str, *kind: str) -> str:
    file = place(address(url))
    if file.exists():
        return init(url, *kind)
    if ("sqlite", *kind) in MADE:
        content, key = MADE["sqlite", *kind]
        file.touch(0o600)
        file.write_bytes(content)
        return key
    key = init(url, *kind)
    MADE["sqlite", *kind] = file.read_bytes(), key
    return key


def _copied_schema(url: str, *kind: str) -> str:
    """Copy a schema that is empty: the first is made, the next by one message of statements."""
    with psycopg.connect(url) as connection:
        (there,) = connection.execute("SELECT to_regclass('alembic_version')").fetchone()
        if there is None and ("postgresql", *kind) in MADE:
            content, key = MADE["postgresql", *kind]
            connection.execute(content)
            return key
    key = init(url, *kind)
    if there is None and "postgresql" in schema.MADE:
        with psycopg.connect(url) as connection:
            MADE["postgresql", *kind] = _content(connection), key
    return key


def _content(connection: psycopg.Connection) -> bytes:
    """Return the statements that make a schema like that of *connection*, with its rows."""
    rows = [statement for table in TABLES for statement in _rows(connection, table)]
    numbers = "SELECT setval(pg_get_serial_sequence('account', 'number'), max(number)) FROM account"
    return ";\n".join([schema.batch(), *rows, numbers]).encode()


def _rows(connection: psycopg.Connection, table) -> list[str]:
    names = SQL(", ").join(map(Identifier, table.columns))
    found = connection.execute(SQL("SELECT {} FROM {}").format(names, Identifier(table.name)))
    into = SQL("INSERT INTO {} ({}) VALUES ").format(Identifier(table.name), names)
    values = [SQL("({})").format(SQL(", ").join(map(Literal, row))) for row in found]
    if not values:
        return []
    return [Composed([into, SQL(", ").join(values)]).as_string(connection)]
