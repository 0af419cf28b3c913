"""Stores to try things on, and a look at their rows past our own code."""

from __future__ import annotations

from contextlib import contextmanager

from rbac_sync.backends.database.engine import address, engine, reading
from rbac_sync.backends.store import StoreBackend, schema
from rbac_sync.backends.store.tables import TABLES, audit
from rbac_sync.catalogues import catalogue
from rbac_sync.model import ACCOUNT, Binding, Level, User, Workspace, held
from rbac_sync.model.resources import role as role_address
from rbac_sync.model.settings import WAIT
from rbac_sync.planning import Change
from tests.new_store import begin

OWNER = User("olivia@example.org")
CLOUD = catalogue("prefect-cloud")
OWNS = held(CLOUD.owner)
MEMBER = held(role_address(Level.ACCOUNT, "member"))
VIEWER = held(role_address(Level.WORKSPACE, "viewer"))


UNDOING_SINCE_0006 = (
    *(
        f"DROP INDEX ix_audit_{'_'.join(index.names)}"
        for index in audit.indexes
        if not index.is_unique
    ),
    *(f"ALTER TABLE audit DROP COLUMN {name}" for name in audit.derived),
    "CREATE INDEX ix_audit_account_timestamp ON audit (account, timestamp)",
    "DROP TABLE audit_count",
    "DROP TABLE audit_event",
    "DROP INDEX ix_user_account_actor_id",
    "DROP INDEX ix_service_account_account_actor_id",
    "DROP INDEX ix_binding_account_id",
    "DROP TABLE appearance",
)
"""Statements that take from a store what migrations since 0006 put in."""


def founded(url: str, account: str = "acme", *, wait: float = WAIT) -> StoreBackend:
    """Return a backend on a new account, with its first owner's key."""
    key = begin(url, account, "prefect-cloud", OWNER.email)
    return StoreBackend(url, account, key, wait=wait)


@contextmanager
def connected(url: str):
    """Yield a connection of SQLAlchemy whose statements are committed at the end.

    In SQLite it takes no lock before it writes.
    """
    is_file = url.startswith("sqlite")
    with (
        engine(address(url), WAIT).connected(writes=not is_file) as connection,
        schema._lent(connection) as lent,
        connection.transaction(),
    ):
        yield lent


def live(backend):
    with backend.open() as session:
        return session.read()


def links(backend):
    with backend.open() as session:
        return list(session.trail.links())


def made(backend, *changes, run="edit"):
    return backend.transact(run, lambda writer: [writer.make(change) for change in changes])


def workspaces(count: int) -> list[Change]:
    return [Change(None, Workspace(f"w{n}")) for n in range(count)]


def owner(name: str) -> Change:
    """Return the change by which another owner comes."""
    user = User(f"{name}@example.org")
    return Change(None, user, brings=(Binding(user.address, ACCOUNT, OWNS),))


def dump(url: str) -> dict[str, list[tuple]]:
    """Return every row of every table."""
    with reading(engine(address(url), WAIT)) as connection:
        return {
            table.name: sorted(map(repr, connection.rows(f'SELECT * FROM "{table.name}"')))
            for table in TABLES
        }
