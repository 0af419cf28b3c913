"""The store under the contract suite, on each database. Accounts of a store share it."""

from __future__ import annotations

from uuid import uuid4

import pytest

from rbac_sync.backends.store import StoreBackend, init
from rbac_sync.testing import OWNER, TransactionalContract

from .objects import make_documents


class StoreContract(TransactionalContract):
    @pytest.fixture
    def new_account(self, store):
        def new_account():
            handle = f"acme-{uuid4()}"
            key = init(store, handle, self.catalogue.world, OWNER.email)
            return StoreBackend(store, handle, key, wait=0.2)

        return new_account

    @pytest.fixture
    def make_objects(self):
        return make_documents


class TestSQLite(StoreContract):
    @pytest.fixture
    def store(self, sqlite_store):
        return sqlite_store


class TestPostgreSQL(StoreContract):
    @pytest.fixture
    def store(self, postgresql_store):
        return postgresql_store
