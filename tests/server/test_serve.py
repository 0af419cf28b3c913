"""The command `serve`: what it refuses to begin with; and as a process, how it serves and stops."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys

import httpx
import pytest

from rbac_sync.backends.store import init

from ..cli.running import run
from ..patience import LONGEST
from ..resilience.served import serving
from .graphql.tenants import UNAUTHORIZED, Asker


@pytest.fixture
def store(tmp_path):
    """A store's url and its owner's key."""
    url = f"sqlite:///{tmp_path}/rbac.db"
    return url, init(url, "acme", "prefect-cloud", "olivia@example.org")


def started(*options):
    """Start the server on a free port; return the process and its root."""
    command = [sys.executable, "-m", "rbac_sync", "serve", "--port", "0", *options]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=dict(os.environ))
    for line in process.stderr:
        message = json.loads(line)["message"]
        if message.startswith("Uvicorn running on "):
            return process, message.split()[3]
    raise AssertionError("it ended before it began")


def stopped(process) -> list[dict]:
    process.send_signal(signal.SIGTERM)
    _, err = process.communicate(timeout=LONGEST)
    return [json.loads(line) for line in err.splitlines()]


def test_it_serves_by_its_policy_until_it_is_told_to_stop(store, tmp_path):
    url, key = store
    policy, outbox = tmp_path / "guard.toml", tmp_path / "outbox"
    policy.write_text("[guard]\nmax_key_days = 30\n")
    process, root = started("--url", url, "--policy", str(policy), "--outbox", str(outbox))
    headers = {"Authorization": f"Bearer {key}"}
    with httpx.Client(base_url=root, headers=headers, timeout=LONGEST, verify=False) as client:
        assert client.get("/ready").status_code == 200
        account = client.get("/api/me/accounts").json()[0]["account_id"]
        path = f"/api/accounts/{account}"
        endless = client.post(f"{path}/bots/", json={"name": "ci"})
        assert endless.status_code == 403
        roles = client.post(f"{path}/account_roles/filter").json()
        body = [{"email": "bo@example.org", "account_role_id": roles[0]["id"]}]
        assert client.post(f"{path}/invitations/", json=body).status_code == 201
    lines = stopped(process)
    assert process.returncode in (0, -signal.SIGTERM)
    assert json.loads(outbox.read_text())["email"] == "bo@example.org"
    assert lines[-1]["message"].startswith("Finished server process")
    assert key not in json.dumps(lines)


def test_it_does_not_begin_without_a_store(tmp_path):
    url = f"sqlite:///{tmp_path}/none.db"
    ended = run("serve --url", url)
    assert ended.code == 1
    assert "error" in ended.err
    assert "store init" in ended.err
    assert not (tmp_path / "none.db").exists()


def test_a_policy_holds_in_the_words_of_each_world(store, tmp_path):
    url, _ = store
    key = init(url, "older", "prefect-cloud-1", "olivia@example.org")
    policy = tmp_path / "guard.toml"
    policy.write_text("[guard]\nmax_key_days = 30\n")
    with serving(url, tmp_path / "serve.log", "--policy", str(policy)) as server:
        older = Asker(server.root, key)
        told = {"tenant_id": older.me()["tenant_id"], "name": "ci"}
        user_id = older.do("create_service_account", **told)["id"]
        refused = older.refused("create_api_key", user_id=user_id, name="endless")
    assert refused == UNAUTHORIZED


def test_a_policy_that_cannot_be_used_is_told_before_anything_is_served(store, tmp_path):
    policy = tmp_path / "guard.toml"
    policy.write_text("[guard]\nmax_key_dayz = 30\n")
    ended = run("serve --url", store[0], "--policy", policy)
    assert ended.code == 1
    assert "max_key_dayz" in ended.err


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--issuer", "https://login.example.org/"], "are used together"),
        (
            ["--issuer", "i", "--audience", "a", "--jwks", "http://login.example.org/keys"],
            "changed on the way",
        ),
    ],
)
def test_an_issuer_is_named_with_all_that_it_takes_to_check_its_word(store, options, message):
    ended = run("serve --url", store[0], *options)
    assert ended.code == 1
    assert message in ended.err


def test_a_public_url_that_is_none_is_said_before_anything_is_served(store):
    ended = run("serve --public-url x/y --url", store[0])
    assert ended.code == 1
    assert "`x/y` is no address of a server" in ended.err
    assert "write `https://HOST` or `https://HOST:PORT`, no path" in ended.err


def test_an_outbox_that_cannot_be_written_is_said_before_anybody_is_invited(store, tmp_path):
    ended = run("serve --url", store[0], "--outbox", tmp_path / "none" / "outbox")
    assert ended.code == 1
    assert ended.err == (
        f"error: `{tmp_path}/none/outbox`: no such file or directory\n"
        "  = help: use another file, or fix this one\n"
    )
