"""A folder to write a configuration into."""

from __future__ import annotations

import pytest

from .folder import Folder


@pytest.fixture
def folder(tmp_path):
    return Folder(tmp_path)
