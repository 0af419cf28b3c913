"""What a run needs, one by one: each check in one line, with the remedy where it failed."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from rbac_sync.backends.database.engine import address
from rbac_sync.backends.remote.journal_connection import check_file
from rbac_sync.backends.remote.state_files import JournalPlace
from rbac_sync.cli.run import KEY
from rbac_sync.errors import BackendError
from rbac_sync.pipeline import health

from ..server.serving import served
from .running import run

REMOTE = """[backend]
type = "{type}"
account = "acme"
url = "{url}"

[members]
{role} = ["a@b.example"]
"""


def by_name(ran):
    return {check["check"]: check for check in json.loads(ran.out)["checks"]}


def test_all_is_in_order_with_an_owners_key(account):
    ran = run("doctor")
    assert ran.code == 0
    assert ran.err == ""
    assert ran.lines[0] == "ok       configuration  `rbac.toml` names `acme` of `store`"
    assert ran.shows("ok *credential *the key of `ana@acme.example` in `acme`")
    assert ran.shows("ok *database *`sqlite:///rbac.db`, with the tables of this version")
    assert ran.lines[-1] == "Everything is in order."


def test_the_same_as_json(account):
    ran = run("doctor --json")
    assert ran.code == 0
    assert json.loads(ran.out)["failed"] == 0
    assert {check["state"] for check in by_name(ran).values()} == {"ok"}


def test_a_configuration_that_cannot_be_read_is_the_first_thing_to_mend(account):
    account.file.write_text("[backend")
    ran = run("doctor")
    assert ran.code == 1
    assert ran.lines[0].startswith("failed   configuration  ")
    assert ran.shows(
        "skipped  3 checks       the configuration cannot be read: credential, database, journal"
    )
    assert ran.lines[-1] == "1 of 4 checks failed."


@pytest.mark.parametrize(
    ("key", "message", "hint"),
    [
        (None, "there is no credential", "set `RBAC_SYNC_API_KEY`"),
        ("wrong", "this API key is not known here", "ask an owner of the account"),
        ("two words", "`RBAC_SYNC_API_KEY`", ""),
    ],
)
def test_a_credential_that_is_missing_or_not_accepted(account, monkeypatch, key, message, hint):
    monkeypatch.delenv(KEY)
    if key:
        monkeypatch.setenv(KEY, key)
    ran = run("doctor --json")
    assert ran.code == 1
    check = by_name(ran)["credential"]
    assert check["state"] == "failed"
    assert message in check["message"]
    assert hint in check["hint"]


def test_a_store_that_is_not_there_is_told_with_its_remedy(account):
    account.database.unlink()
    ran = run("doctor")
    assert ran.code == 1
    assert ran.shows("failed   database *there is no store at `rbac.db`")
    assert "`rbac.db`\n  = help: make one: `rbac-sync store init" in ran.out
    assert ran.shows("skipped  5 checks       `database` has to be mended first: credential, *")


def test_rights_that_applying_takes_and_the_key_lacks(account, monkeypatch):
    created = run("store key create bo doctor --until 2099-01-01")
    monkeypatch.setenv(KEY, created.out.strip())
    check = by_name(run("doctor --json"))["rights"]
    assert check["state"] == "failed"
    assert check["message"].startswith("planning works, applying needs `")
    assert check["hint"] == "apply with the key of an owner or admin of the account"


def test_a_clock_that_is_wrong(account, monkeypatch):
    monkeypatch.setattr(health, "LARGEST_OFFSET", timedelta(seconds=-1))
    check = by_name(run("doctor --json"))["clock"]
    assert "s away from the account's" in check["message"]
    assert check["hint"] == "set the clock of this machine, by NTP"


@pytest.mark.parametrize(
    ("type_", "role"), [("prefect-cloud", "member"), ("prefect-cloud-1", "user")]
)
def test_a_proxy_and_a_file_of_authorities_that_are_none(tmp_path, monkeypatch, type_, role):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "rbac.toml").write_text(
        REMOTE.format(type=type_, role=role, url="https://127.0.0.2")
    )
    monkeypatch.setenv(KEY, "key")
    monkeypatch.setenv("RBAC_SYNC_STATE_DIR", str(tmp_path))
    monkeypatch.setenv("HTTPS_PROXY", "ftp://nowhere")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "absent.pem"))
    monkeypatch.delenv("https_proxy", raising=False)
    checks = by_name(run("doctor --json"))
    assert checks["proxy"]["message"] == "`HTTPS_PROXY` does not name a proxy"
    assert checks["proxy"]["hint"] == "write it like `HTTPS_PROXY=http://proxy.example:3128`"
    assert "which `SSL_CERT_FILE` names" in checks["certificates"]["message"]
    assert checks["credential"]["message"] == "`proxy` has to be mended first"


def test_over_rest_what_the_key_sees_and_whether_the_journal_is_kept(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CI", "true")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_STATE_HOME", raising=False)
    with served(f"sqlite:///{tmp_path / 'live.db'}") as server:
        text = REMOTE.format(type="prefect-cloud", role="member", url=f"{server.root}/api")
        (tmp_path / "rbac.toml").write_text(text)
        monkeypatch.setenv(KEY, server.bot("nightly"))
        narrow = by_name(run("doctor --json"))
        monkeypatch.setenv(KEY, server.key)
        monkeypatch.setenv("RBAC_SYNC_STATE_DIR", str(tmp_path / "state"))
        whole = run("doctor --json")
    assert narrow["visibility"]["message"] == "the key is not shown all of the account"
    assert narrow["visibility"]["hint"]
    assert narrow["journal kept"]["message"] == "the journal ends with this job of CI"
    assert narrow["journal kept"]["hint"].startswith("set `RBAC_SYNC_JOURNAL_URL`")
    assert narrow["proxy"]["message"] == "none on the way to `127.0.0.1`"
    assert narrow["certificates"]["message"] == "none: `127.0.0.1` is this machine"
    assert whole.code == 0, whole.out


def test_a_journal_that_cannot_be_opened(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "rbac.toml").write_text(
        REMOTE.format(type="prefect-cloud", role="member", url="http://127.0.0.1:9")
    )
    monkeypatch.setenv(KEY, "key")
    (tmp_path / "broken.db").write_text("no database" * 100)
    monkeypatch.setenv("RBAC_SYNC_JOURNAL_URL", f"sqlite:///{tmp_path / 'broken.db'}")
    check = by_name(run("doctor --json"))["journal"]
    assert check["state"] == "failed"
    assert "cannot be used" in check["message"]
    assert "RBAC_SYNC_JOURNAL_URL" in check["hint"]


def test_a_journal_that_cannot_be_written_hides_nothing_else(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").touch()
    monkeypatch.setenv("RBAC_SYNC_STATE_DIR", str(tmp_path / "file"))
    with served(f"sqlite:///{tmp_path / 'live.db'}") as server:
        text = REMOTE.format(type="prefect-cloud", role="member", url=f"{server.root}/api")
        (tmp_path / "rbac.toml").write_text(text)
        monkeypatch.setenv(KEY, server.key)
        checks = by_name(run("doctor --json"))
    failed = [name for name, check in checks.items() if check["state"] == "failed"]
    assert failed == ["journal kept"]
    assert checks["unsettled"]["message"] == "no run is on record here"
    assert "cannot be written: not a directory" in checks["journal kept"]["message"]
    assert "to a folder that this user may write to" in checks["journal kept"]["hint"]
    assert checks["credential"]["state"] == "ok"


def test_a_journal_is_tried_and_not_made(tmp_path):
    file = tmp_path / "state" / "acme.journal"
    place = JournalPlace(address(f"sqlite:///{file}"), "https://a/api", "acme")
    check_file(place)
    assert list(tmp_path.iterdir()) == []
    file.mkdir(parents=True)
    with pytest.raises(BackendError, match="cannot be written: is a directory"):
        check_file(place)


def test_a_store_that_is_only_read(account):
    ran = run("doctor --url sqlite:///rbac.db?mode=ro --json")
    check = by_name(ran)["journal"]
    assert (ran.code, check["state"]) == (1, "failed")
    message = "`rbac.db` can be read for a plan, but not written: its url asks for reading only"
    assert check["message"] == message
    assert check["hint"] == "apply where this user may write to it"
    assert by_name(ran)["rights"]["state"] == "ok"
