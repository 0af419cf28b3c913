"""The schema of new stores: made by the migrations once in a session, then by the same statements.

*Why*: alembic takes 40 ms for it, and a thousand tests begin with a new store. Stores of an older
schema, and those that other processes make, are migrated as ever.
"""

from __future__ import annotations

import pytest
from sqlalchemy import event

from rbac_sync.backends.store import schema

CHANGES = ("CREATE ", "INSERT ", "UPDATE ", "ALTER ", "DROP ", "DELETE ", "ANALYZE ")
MADE: dict[str, list] = {}
"""By kind of database, the statements that its first migration made."""


@pytest.fixture(scope="session", autouse=True)
def _schema_of_new_stores():
    """Replay in an empty database the statements of the first migration of its kind."""
    migrated = schema._upgrade

    def upgrade(connection, lent):
        kind = "sqlite" if connection.is_file else "postgresql"
        if connection.has_table("alembic_version"):
            migrated(connection, lent)
        elif kind not in MADE:
            MADE[kind] = recorded(lent, lambda: migrated(connection, lent))
        elif kind == "postgresql":
            connection.driver.execute(batch())
        else:
            for statement, parameters in MADE[kind]:
                lent.exec_driver_sql(statement, parameters)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(schema, "_upgrade", upgrade)
        yield


def batch() -> str:
    """Return the statements for an empty schema of PostgreSQL, to be sent as one message."""
    return ";\n".join(statement for statement, _ in MADE["postgresql"])


def recorded(connection, work):
    """Return what *work* changes through *connection*: each statement with its parameters."""
    statements = []

    def note(_connection, _cursor, statement, parameters, *_):
        if statement.lstrip().startswith(CHANGES):
            statements.append((statement, parameters or None))

    event.listen(connection, "before_cursor_execute", note)
    work()
    event.remove(connection, "before_cursor_execute", note)
    return statements
