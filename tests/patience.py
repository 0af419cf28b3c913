"""Machines that stand still for a while: that fails no test, only what never ends does."""

from __future__ import annotations

from math import inf

import httpx
import pytest

from rbac_sync.backends import progress_interval
from rbac_sync.backends.remote import late_answers

LONGEST = 300
"""The seconds after which a test fails that waits for something."""


def ask(method: str, url: str, **options) -> httpx.Response:
    """Send one request to a server on loopback, without certificates: they take 20 ms to load."""
    return httpx.request(method, url, timeout=LONGEST, verify=False, **options)


SILENCE, INTERVAL = late_answers.SILENCE, progress_interval.INTERVAL


def say_no_waits() -> None:
    """Let this process log no line about a wait: nobody knows whether a machine makes one."""
    late_answers.SILENCE = progress_interval.INTERVAL = inf


@pytest.fixture(scope="session", autouse=True)
def _no_lines_about_waits():
    """Let this process, which serves in many tests, log no line about a wait."""
    say_no_waits()


@pytest.fixture
def lines_about_waits(monkeypatch):
    """Let the product say when it says that it waits, for tests of that."""
    monkeypatch.setattr(late_answers, "SILENCE", SILENCE)
    monkeypatch.setattr(progress_interval, "INTERVAL", INTERVAL)
