"""The backend in memory under the contract suite."""

from __future__ import annotations

import pytest

from rbac_sync.model.resources import opened
from rbac_sync.planning import Change
from rbac_sync.testing import OWNER, MemoryBackend, TransactionalContract
from rbac_sync.testing.access_list_contract import OBJECTS
from rbac_sync.testing.account import run
from rbac_sync.testing.company import PROD


class TestMemory(TransactionalContract):
    @pytest.fixture
    def new_account(self):
        return lambda: MemoryBackend(applier=OWNER.address)

    @pytest.fixture
    def make_objects(self):
        def make_objects(backend):
            run(backend, [Change(None, opened(PROD.address, name)) for name in OBJECTS])

        return make_objects
