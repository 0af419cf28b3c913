"""Every backend in turn. Accounts of a store share it, as they may."""

from __future__ import annotations

import pytest

from rbac_sync.backends.store.accounts import Accounts
from rbac_sync.server.guarded_store import GuardedStore
from rbac_sync.server.outbox import nowhere

from ..postgres import empty_schema
from ..server.serving import serving
from .accounts import EDITS
from .targets import BEYOND_CLOUD, Target, cloud, kept_by_cloud, memory, store
from .tenants import TAKEN_BY_TENANTS, TENANT, in_words_of_a_tenant, kept_by_tenants, tenants


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
def begun_over_rest(sqlite_store, tmp_path_factory):
    """What begins accounts that are seen through a server over the SQLite store."""
    with serving(GuardedStore(Accounts(sqlite_store), post=nowhere)) as root:
        yield cloud(sqlite_store, root, tmp_path_factory.mktemp("journals"))


@pytest.fixture(scope="session")
def begun_over_graphql(sqlite_store, tmp_path_factory):
    """What begins tenants that are seen through a server over the SQLite store."""
    with serving(GuardedStore(Accounts(sqlite_store), post=nowhere)) as root:
        yield tenants(sqlite_store, root, tmp_path_factory.mktemp("journals"))


@pytest.fixture(params=["memory", "sqlite", "postgresql", "prefect-cloud", "prefect-cloud-1"])
def target(request):
    """A backend of which accounts can be begun."""
    if request.param == "memory":
        return Target("memory", memory)
    if request.param == "prefect-cloud":
        begin = request.getfixturevalue("begun_over_rest")
        return Target("prefect-cloud", begin, kept_by_cloud, BEYOND_CLOUD)
    if request.param == "prefect-cloud-1":
        begin, beyond = (
            request.getfixturevalue("begun_over_graphql"),
            EDITS.keys() - TAKEN_BY_TENANTS,
        )
        own = (kept_by_tenants, beyond, in_words_of_a_tenant, TENANT)
        return Target("prefect-cloud-1", begin, *own)
    return Target(request.param, store(request.getfixturevalue(f"{request.param}_store")))
