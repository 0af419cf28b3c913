"""A stage for commands, and stores in which accounts begin."""

from __future__ import annotations

import pytest

from rbac_sync.backends.store.accounts import Accounts
from rbac_sync.server.guarded_store import GuardedStore
from rbac_sync.server.outbox import nowhere

from ..postgres import empty_schema
from ..server.serving import serving
from .command import staged


@pytest.fixture(scope="package")
def stage():
    """What runs commands."""
    with staged() as made:
        yield made


@pytest.fixture(scope="package")
def sqlite_store(tmp_path_factory):
    """The url of a SQLite store for many accounts."""
    return f"sqlite:///{tmp_path_factory.mktemp('store') / 'rbac.db'}"


@pytest.fixture(scope="package")
def postgresql_store(postgres):
    """The url of a PostgreSQL store for many accounts."""
    with empty_schema(postgres) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request):
    """The url of a store for many accounts, in each database in turn."""
    return request.getfixturevalue(f"{request.param}_store")


@pytest.fixture(scope="package")
def served(sqlite_store):
    """The root of a server over the SQLite store."""
    with serving(GuardedStore(Accounts(sqlite_store), post=nowhere)) as root:
        yield root
