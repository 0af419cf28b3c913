"""What the tests of several backends need."""

from __future__ import annotations

import pytest

from rbac_sync.backends.remote import client


@pytest.fixture
def at_once(monkeypatch):
    """Let nobody really wait; the pauses that were asked for."""
    waits = []
    init = client.Client.__init__
    monkeypatch.setattr(
        client.Client,
        "__init__",
        lambda self, *args, **more: init(self, *args, **{"sleep": waits.append} | more),
    )
    return waits
