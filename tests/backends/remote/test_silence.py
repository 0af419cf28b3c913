"""A long wait is reported once, with the host, the reason and the seconds."""

from __future__ import annotations

import logging
from types import SimpleNamespace

import httpx
import pytest

from rbac_sync.backends.progress_interval import Pace
from rbac_sync.backends.remote import client, late_answers
from rbac_sync.cli.events import EventLines, show_progress
from rbac_sync.errors import ApplyStopped, Interrupted, OutcomeUnknown, Undone
from rbac_sync.model import User
from rbac_sync.planning import Change

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
    for module in (client, late_answers):
        monkeypatch.setattr(module, "SILENCE", 0.0)

    def late():
        while not caplog.messages:
            pass
        return httpx.Response(200, json=[])

    Service(late).send(READ)
    assert caplog.messages == ["waiting for `cloud.example`: no answer to POST bots/filter for 0 s"]


def test_a_line_is_due_once_in_ten_seconds(lines_about_waits):
    time = Time()
    of = Pace(time.clock)
    due = []
    for _ in range(25):
        time.now += 1
        due.append(of.is_due())
    assert [number for number, is_due in enumerate(due, 1) if is_due] == [10, 20]


QUIET = EventLines(enabled=False)


def test_off_a_terminal_an_apply_says_each_change(capsys):
    changes = [Change(None, User("ana@acme.example")), Change(User("bo@acme.example"), None)]
    with show_progress([SimpleNamespace(changes=changes)], QUIET) as announce:
        for change in changes:
            announce(change)
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err == (
        "[1/2] create member.ana@acme.example\n[2/2] delete member.bo@acme.example\n"
    )


@pytest.mark.parametrize(
    ("error", "listed"),
    [
        (ApplyStopped("no"), 2),
        (Interrupted("stopped"), 2),
        (Undone("stopped"), 1),
        (OutcomeUnknown("lost"), 1),
    ],
)
def test_on_a_terminal_what_was_made_is_listed_if_the_run_stops_and_it_stands(
    monkeypatch, capsys, error, listed
):
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    change = Change(None, User("ana@acme.example"))

    def stopped():
        with show_progress([SimpleNamespace(changes=[change])], QUIET) as announce:
            announce(change)
            raise error

    with pytest.raises(type(error)):
        stopped()
    said = capsys.readouterr().err
    assert said.count("[1/1] create member.ana@acme.example") == listed
    assert ("example\n" in said) is (listed > 1)


@pytest.fixture(autouse=True)
def _heard(caplog):
    caplog.set_level(logging.WARNING, "rbac_sync")
