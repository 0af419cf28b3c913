"""``apply`` beside others: what is planned again and what never is, and how long it waits."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime

import click
import pytest

from rbac_sync.cli import apply_run
from rbac_sync.cli.instants import Seconds
from rbac_sync.cli.keys_file import KeysFile
from rbac_sync.model import Key
from rbac_sync.model.address import service_account

from .live import bound, by_hand
from .running import run

EDIT = ('runner = ["team:data"]', 'runner = ["team:data", "bo"]')
KEY = ("[service_accounts.ci]", "[service_accounts.ci]\nkeys.build = { until = 2099-01-01 }")
DONE = "Apply complete! Resources: 0 added, 1 changed, 0 destroyed."


@pytest.fixture
def disturbed(account, monkeypatch):
    """Have somebody else change what is planned, once the plan is made."""
    account.edit(EDIT)
    reserve = KeysFile.reserve

    def meanwhile(*asked):
        by_hand(account, (None, bound("bo", "prod", "developer")))
        return reserve(*asked)

    monkeypatch.setattr(KeysFile, "reserve", meanwhile)
    return account


def test_m3_what_nobody_reviewed_is_planned_again_and_shown(disturbed):
    ran = run("apply --auto-approve --report json=run.json")
    assert (ran.code, ran.err) == (0, f"{apply_run.AGAIN}\n")
    assert ran.out.count("Plan: ") == 2
    assert "Plan: 0 to add, 1 to change, 0 to destroy." in ran.lines
    assert ran.lines[-1] == DONE
    assert run("plan --detailed-exitcode").code == 0
    assert '"developer"' in (disturbed.folder / "run.json").read_text()


def test_a_key_that_has_gone_meanwhile_is_not_made_where_nobody_said_where_its_secret_goes(
    account, monkeypatch
):
    ends = datetime(2099, 1, 1, tzinfo=UTC)
    gone = Key(service_account("ci"), "build", ends)
    account.edit(KEY, EDIT)
    assert run("apply --auto-approve --keys-out keys.json").code == 0
    account.edit(tuple(reversed(EDIT)))
    reserve = KeysFile.reserve

    def meanwhile(*asked):
        changed = (bound("bo", "prod", "runner"), bound("bo", "prod", "developer"))
        by_hand(account, (gone, None), changed)
        return reserve(*asked)

    monkeypatch.setattr(KeysFile, "reserve", meanwhile)
    ran = run("apply --auto-approve --keys-out more.json")
    assert ran.code == 5
    assert ran.err.startswith("error[stale-plan]")
    assert not (account.folder / "more.json").exists()


def test_a_plan_file_stays_bound(disturbed):
    assert run("plan --out my.plan").code == 0
    for options in ("", "--auto-approve"):
        ran = run(f"apply my.plan {options}")
        assert ran.code == 5
        assert ran.err.startswith("error[stale-plan]")
        by_hand(disturbed, (bound("bo", "prod", "developer"), None))


def test_what_was_approved_by_hand_is_not_replaced(disturbed, monkeypatch):
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr(click, "prompt", lambda *_, **__: "yes")
    ran = run("apply")
    assert ran.code == 5
    assert ran.err.startswith("error[stale-plan]")


@pytest.mark.parametrize("words", ["-lock-timeout=0s", "--lock-timeout 0.2", "-lock-timeout 200ms"])
def test_a_run_waits_no_longer_than_it_is_told_to(account, monkeypatch, words):
    account.edit(EDIT)
    with closing(sqlite3.connect(account.database, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        ran = run(f"apply --auto-approve {words}")
        assert (ran.code, "locked" in ran.err) == (5, True)
        monkeypatch.setenv("RBAC_SYNC_LOCK_TIMEOUT", "100ms")
        assert run("apply --auto-approve").code == 5
        assert run("store key create ci x --until 2099-01-01 -lock-timeout=0").code in (1, 5)
        other.execute("ROLLBACK")
    assert run("apply --auto-approve").code == 0


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        ("5", 5),
        ("0", 0),
        ("1.5", 1.5),
        ("30s", 30),
        ("5m", 300),
        ("1m30s", 90),
        ("1h", 3600),
        ("500ms", 0.5),
        ("1h0m1.5s", 3601.5),
        ("24h", 86400),
    ],
)
def test_a_time_is_written_in_seconds_or_as_terraform_writes_it(written, seconds):
    assert Seconds().convert(written, None, None) == seconds


@pytest.mark.parametrize(
    "written", ["", "-1", "s", "1d", "1s1m", "nan", "inf", "1e9", " 5", "\u0665"]
)
def test_what_is_no_time_is_refused(written):
    with pytest.raises(click.BadParameter, match="is no time: write `30s`, `5m` or `1m30s`"):
        Seconds().convert(written, None, None)
    with pytest.raises(click.BadParameter, match="is longer than a day"):
        Seconds().convert("25h", None, None)
