"""Planning against what an account was."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from rbac_sync.backends import limits_of
from rbac_sync.backends.snapshot import SnapshotBackend, decoded, take_snapshot
from rbac_sync.errors import BackendError

from ..cli.running import run


@pytest.fixture
def account(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("RBAC_SYNC_API_KEY", raising=False)
    begin = "store init --owner ana@acme.example --world prefect-cloud --account acme"
    (tmp_path / "rbac.toml").write_text(CONFIGURATION)
    monkeypatch.setenv("RBAC_SYNC_API_KEY", run(begin).out.strip())
    assert run("apply --auto-approve").code == 0
    assert run("pull --snapshot live.json").code == 0
    (tmp_path / "rbac.toml").write_text(CONFIGURATION.replace("viewer", "runner"))
    return tmp_path


CONFIGURATION = """
[backend]
type = "store"
account = "acme"

[members]
owner = ["ana@acme.example"]
member = ["bo@acme.example"]

[roles.reader]
base = "viewer"
permissions = ["see_secret_blocks"]

[workspaces.prod.access]
viewer = ["bo@acme.example"]
"""


def test_a_snapshot_says_all_that_the_session_says(account):
    from rbac_sync import pipeline

    backend = pipeline.load(Path()).backend(None)
    with backend.open() as session:
        now = take_snapshot(session)
    then = decoded((account / "live.json").read_bytes(), limits_of)

    assert then.state == now.state
    assert (then.target, then.versions, then.includes) == (now.target, now.versions, now.includes)
    assert then.capabilities == now.capabilities
    assert decoded(then.encoded(), limits_of) == then


def test_a_plan_against_a_snapshot_needs_neither_store_nor_key(account, monkeypatch):
    live = run("plan --json")
    (account / "rbac.db").rename(account / "elsewhere.db")
    monkeypatch.delenv("RBAC_SYNC_API_KEY")

    ran = run("plan --live live.json --as ana@acme.example --detailed-exitcode --out my.plan")

    assert (ran.code, live.code) == (2, 0)
    assert "workspace.prod/access/bo@acme.example will be updated in-place" in ran.out


def test_a_plan_against_a_snapshot_is_applied_while_it_still_fits(account):
    assert run("plan --live live.json --as ana@acme.example --out my.plan").code == 0
    assert run("apply my.plan").code == 0
    assert "No changes." in run("plan").out


def test_a_plan_against_a_snapshot_of_before_is_stale(account):
    (account / "other.toml").write_text(CONFIGURATION.replace("viewer", "developer"))
    assert run("apply --auto-approve --config other.toml").code == 0

    assert run("plan --live live.json --as ana@acme.example --out my.plan").code == 0
    assert run("apply my.plan").code == 5


def test_a_snapshot_is_nobody_and_changes_nothing(account):
    assert run("plan --live live.json").code == 4
    backend = SnapshotBackend(decoded((account / "live.json").read_bytes(), limits_of))

    with pytest.raises(BackendError, match="cannot be made in a snapshot"):
        backend.transact("run", lambda _: None)
    with backend.open() as session, pytest.raises(BackendError, match="no audit trail"):
        _ = session.trail


def retaken(account, **since):
    """Write the snapshot anew as if it had been taken so long after it was."""
    file = account / "live.json"
    then = decoded(file.read_bytes(), limits_of)
    file.write_bytes(replace(then, moment=then.moment + timedelta(**since)).encoded())


AS_ANA = "plan --live live.json --as ana@acme.example"


def test_a_snapshot_from_the_future_is_refused(account):
    retaken(account, hours=1)
    ran = run(f"{AS_ANA} --out my.plan")
    assert ran.code == 1
    assert "the snapshot says that it was taken at " in ran.err
    assert ", and here it is " in ran.err
    assert "= help: check both clocks, and write one with `rbac-sync pull --snapshot" in ran.err
    assert not (account / "my.plan").exists()


def test_clocks_may_differ_by_a_little(account):
    retaken(account, minutes=4)
    assert run(AS_ANA).code == 0


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('account = "acme"', 'account = "other"'),
        ('type = "store"', 'type = "prefect-cloud"'),
    ],
)
def test_a_snapshot_of_another_account_is_refused(account, old, new):
    text = (account / "rbac.toml").read_text()
    assert old in text
    (account / "rbac.toml").write_text(text.replace(old, new))
    ran = run(f"{AS_ANA} --out my.plan")
    assert ran.code == 1
    assert "the snapshot is of `acme` of store, and not of the account in `[backend]`: " in ran.err
    assert "= help: name the snapshot of this account, or write one with `rbac-sync" in ran.err
    assert not (account / "my.plan").exists()


def test_a_snapshot_that_is_too_old_is_warned_of_and_no_plan_from_it_is_saved(account):
    retaken(account, hours=-25)
    ran = run(AS_ANA)
    assert ran.code == 0
    assert ran.err.startswith("warning: the snapshot of ")
    assert "is older than 1 day: no plan from it can be applied" in ran.err

    ran = run(f"{AS_ANA} --out my.plan")
    assert ran.code == 5
    assert "error[plan-too-old]: the snapshot of " in ran.err
    assert "= help: write a new one with `rbac-sync pull --snapshot FILE`" in ran.err
    assert not (account / "my.plan").exists()


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b'{"format": 2}', b"\xff", b"[" * 100_000])
def test_anything_else_is_no_snapshot(content):
    with pytest.raises(BackendError, match="snapshot") as refused:
        decoded(content, limits_of)
    assert "pull --snapshot" in refused.value.hint


def test_a_snapshot_of_another_format_is_refused(account):
    body = json.loads((account / "live.json").read_bytes()) | {"format": 3}
    with pytest.raises(BackendError, match=r"^the snapshot is of format 3, not 2$") as refused:
        decoded(json.dumps(body).encode(), limits_of)
    assert refused.value.hint == "write one with `rbac-sync pull --snapshot FILE`"


def test_a_system_that_is_named_by_no_text_is_no_snapshot(account):
    body = json.loads((account / "live.json").read_bytes())
    body["backend"]["url"] = 7
    with pytest.raises(BackendError, match="the file is not a snapshot, or it is damaged"):
        decoded(json.dumps(body).encode(), limits_of)
