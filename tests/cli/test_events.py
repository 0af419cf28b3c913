"""An apply line by line: events as JSON, a line for each change, and the log."""

from __future__ import annotations

import json
import logging

import pytest

from rbac_sync.cli.events import EVENTS

from ..server.serving import served
from .running import run

WIDER = ('default_role = "none"', 'default_role = "viewer"')


@pytest.fixture(autouse=True)
def _quiet():
    yield
    logging.getLogger("rbac_sync").handlers = []
    logging.getLogger("rbac_sync").setLevel(logging.NOTSET)


def events(ran):
    return [json.loads(line) for line in ran.out.splitlines()]


def test_an_apply_prints_its_events_one_a_line(account):
    account.edit(WIDER)
    ran = run("apply --auto-approve --json")
    plan, change, applied = events(ran)
    assert ran.code == 0
    assert plan["event"] == "plan"
    assert plan["plan"]["counts"] == {"add": 1, "change": 0, "destroy": 0}
    assert change == {
        "event": "change",
        "number": 1,
        "of": 1,
        "action": "create",
        "address": "workspace.test/default_role",
    }
    assert applied == {"event": "applied", "add": 1, "change": 0, "destroy": 0}
    assert "[1/1]" not in ran.err


def test_a_saved_plan_begins_with_its_digest(account):
    account.edit(WIDER)
    run("plan --out a.plan")
    saved, *_, applied = events(run("apply a.plan -json"))
    assert (saved["event"], saved["changes"], len(saved["digest"])) == ("saved-plan", 1, 64)
    assert applied["event"] == "applied"


def test_a_refusal_is_the_last_event(account):
    account.edit(WIDER, ("[guard]\n", "[guard]\nrequire_author = true\n"))
    ran = run("apply --auto-approve --json")
    plan, error = events(ran)
    assert ran.code == 3
    assert [finding["rule"] for finding in plan["plan"]["findings"]] == ["AUTHOR"]
    assert (error["event"], error["code"], error["exit_code"]) == ("error", "refused", 3)
    assert "error[AUTHOR]" in ran.err


def test_json_asks_nothing(account):
    ran = run("apply --json")
    assert (ran.code, ran.out) == (1, "")
    assert "--json asks nothing: pass --auto-approve, or apply a saved plan" in ran.err


def test_every_event_is_documented():
    shown = run("help json-events").out
    assert all(name in shown for name in EVENTS)


def test_the_log_says_what_is_read(account, capsys):
    assert run("plan").err == ""
    assert "INFO opened `acme` in `sqlite:///rbac.db`" in run("plan -v").err
    assert "INFO read 1 files in" in run("plan --verbose").err


def test_the_environment_turns_the_log_on(account, monkeypatch):
    monkeypatch.setenv("RBAC_SYNC_LOG", "info")
    assert "INFO opened" in run("audit log").err
    monkeypatch.setenv("RBAC_SYNC_LOG", "loud")
    said = run("audit log")
    assert said.code == 1
    assert "`RBAC_SYNC_LOG` is `loud`: write one of warning, info, debug" in said.err


def test_each_request_is_logged_and_no_key(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("RBAC_SYNC_STATE_DIR", str(tmp_path))
    with served(f"sqlite:///{tmp_path / 'live.db'}") as server:
        text = f'[backend]\ntype = "prefect-cloud"\naccount = "acme"\nurl = "{server.root}/api"\n'
        (tmp_path / "rbac.toml").write_text(text)
        monkeypatch.setenv("RBAC_SYNC_API_KEY", server.key)
        ran = run("show -vv")
    assert ran.code == 0, ran.err
    assert "DEBUG GET" in ran.err
    assert ": 200, " in ran.err
    assert server.key not in ran.err
