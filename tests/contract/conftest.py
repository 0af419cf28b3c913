"""Two stores for all accounts of the contract, and servers over the one on SQLite."""

from __future__ import annotations

import pytest

from rbac_sync.backends.store.accounts import Accounts
from rbac_sync.server.guarded_store import GuardedStore
from rbac_sync.server.outbox import nowhere

from ..postgres import empty_schema
from ..server.serving import serving


@pytest.fixture(scope="session")
def sqlite_store(tmp_path_factory):
    """The url of a SQLite store for all the accounts of the contract."""
    return f"sqlite:///{tmp_path_factory.mktemp('contract') / 'rbac.db'}"


@pytest.fixture(scope="session")
def postgresql_store(postgres):
    """The url of a PostgreSQL store for all the accounts of the contract."""
    with empty_schema(postgres) as url:
        yield url


@pytest.fixture(scope="session")
def served(sqlite_store):
    """The root of a server over the SQLite store."""
    with serving(GuardedStore(Accounts(sqlite_store), post=nowhere)) as root:
        yield root


@pytest.fixture(scope="session")
def journals(tmp_path_factory):
    """The environment of backends that keep their journals in a folder of the tests."""
    return {"RBAC_SYNC_STATE_DIR": str(tmp_path_factory.mktemp("journals"))}
