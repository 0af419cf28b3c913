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
def service(cloud, monkeypatch):
    """Answer for the service; nobody really waits."""
    waits = []
    init = http.Client.__init__
    monkeypatch.setattr(
        http.Client,
        "__init__",
        lambda self, *args, **more: init(self, *args, **{"sleep": waits.append} | more),
    )
    with respx.mock(base_url=ROOT, assert_all_called=False) as router:
        router.route().mock(side_effect=cloud.answer)
        yield waits


@pytest.fixture
def backend(cloud, service, tmp_path):
    return cloud.backend(tmp_path)
