"""The time that a response states: one with an offset, the same wherever the client runs."""

from __future__ import annotations

import time

import httpx
import pytest

from rbac_sync.backends.remote.response import dated

from .waiting import DATE, READ, Service

STATED = "2026-11-21T12:00:00+00:00"


@pytest.fixture(params=["UTC", "America/New_York", "Asia/Tokyo"])
def _elsewhere(request, monkeypatch):
    """Be in one time zone after the other."""
    monkeypatch.setenv("TZ", request.param)
    time.tzset()
    dated.cache_clear()
    yield
    dated.cache_clear()
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize(
    "header", [DATE, "Saturday, 21-Nov-26 12:00:00 GMT", "Sat, 21 Nov 2026 21:00:00 +0900"]
)
@pytest.mark.usefixtures("_elsewhere")
def test_a_time_with_an_offset_is_the_same_everywhere(header):
    assert dated(header).isoformat() == STATED


@pytest.mark.parametrize(
    "header",
    [
        "Sat, 21 Nov 2026 12:00:00",
        "Sat, 21 Nov 2026 12:00:00 -0000",
        "Sat, 21 Nov 2026 12:00:00 Nowhere",
        "Sat Nov 21 12:00:00 2026",
    ],
)
@pytest.mark.usefixtures("_elsewhere")
def test_a_time_without_an_offset_is_not_read_as_that_of_this_machine(header):
    assert dated(header) is None


@pytest.mark.parametrize("second", [DATE, "Sat, 21 Nov 2026 09:00:00 GMT", "soon"])
@pytest.mark.usefixtures("_elsewhere")
def test_a_response_with_two_times_states_none(second):
    headers = [("date", DATE), ("date", second)]
    assert Service(httpx.Response(200, json=[], headers=headers)).send(READ).date is None
