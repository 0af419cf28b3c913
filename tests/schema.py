"""The schema of new stores: made by the migrations once in a session, then by the same statements.

*Why*: alembic takes 40 ms for it, and a thousand tests begin with a new store. Stores of an older
schema, and those that other processes make, are migrated as ever.
"""

from __future__ import annotations

import pytest
from sqlalchemy import event, inspect

from rbac_sync.backends.store import schema

CHANGES = ("CREATE ", "INSERT ", "UPDATE ", "ALTER ", "DROP ")


@pytest.fixture(scope="session", autouse=True)
def _schema_of_new_stores():
    """Replay in an empty database the statements of the first migration of its kind."""
    made: dict[str, list] = {}
    migrated = schema._upgrade

    def upgrade(connection):
        statements = made.get(connection.dialect.name)
        if inspect(connection).has_table("alembic_version"):
            migrated(connection)
        elif statements is None:
            made[connection.dialect.name] = recorded(connection, migrated)
        else:
            for statement, parameters in statements:
                connection.exec_driver_sql(statement, parameters)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(schema, "_upgrade", upgrade)
        yield


def recorded(connection, work):
    """Return what *work* changes through *connection*: each statement with its parameters."""
    statements = []

    def note(_connection, _cursor, statement, parameters, *_):
        if statement.lstrip().startswith(CHANGES):
            statements.append((statement, parameters or None))

    event.listen(connection, "before_cursor_execute", note)
    work(connection)
    event.remove(connection, "before_cursor_execute", note)
    return statements
