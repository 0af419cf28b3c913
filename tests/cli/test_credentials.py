"""Where the command line sends a credential, and what it says of one that cannot be sent."""

from __future__ import annotations

import socket

import pytest

from rbac_sync.backends.store.service import Service
from rbac_sync.server.gate import Gate

from ..server.serving import serving
from .running import run

TABLE = '[backend]\ntype = "{}"\naccount = "acme"\nurl = "{}"\n'
TYPES = (
    ("prefect-cloud", "https://evil.example/api", "the API key", 443),
    ("prefect-cloud-1", "https://evil.example", "the API key", 443),
    ("store", "postgresql://evil.example/rbac", "the database's password", 5432),
)
COMMANDS = (
    "plan",
    "apply --auto-approve",
    "drift",
    "pull --snapshot live.snapshot",
    "show",
    "whoami",
    "explain ana@acme.example",
    "audit verify",
    "store key list",
)
INIT = "store init --owner a@b.example --world prefect-cloud --account x"
STORE = ("store migrate", INIT, "serve --port 1")


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """An empty folder, a home with nothing of Prefect's, and a network that leads nowhere."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("PREFECT_API_URL", "PREFECT_API_KEY", "PREFECT_PROFILE", "PREFECT_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("RBAC_SYNC_API_KEY", "pnu_secret")
    monkeypatch.setenv("PGPASSWORD", "s3cret")
    monkeypatch.setattr(socket, "create_connection", lambda *_, **__: pytest.fail("it leaves"))
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: pytest.fail("it asks for a name"))
    return tmp_path


@pytest.mark.parametrize(("type_", "url", "what", "port"), TYPES)
def test_no_command_sends_a_credential_where_only_a_file_says(folder, type_, url, what, port):
    (folder / "rbac.toml").write_text(TABLE.format(type_, url))
    for command in (*COMMANDS, *(STORE if type_ == "store" else ())):
        ran = run(command)
        assert (ran.code, ran.out) == (4, ""), command
        assert ran.err == (
            f"error[credentials]: {what} would go to `evil.example:{port}`,"
            " which only a file names\n"
            f"  = help: if it may go there, set `RBAC_SYNC_HOSTS=evil.example:{port}`\n"
        )


@pytest.mark.parametrize("blank", [" ", "\n", "\r\n", "\t"])
@pytest.mark.parametrize("type_", ["store", "prefect-cloud", "prefect-cloud-1"])
def test_a_blank_in_the_key_is_named_at_every_door(folder, monkeypatch, type_, blank):
    (folder / "rbac.toml").write_text(f'[backend]\ntype = "{type_}"\naccount = "acme"\n')
    for key in (f"pnu_x{blank}", f"{blank}pnu_x"):
        monkeypatch.setenv("RBAC_SYNC_API_KEY", key)
        ran = run("plan")
        assert ran.code == 4
        assert ran.err == (
            "error[credentials]: there is a blank or a line break in `RBAC_SYNC_API_KEY`\n"
            "  = help: set it again without; often it is at the end\n"
        )


@pytest.mark.parametrize(
    ("type_", "url"),
    [
        ("store", "sqlite:///rbac.db"),
        ("store", "postgresql://localhost/x"),
        ("prefect-cloud", "http://127.0.0.1:1/api"),
        ("prefect-cloud-1", "http://127.0.0.1:1"),
    ],
)
def test_a_blank_in_the_url_is_named_at_every_door(folder, monkeypatch, type_, url):
    (folder / "rbac.toml").write_text(f'[backend]\ntype = "{type_}"\naccount = "acme"\n')
    monkeypatch.setenv("RBAC_SYNC_URL", f"{url} ")
    ran = run("plan")
    assert ran.code == 4
    assert "there is a blank or a line break in the" in ran.err
    assert "  = help: set it again without; often it is at the end\n" in ran.err


def test_a_blank_in_any_token_is_named(folder, monkeypatch):
    (folder / "rbac.toml").write_text('[backend]\ntype = "store"\naccount = "acme"\n')
    (folder / "plan.md").write_text("x")
    monkeypatch.setenv("RBAC_SYNC_OIDC_TOKEN", "a.b.c\n")
    ran = run("plan")
    assert (ran.code, "line break in `RBAC_SYNC_OIDC_TOKEN`" in ran.err) == (4, True)


def test_a_password_in_a_url_of_another_kind_of_backend_is_not_shown(folder, monkeypatch):
    """A pull request may change the type, and the log of its run may be public."""
    url = "postgresql://ana:s3cret@db.example/rbac?password=s3cret"
    monkeypatch.setenv("RBAC_SYNC_URL", url)
    for type_ in ("prefect-cloud", "prefect-cloud-1", "store"):
        (folder / "rbac.toml").write_text(f'[backend]\ntype = "{type_}"\naccount = "acme"\n')
        for address in (url, url.replace("postgresql", "https"), f"{url}#s3cret", f"x{url}"):
            monkeypatch.setenv("RBAC_SYNC_URL", address)
            if type_ == "store" and address.startswith("postgresql"):
                continue
            ran = run("plan")
            assert ran.code in (1, 4)
            assert "s3cret" not in ran.err + ran.out


def test_prefects_own_settings_lead_to_a_server_of_ones_own(account, monkeypatch, tmp_path):
    """What somebody has set who uses `rbac-sync serve`, or a server of their own."""
    monkeypatch.setenv("PREFECT_HOME", str(tmp_path / "none"))
    monkeypatch.setenv("RBAC_SYNC_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setenv("PREFECT_API_KEY", account.key)
    monkeypatch.delenv("RBAC_SYNC_API_KEY")
    account.edit(('type = "store"', 'type = "prefect-cloud"'))
    with serving(Gate(Service(f"sqlite:///{account.database}"))) as root:
        monkeypatch.setenv("PREFECT_API_URL", f"{root}/api")
        ran = run("whoami")
    assert (ran.code, ran.err) == (0, "")
    assert "ana@acme.example" in ran.out
