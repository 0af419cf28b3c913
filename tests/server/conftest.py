"""Servers for tests: one over SQLite for reading and writing, and one over each database."""

from __future__ import annotations

import pytest

from .account import Account
from .graphql.tenants import staged
from .serving import served


@pytest.fixture
def server(tmp_path):
    """A server over a new SQLite store."""
    with served(f"sqlite:///{tmp_path / 'rbac.db'}") as running:
        yield running


@pytest.fixture
def acme(server):
    """The new account of that server, by its owner."""
    with server.client() as client:
        yield Account(server, client)


@pytest.fixture
def any_server(store_url):
    """A server over a new store, in each database in turn."""
    with served(store_url) as running:
        yield running


@pytest.fixture
def stage(tmp_path):
    """A server over a new SQLite store with a tenant of Prefect Cloud 1."""
    with staged(f"sqlite:///{tmp_path}/rbac.db") as found:
        yield found
