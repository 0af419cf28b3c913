"""The environment in which alembic runs the migrations."""

from __future__ import annotations

from alembic import context
from sqlalchemy import MetaData

NAMES = {
    "pk": "pk_%(table_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
}
"""The names of the constraints and indexes that a migration does not name."""

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=MetaData(naming_convention=NAMES),
    transactional_ddl=True,
)
context.run_migrations()
