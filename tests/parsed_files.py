"""The files of a configuration that are parsed."""

from __future__ import annotations

import pytest

from rbac_sync.config import load


@pytest.fixture
def parsed(monkeypatch):
    """The names of the files that are parsed."""
    names, parse = [], load.parse_file

    def noted(name, raw):
        names.append(name)
        return parse(name, raw)

    monkeypatch.setattr(load, "parse_file", noted)
    return names
