"""A company for each test, in SQLite and in PostgreSQL."""

from __future__ import annotations

from pathlib import Path

import pytest

from rbac_sync.backends.prefect_cloud.session import PrefectCloudBackend
from rbac_sync.backends.remote.login import Login
from rbac_sync.backends.store.accounts import Accounts
from rbac_sync.server.guarded_store import GuardedStore

from ..server.serving import serving
from .bench import Bench
from .company import Company

HERE = Path(__file__).parent
SAME_IN_BOTH = ("test_forged_plans", "test_refusals", "test_saved_plans")
"""Modules of what the pipeline decides itself: in PostgreSQL behind `long`.

*Why*: `tests/contract` and `tests/backends` hold both databases to one behaviour, and
`test_races`, `test_replanning`, `test_roundtrip` and `test_secrets` run the pipeline on both.
"""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """Mark as `long` the tests on PostgreSQL of what is the same in both databases."""
    for item in items:
        of_both = item.path.parent == HERE and item.path.stem in SAME_IN_BOTH
        if of_both and "[postgresql" in item.name:
            item.add_marker(pytest.mark.long)


@pytest.fixture
def company(store_url, tmp_path):
    """A company whose configuration is true."""
    return Company(store_url, tmp_path / "acme").begin()


@pytest.fixture
def served(company):
    """The API of a server over the company's store."""
    with serving(GuardedStore(Accounts(company.url))) as root:
        yield f"{root}/api"


@pytest.fixture
def cloud(company, served, tmp_path):
    """The company's account, over REST."""
    return PrefectCloudBackend(
        company.account,
        Login(served, company.key("olivia")),
        environment={"RBAC_SYNC_STATE_DIR": str(tmp_path / "state")},
    )


@pytest.fixture
def bench(company, tmp_path, monkeypatch):
    """The company, and the command line."""
    return Bench(company, tmp_path, monkeypatch)
