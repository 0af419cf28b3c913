"""What others own or do past us, over REST through `serve`: directories, keys, grace."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from rbac_sync.model import Membership, Team
from rbac_sync.model import address as named
from rbac_sync.planning import Change
from rbac_sync.views.reports.markdown_check import is_own_report

from ..server.serving import OWNER, served
from .running import run

END = (datetime.now(UTC) + timedelta(days=90)).strftime("%Y-%m-%dT00:00:00Z")
CONFIGURATION = """
[backend]
type = "prefect-cloud"
account = "acme"
url = "{root}/api"

[manage]
{manage}

[members]
owner = ["olivia@example.org"]
{members}

[service_accounts.ci]
keys.active = {{ until = {end} }}
"""


@pytest.fixture
def account(tmp_path, monkeypatch):
    """A served account; the current folder declares it, keys included, with the owner's key."""
    with served(f"sqlite:///{tmp_path / 'rbac.db'}") as server:
        monkeypatch.chdir(tmp_path)
        monkeypatch.setenv("RBAC_SYNC_API_KEY", server.key)
        monkeypatch.setenv("RBAC_SYNC_STATE_DIR", str(tmp_path / "state"))

        def declare(manage='keys = "all"', members='member = ["sa:ci"]', end=END):
            written = {"root": server.root, "manage": manage, "members": members, "end": end}
            (tmp_path / "rbac.toml").write_text(CONFIGURATION.format(**written))

        declare()
        server.declare = declare
        ran = run("apply --auto-approve --keys-out secrets.json")
        assert ran.code == 0, ran.err
        yield server


def rotated(server, **body):
    """Rotate the key of `ci` past rbac-sync."""
    client = server.client()
    account = client.get("/me/accounts").json()[0]["account_id"]
    bots = f"/accounts/{account}/bots"
    (bot,) = client.post(f"{bots}/filter", json={}).json()
    answer = client.post(f"{bots}/{bot['id']}/rotate_api_key", json=body)
    assert answer.status_code == 201, answer.text


def test_w2_a_key_that_rbac_sync_made_is_no_drift(account):
    assert run("drift").code == 0


def test_w2_a_key_rotated_past_us_to_the_same_end_is_drift(account, tmp_path):
    rotated(account, api_key_expiration=END)
    ran, shown = run("drift --report md=drift.md"), json.loads(run("drift --json").out)

    assert ran.code == 2
    assert is_own_report((tmp_path / "drift.md").read_text())
    assert ran.shows("Drift: 1 key replaced outside rbac-sync.")
    assert "service-account.ci/key/active is not the key that rbac-sync made" in ran.out
    assert shown["drift"] is True
    (key,) = shown["replaced"]
    assert key["address"] == "service-account.ci/key/active"
    assert key["made"] is not None


def test_w2_another_end_makes_a_new_key_and_ends_the_drift(account):
    rotated(account, api_key_expiration=END)
    account.declare(end=END.replace("T00", "T01"))

    assert run("apply --auto-approve --keys-out more.json").code == 0
    assert run("drift").code == 0


def test_w2_a_machine_that_made_no_key_does_not_know_which_it_should_be(
    account, tmp_path, monkeypatch
):
    rotated(account, api_key_expiration=END)
    monkeypatch.setenv("RBAC_SYNC_STATE_DIR", str(tmp_path / "elsewhere"))

    assert run("drift").code == 0


def test_w2_keys_that_are_not_managed_are_nobodys_drift(account):
    rotated(account, api_key_expiration=END)
    account.declare(manage='keys = "none"')

    assert run("drift").code == 0


def test_f7_the_old_key_in_its_grace_time_is_shown_and_is_drift(account):
    rotated(account, api_key_expiration=END, old_key_expires_in_seconds=3600)
    shown, ran = run("show"), run("drift")

    assert shown.out.count("key earlier-") == 1
    assert ran.code == 2
    assert ran.shows("# service-account.ci/key/earlier-* is live, but not declared")


def test_f7_an_apply_ends_the_old_key(account):
    rotated(account, api_key_expiration=END, old_key_expires_in_seconds=3600)
    ran = run("apply --auto-approve --allow-deletes 1 --reason F7")

    assert ran.code == 0, ran.err
    assert "key earlier-" not in run("show").out


def test_f7_what_is_pulled_has_no_key_that_is_about_to_end(account, tmp_path):
    rotated(account, api_key_expiration=END, old_key_expires_in_seconds=3600)
    ran = run("pull copy")

    assert ran.code == 0, ran.err
    written = "".join(path.read_text() for path in (tmp_path / "copy").rglob("*.toml"))
    assert "active" in written
    (line,) = (line for line in written.splitlines() if "earlier-" in line)
    assert line.startswith("#")
    assert "a service account has one key here" in line
    assert run("plan --config copy").shows("No changes.*")


def test_f6_what_a_directory_owns_is_not_managed_with_all(account):
    account.person("bo@example.org")
    bo = Membership(named.user("bo@example.org"))
    account.add(
        Change(None, Team("synced", frozenset({bo}), "directory_group_1")),
        Change(None, Team("empty", frozenset(), "directory_group_2")),
        Change(None, Team("ours", frozenset({Membership(named.user(OWNER))}))),
    )
    account.declare(manage='keys = "all"\nteams = "all"\nmembers = "all"')
    ran = run("plan --allow-deletes 1 --reason F6")

    assert ran.code == 0, ran.out
    assert ran.shows("Plan: 0 to add, 0 to change, 1 to destroy.")
    for kept in ("team.synced", "team.empty", "member.bo@example.org"):
        assert ran.shows(kept)


def test_f6_a_declared_team_of_a_directory_blocks_nothing(account, tmp_path):
    account.person("bo@example.org")
    bo = Membership(named.user("bo@example.org"))
    account.add(Change(None, Team("synced", frozenset({bo}), "directory_group_1")))
    with (tmp_path / "rbac.toml").open("a") as file:
        file.write('[teams.synced]\nmembers = ["sa:ci"]\n')
    ran = run("apply --auto-approve")

    assert ran.code == 0, ran.err
    assert run("drift").code == 0
