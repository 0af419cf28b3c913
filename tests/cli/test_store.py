"""Commands that create and look after a store."""

from __future__ import annotations

import json
import re
import sqlite3
import stat
import sys

import pytest

from .live import dump
from .running import run, run_on_full_disk, soon

INIT = "store init --owner otto@acme.example --world prefect-cloud --account"
SECRET = re.compile(r"pn[ub]_[A-Za-z0-9]{36}\n")
SOON = f"--until {soon()}"


@pytest.fixture
def empty(tmp_path, monkeypatch):
    """An empty current folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_new_store_has_an_owner_whose_key_is_printed_once_and_alone(empty, monkeypatch):
    ran = run(f"{INIT} acme")
    assert ran.code == 0
    assert SECRET.fullmatch(ran.out)
    assert ran.err == (
        "Creating account acme with its owner otto@acme.example. The key is shown only now:\n"
    )
    file = empty / "rbac.db"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert ran.out.strip().encode() not in file.read_bytes()
    (empty / "rbac.toml").write_text('[backend]\ntype = "store"\naccount = "acme"\n')
    monkeypatch.setenv("RBAC_SYNC_API_KEY", ran.out.strip())
    assert run("whoami").out.startswith("otto@acme.example (")
    assert [row["message"] for row in json.loads(run("audit log --json").out)] == [
        "`member.otto@acme.example/key/init` created",
        "`member.otto@acme.example` created",
    ]


def test_an_account_begins_once(account):
    before = dump(account)
    ran = run(f"{INIT} acme")
    assert (ran.code, ran.out, dump(account)) == (1, "", before)
    assert ran.err.startswith("error[backend]: account `acme` exists already\n  = help: ")


def test_the_store_is_made_where_the_configuration_or_the_option_says(empty):
    (empty / "rbac.toml").write_text(
        '[backend]\ntype = "store"\naccount = "acme"\nurl = "sqlite:///here.db"\n'
    )
    assert run(f"{INIT} acme").code == 0
    assert run(f"{INIT} acme --url sqlite:///there.db").code == 0
    assert sorted(path.name for path in empty.glob("*.db")) == ["here.db", "there.db"]


def test_account_and_world_are_those_of_the_configuration(empty):
    backend = '[backend]\ntype = "store"\naccount = "acme"\n'
    (empty / "rbac.toml").write_text(backend)
    ran = run("store init --owner otto@acme.example")
    assert (ran.code, ran.out) == (1, "")
    assert "Missing option '--world'" in ran.err

    (empty / "rbac.toml").write_text(f'{backend}world = "prefect-cloud-1"\n')
    assert run("store init --owner otto@acme.example").err.startswith("Creating account acme with")
    assert run("store init --owner otto@acme.example --account b").code == 0
    assert run("store init --owner otto@acme.example --world prefect-cloud").code == 1
    with sqlite3.connect(empty / "rbac.db") as connection:
        rows = connection.execute("SELECT handle, world FROM account ORDER BY handle").fetchall()
    assert rows == [("acme", "prefect-cloud-1"), ("b", "prefect-cloud-1")]


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("store init --owner otto --world prefect-cloud --account x", "`otto` is no e-mail"),
        (f"{INIT} 'a b'", "`a b` cannot be an account's handle"),
        (f"{INIT} x --features teams,zork", "there is no feature `zork`"),
        (f"{INIT} x --url mysql://host/x", "`--url` is no place for a store"),
        (f"{INIT} x --url sqlite://", "is no place for a store"),
        (
            f"{INIT} x --url http://127.0.0.1:4200/api",
            (
                "is that of a service, not of a store\n"
                '  = help: write `type = "prefect-cloud"` in `[backend]`; for a store write'
            ),
        ),
        (
            f"{INIT} x --url sqlite:///none/rbac.db",
            (
                "`none/rbac.db` cannot be made: no such file or directory\n"
                "  = help: name a file in a folder that exists and that this user may write to\n"
            ),
        ),
    ],
)
def test_what_cannot_be_begun_is_refused(empty, command, said):
    ran = run(command)
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith("error[backend]: ")
    assert said in ran.err
    assert list(empty.iterdir()) == []


def test_a_plan_of_an_account_without_a_feature_is_refused(empty, monkeypatch):
    made = run(f"{INIT} acme --features audit-trail")
    monkeypatch.setenv("RBAC_SYNC_API_KEY", made.out.strip())
    (empty / "rbac.toml").write_text(
        '[backend]\ntype = "store"\naccount = "acme"\n'
        "[roles.x]\npermissions = []\n[teams.y]\nmembers = []\n"
    )
    ran = run("plan")
    assert ran.code == 3
    assert ran.lines[-1] == "Refused by the guard: UNSUPPORTED. Nothing was changed."
    for name, feature in (("custom roles", "custom-roles"), ("teams", "teams")):
        line = f"error[UNSUPPORTED]: this account has no {name} (feature `{feature}` is off)"
        assert line in ran.lines
    assert run("audit log").code == 0


def test_migrating_a_current_store_changes_nothing(account):
    before = dump(account)
    ran = run("store migrate")
    assert (ran.code, ran.out, ran.err) == (0, "", "The store is up to date.\n")
    assert dump(account) == before


def test_a_file_that_is_no_store_is_an_error(account):
    account.database.write_bytes(b"something else entirely" * 100)
    for command in ("show", "store migrate", "plan"):
        ran = run(command)
        assert (ran.code, ran.out) == (1, "")
        assert ran.err.startswith("error[backend]: ")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (
            f"{INIT} other",
            "the key could not be shown, so no account was made: no space left on device\n",
        ),
        (
            f"store key create sa:ci build {SOON} --config .",
            (
                "the key was made, and could not be shown: no space left on device\n"
                "  = help: revoke it: `rbac-sync store key revoke sa:ci build --config .`\n"
            ),
        ),
    ],
)
def test_a_key_that_nobody_can_read_is_told(account, words, told):
    ran = run_on_full_disk(words)
    assert ran.returncode == 1
    assert ran.stderr.endswith(f"error: {told}")
    with sqlite3.connect(account.database) as store:
        assert store.execute("SELECT handle FROM account").fetchall() == [("acme",)]


def test_no_account_is_made_whose_key_goes_to_a_closed_output(account, monkeypatch):
    with monkeypatch.context() as here:
        here.setattr(sys, "__stdout__", None)
        ran = run(f"{INIT} other")
    message = "error: the key could not be shown, so no account was made: standard output is closed"
    assert (ran.code, ran.out, ran.err) == (1, "", f"{message}\n")
    assert run(f"{INIT} other").code == 0


def test_a_key_is_created_listed_and_revoked_on_record(account, monkeypatch):
    made = run(f"store key create sa:ci build {SOON}")
    assert (made.code, made.err) == (0, "The key is shown only now:\n")
    assert SECRET.fullmatch(made.out)
    listed = run("store key list")
    assert (listed.code, listed.err) == (0, "")
    assert listed.lines[0] == "ana@acme.example  init (no end)"
    assert listed.lines[1].startswith("sa:ci  build (until ")
    (_, shown) = json.loads(run("store key list --json").out)
    assert (shown["owner"], shown["name"]) == ("sa:ci", "build")
    revoked = run("store key revoke sa:ci build")
    assert (revoked.code, revoked.out, revoked.err) == (0, "", "Revoked.\n")
    assert len(run("store key list").lines) == 1
    messages = [row["message"] for row in json.loads(run("audit log --limit 2 --json").out)]
    assert messages == [
        "`service-account.ci/key/build` deleted",
        "`service-account.ci/key/build` created",
    ]
    assert run("audit verify").code == 0
    monkeypatch.setenv("RBAC_SYNC_API_KEY", made.out.strip())
    assert run("whoami").code == 4


def test_a_new_key_works_and_may_only_what_its_owner_may(account, monkeypatch):
    made = run(f"store key create sa:ci build {SOON}")
    monkeypatch.setenv("RBAC_SYNC_API_KEY", made.out.strip())
    assert run("whoami").out.startswith("sa:ci (")
    before = dump(account)
    ran = run(f"store key create sa:ci second {SOON}")
    assert (ran.code, ran.out, dump(account)) == (3, "", before)
    assert "error[CAPABILITY]: `sa:ci` may not create `service-account.ci/key/second`" in ran.err


@pytest.mark.parametrize(
    ("command", "rule"),
    [
        ("store key create sa:ci build --until 2020-01-01", "EXPIRY"),
        ("store key create sa:ci build --until 2199-01-01", "EXPIRY"),
        (f"store key create sa:cx build {SOON}", "INVALID"),
        (f"store key create ana init {SOON}", "INVALID"),
        ("store key revoke sa:ci build", "INVALID"),
    ],
)
def test_a_key_goes_through_the_guard(account, command, rule):
    before = dump(account)
    ran = run(command)
    assert (ran.code, ran.out, dump(account)) == (3, "", before)
    assert ran.err.rstrip().endswith(f"Refused by the guard: {rule}. Nothing was changed.")


def test_somebody_else_gets_a_first_key_from_whoever_holds_as_much(account, monkeypatch):
    made = run(f"store key create bo laptop {SOON}")
    assert made.code == 0
    monkeypatch.setenv("RBAC_SYNC_API_KEY", made.out.strip())
    assert run("whoami").out.startswith("bo@acme.example")
    refused = run(f"store key create ana second {SOON}")
    assert refused.code == 3
    assert "error[ESCALATION]" in refused.err


def test_the_last_door_stays_open(account):
    refused = run("store key revoke ana init")
    assert refused.code == 3
    assert "error[LAST_OWNER]: `member.ana@acme.example/key/init` would leave no" in refused.err
    assert run(f"store key create ana second {SOON}").code == 0
    assert run("store key revoke ana init").code == 0


def test_a_key_needs_an_end_and_a_credential(account, monkeypatch):
    assert "Missing option '--until'" in run("store key create sa:ci build").err
    assert "`soon` is no date or time" in run("store key create sa:ci build --until soon").err
    monkeypatch.delenv("RBAC_SYNC_API_KEY")
    for command in (f"create sa:ci build {SOON}", "revoke sa:ci build"):
        ran = run(f"store key {command}")
        assert (ran.code, ran.out) == (4, "")
