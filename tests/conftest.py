"""Fixtures and hooks for the tests of any package."""

from __future__ import annotations

import os

from .originals import pytest_collection_modifyitems
from .postgres import postgres, postgres_url, store_url
from .properties import (
    examples,
    pytest_configure,
    pytest_generate_tests,
    pytest_terminal_summary,
)

pytest_plugins = ["pytester", "tests.planted"]

__all__ = [
    "examples",
    "postgres",
    "postgres_url",
    "pytest_collection_modifyitems",
    "pytest_configure",
    "pytest_generate_tests",
    "pytest_terminal_summary",
    "pytest_xdist_auto_num_workers",
    "store_url",
]


def pytest_xdist_auto_num_workers():
    """Return two workers for each core: half of a run is waiting for processes, disks and locks."""
    return 2 * (os.cpu_count() or 1)
