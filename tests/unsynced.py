"""SQLite files without waits for the disk, as the PostgreSQL of the tests.

*Why*: a commit that waits for the disk takes fifteen times as long, and no test needs what is on
it after a loss of power. The processes that tests start have the product's own setting.
"""

from __future__ import annotations

import pytest

from rbac_sync.backends.database import sqlite

DURABLE = sqlite.FIRST


@pytest.fixture(scope="session", autouse=True)
def _unsynced_files():
    """Let no connection to a SQLite file wait for the disk."""
    with pytest.MonkeyPatch.context() as patch:
        unsynced = (s.replace("synchronous = FULL", "synchronous = OFF") for s in DURABLE)
        patch.setattr(sqlite, "FIRST", tuple(unsynced))
        yield


@pytest.fixture
def synced_files(monkeypatch):
    """Let connections begin with what the product says, for tests of that."""
    monkeypatch.setattr(sqlite, "FIRST", DURABLE)
