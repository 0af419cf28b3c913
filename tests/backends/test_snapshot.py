"""Planning against what an account was."""

from __future__ import annotations

import pytest

from rbac_sync.backends import limits_of
from rbac_sync.backends.snapshot import SnapshotBackend, decoded, taken
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

    backend = pipeline.load(account).backend(None)
    with backend.open() as session:
        now = taken(session)
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


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b'{"format": 2}', b"\xff", b"[" * 100_000])
def test_anything_else_is_no_snapshot(content):
    with pytest.raises(BackendError, match="snapshot") as refused:
        decoded(content, limits_of)
    assert "pull --snapshot" in refused.value.hint
