"""An account of Prefect Cloud that answers from memory, at once."""

from __future__ import annotations

import pytest
import respx

from rbac_sync.backends import http

from .cloud import ROOT, Cloud


@pytest.fixture
def cloud():
    return Cloud()


@pytest.fixture
def at_once(monkeypatch):
    """Let nobody really wait; the pauses that were asked for."""
    waits = []
    init = http.Client.__init__
    monkeypatch.setattr(
        http.Client,
        "__init__",
        lambda self, *args, **more: init(self, *args, **{"sleep": waits.append} | more),
    )
    return waits


@pytest.fixture
def service(cloud, at_once):
    """Answer for the service; the pauses that were asked for."""
    with respx.mock(base_url=ROOT, assert_all_called=False) as router:
        router.route().mock(side_effect=cloud.answer)
        yield at_once


@pytest.fixture
def backend(cloud, service, tmp_path):
    return cloud.backend(tmp_path)
