"""How alembic runs our migrations: in the transaction that it is handed."""

from __future__ import annotations

from alembic import context

from rbac_sync.backends.store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=True,
)
context.run_migrations()
