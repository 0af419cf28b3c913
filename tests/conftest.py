"""Fixtures and hooks for the tests of any package."""

from __future__ import annotations

import gc
import os

from rbac_sync.cli.main import RARELY

from .originals import pytest_collection_modifyitems
from .parsed_files import parsed
from .patience import _no_lines_about_waits, lines_about_waits
from .postgres import postgres, postgres_url, store_url
from .programs import program
from .properties import (
    examples,
    pytest_configure,
    pytest_generate_tests,
    pytest_terminal_summary,
)
from .schema import _schema_of_new_stores
from .unsynced import _unsynced_files, synced_files

pytest_plugins = ["pytester", "tests.planted"]

__all__ = [
    "_no_lines_about_waits",
    "_schema_of_new_stores",
    "_unsynced_files",
    "examples",
    "lines_about_waits",
    "parsed",
    "postgres",
    "postgres_url",
    "program",
    "pytest_collection",
    "pytest_collection_finish",
    "pytest_collection_modifyitems",
    "pytest_configure",
    "pytest_generate_tests",
    "pytest_terminal_summary",
    "pytest_xdist_auto_num_workers",
    "store_url",
    "synced_files",
]


def pytest_collection():
    """Look for cycles as rarely as a command does that ends by itself."""
    gc.set_threshold(*RARELY)


def pytest_collection_finish():
    """Let the cyclic collection pass over what stays to the end: the modules and their tests."""
    gc.freeze()


def pytest_xdist_auto_num_workers():
    """Return two workers more than there are cores: each waits for about half of its time."""
    return 2 + (os.cpu_count() or 1)
