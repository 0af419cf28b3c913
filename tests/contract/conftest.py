"""Every backend in turn. Accounts of a store share it, as they may."""

from __future__ import annotations

import pytest

from ..postgres import empty_schema
from .targets import Target, memory, store


@pytest.fixture(scope="session")
def sqlite_store(tmp_path_factory):
    """The url of a SQLite store for all the accounts of the contract."""
    return f"sqlite:///{tmp_path_factory.mktemp('contract') / 'rbac.db'}"


@pytest.fixture(scope="session")
def postgresql_store(postgres):
    """The url of a PostgreSQL store for all the accounts of the contract."""
    with empty_schema(postgres) as url:
        yield url


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
def target(request):
    """A backend of which accounts can be begun."""
    if request.param == "memory":
        return Target("memory", memory)
    return Target(request.param, store(request.getfixturevalue(f"{request.param}_store")))
