"""A company for each test, in SQLite and in PostgreSQL."""

from __future__ import annotations

import pytest

from .bench import Bench
from .company import Company


@pytest.fixture
def company(store_url, tmp_path):
    """A company whose configuration is true."""
    return Company(store_url, tmp_path / "acme").begin()


@pytest.fixture
def bench(company, tmp_path, monkeypatch):
    """The company, and the command line."""
    return Bench(company, tmp_path, monkeypatch)
