"""The backend in memory under the contract suite."""

from __future__ import annotations

import pytest

from rbac_sync.testing import OWNER, MemoryBackend, TransactionalContract


class TestMemory(TransactionalContract):
    @pytest.fixture
    def new_account(self):
        return lambda: MemoryBackend(applier=OWNER.address)
