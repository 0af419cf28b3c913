"""Where this machine keeps what it knows of an account."""

from __future__ import annotations

from pathlib import Path

from rbac_sync.backends.state_files import folder, journal


def test_the_folder_is_the_one_named_else_the_users_own():
    home = Path.home()
    assert folder({"RBAC_SYNC_STATE_DIR": "/var/rbac"}) == Path("/var/rbac")
    assert folder({"RBAC_SYNC_STATE_DIR": "~/x"}) == home / "x"
    assert folder({"XDG_STATE_HOME": "/state"}) == Path("/state/rbac-sync")
    assert folder({}) == home / ".local/state/rbac-sync"


def test_every_account_of_every_service_has_its_own_file():
    environment = {"RBAC_SYNC_STATE_DIR": "/s"}
    pairs = [("https://a/api", "acme"), ("https://b/api", "acme"), ("https://a/api", "../acme")]
    files = [journal(url, account, environment) for url, account in pairs]
    assert len(set(files)) == 3
    assert {file.parent for file in files} == {Path("/s")}
    assert all(file.name.startswith("acme-") for file in files)
