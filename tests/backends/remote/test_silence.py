"""Whoever waits long is told for whom, why and how long, once each time."""

from __future__ import annotations

import logging
from types import SimpleNamespace

import httpx
import pytest

from rbac_sync.backends import progress_interval
from rbac_sync.backends.progress_interval import Pace
from rbac_sync.backends.remote import client
from rbac_sync.cli import progress

from .waiting import DATE, READ, Service, Time, ok, refused


def test_a_pause_that_the_service_asks_for_is_told_once_each_time(caplog):
    wait = refused(429, retry_after="30", date=DATE)
    Service(wait, wait, ok()).send(READ, Time())
    assert len(caplog.messages) == 2
    for message in caplog.messages:
        assert message.startswith("waiting 3")
        assert message.endswith(
            " s for `cloud.example`: POST bots/filter: 429 (why): too many requests"
        )


def test_a_short_pause_is_not_told(caplog):
    Service(refused(429, retry_after="2", date=DATE), refused(503), ok()).send(READ, Time())
    assert caplog.messages == []


def test_a_service_that_does_not_answer_is_told(caplog, monkeypatch):
    monkeypatch.setattr(client, "SILENCE", 0.0)

    def late():
        while not caplog.messages:
            pass
        return httpx.Response(200, json=[])

    Service(late).send(READ)
    assert caplog.messages == ["waiting for `cloud.example`: no answer to POST bots/filter for 0 s"]


def test_a_line_is_due_once_in_ten_seconds():
    time = Time()
    of = Pace(time.clock)
    due = []
    for _ in range(25):
        time.now += 1
        due.append(of.is_due())
    assert [number for number, is_due in enumerate(due, 1) if is_due] == [10, 20]


def test_off_a_terminal_an_apply_says_how_far_it_is(monkeypatch, capsys):
    monkeypatch.setattr(progress_interval, "INTERVAL", 0.0)
    with progress.show_progress([SimpleNamespace(changes=[1, 2])]) as announce:
        announce(1)
        announce(2)
    said = capsys.readouterr()
    assert (said.out, said.err) == ("", "applying 1 of 2\napplying 2 of 2\n")


@pytest.fixture(autouse=True)
def _heard(caplog):
    caplog.set_level(logging.WARNING, "rbac_sync")
