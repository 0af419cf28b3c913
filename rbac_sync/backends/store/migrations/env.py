"""The environment in which alembic runs the migrations."""

from __future__ import annotations

from alembic import context

from rbac_sync.backends.store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=True,
)
context.run_migrations()
