"""Where the journal of an account over an API is, from the command line: database, folder, job."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path

import pytest

from ..postgres import DATABASES
from ..server.serving import served
from .running import run, soon

CONFIGURATION = """
[backend]
type = "prefect-cloud"
account = "acme"
url = "{root}/api"

[manage]
keys = "all"

[members]
owner = ["olivia@example.org"]
member = ["sa:a", "sa:b", "sa:c"]

[service_accounts.a]
keys.active = {{ until = {end} }}

[service_accounts.b]
keys.active = {{ until = {end} }}

[service_accounts.c]
keys.active = {{ until = {end} }}
"""

KILLED = """
import os, signal
from rbac_sync.backends.remote.journal import Journal
from rbac_sync.cli.main import run

moment, number = {moment!r}, {number}
original = getattr(Journal, moment)
calls = []

def called(self, *arguments, **named):
    calls.append(moment)
    if {before} and len(calls) == number:
        os.kill(os.getpid(), signal.SIGKILL)
    found = original(self, *arguments, **named)
    if len(calls) == number:
        os.kill(os.getpid(), signal.SIGKILL)
    return found

setattr(Journal, moment, called)
run({words!r})
"""


@pytest.fixture
def account(tmp_path, monkeypatch):
    """A served account, declared in the current folder; nothing says where its journal is."""
    with served(f"sqlite:///{tmp_path / 'rbac.db'}") as server:
        monkeypatch.chdir(tmp_path)
        monkeypatch.setenv("RBAC_SYNC_API_KEY", server.key)
        monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "home"))
        (tmp_path / "rbac.toml").write_text(CONFIGURATION.format(root=server.root, end=soon()))
        yield server


@pytest.fixture
def journal_url(store_url):
    """The URL of a database for journals, in each database in turn; a file beside the store."""
    return store_url.replace("rbac.db", "journals.db")


@pytest.fixture
def runner(tmp_path, monkeypatch):
    """Gives what goes on as another runner, with a state folder of its own."""

    def become(name):
        monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / name))

    return become


@pytest.fixture
def killed(program):
    """Run a command in a process that is killed at a call of the journal."""

    def killed(moment, number, *words, before=False):
        code = KILLED.format(moment=moment, number=number, words=list(words), before=before)
        ended = program.run("-c", code, env={**os.environ}, cwd=Path.cwd())
        assert ended.returncode == -signal.SIGKILL, ended.stderr

    return killed


def test_one_database_is_the_memory_of_all_runners(account, runner, journal_url, monkeypatch):
    monkeypatch.setenv("RBAC_SYNC_JOURNAL_URL", journal_url)
    runner("one")
    assert run("apply --auto-approve --keys-out keys.json").code == 0
    runner("two")
    ran = run("audit verify")
    assert ran.code == 0, ran.err
    assert ran.out.startswith("The audit trail is whole: ")
    assert "made by the run on record." in ran.out
    assert json.loads(run("audit verify --json").out)["found"] == 0
    assert not any(Path(name, "rbac-sync").exists() for name in ("one", "two"))


MOMENTS = [("intend", 1, False), ("intend", 2, False), ("record", 2, True), ("record", 3, True)]
USUAL = [("sqlite", *MOMENTS[1]), ("postgresql", *MOMENTS[3])]


@pytest.mark.parametrize(
    ("store_url", "moment", "number", "before"),
    [
        pytest.param(
            database, *moment, marks=[] if (database, *moment) in USUAL else [pytest.mark.long]
        )
        for database in DATABASES
        for moment in MOMENTS
    ],
    indirect=["store_url"],
)
def test_a_second_runner_goes_on_where_the_first_was_killed(
    account, runner, journal_url, tmp_path, monkeypatch, killed, moment, number, before
):
    monkeypatch.setenv("RBAC_SYNC_JOURNAL_URL", journal_url)
    runner("one")
    killed(moment, number, "apply", "--auto-approve", "--keys-out", "first.json", before=before)
    runner("two")
    for number_of_run in range(2):
        ran = run("apply --auto-approve --keys-out", f"more{number_of_run}.json")
        assert ran.code == 0, ran.err
    assert run("plan --detailed-exitcode").code == 0
    assert run("audit verify").code == 0
    assert opened(account, tmp_path.glob("*.json")) == {"a", "b", "c"}


def opened(account, files):
    """Return the service accounts that secrets of *files* are keys of; check that each is once."""
    client = account.client()
    place = client.get("/me/accounts").json()[0]["account_id"]
    bots = client.post(f"/accounts/{place}/bots/filter", json={}).json()
    assert len(bots) == len({bot["name"] for bot in bots})
    kept = (json.loads(file.read_text() or "{}") for file in files)
    secrets = [secret for each in kept for secret in each.values()]
    answers = [account.client(secret).get("/me/") for secret in filter(None, secrets)]
    known = {answer.json()["id"] for answer in answers if answer.status_code == 200}
    return {bot["name"] for bot in bots if bot["actor_id"] in known or bot["id"] in known}


def test_a_job_of_ci_is_told_before_it_writes_that_its_journal_ends_with_it(account, monkeypatch):
    monkeypatch.setenv("CI", "true")
    ran = run("apply --auto-approve --keys-out keys.json")
    assert ran.code == 0
    assert ran.err.count("warning: the journal of this run ends with this job") == 1
    assert "`RBAC_SYNC_JOURNAL_URL`" in ran.err
    assert "`RBAC_SYNC_STATE_DIR`" in ran.err
    again = run("apply --auto-approve")
    assert "warning" not in again.err  # nothing is written


@pytest.mark.parametrize("variable", ["RBAC_SYNC_STATE_DIR", "RBAC_SYNC_JOURNAL_URL"])
def test_a_job_whose_journal_is_kept_is_told_nothing(account, tmp_path, monkeypatch, variable):
    value = "state" if variable == "RBAC_SYNC_STATE_DIR" else "sqlite:///j.db"
    monkeypatch.setenv("CI", "true")
    monkeypatch.setenv(variable, value)
    assert "warning" not in run("apply --auto-approve --keys-out keys.json").err


def test_the_configuration_can_name_the_database(account, tmp_path, monkeypatch):
    monkeypatch.setenv("CI", "true")
    file = tmp_path / "rbac.toml"
    file.write_text(file.read_text() + '\n[journal]\nurl = "sqlite:///of_file.db"\n')
    ran = run("apply --auto-approve --keys-out keys.json")
    assert (ran.code, "warning" in ran.err) == (0, False)
    assert (tmp_path / "of_file.db").exists()
    assert run("audit verify").code == 0
    monkeypatch.setenv("RBAC_SYNC_JOURNAL_URL", "sqlite:///other.db")
    assert run("audit verify").code == 1


def test_no_trail_here_is_not_a_whole_trail(account, runner, tmp_path):
    assert run("apply --auto-approve --keys-out keys.json").code == 0
    assert run("audit verify").code == 0
    runner("another")
    ran = run("audit verify")
    assert ran.code == 1
    assert ran.out == ""
    assert "error[no-trail]: there is no trail here of what was done to `acme`" in ran.err
    assert f"the journal here is `{tmp_path / 'another' / 'rbac-sync'}" in ran.err
    assert "see `RBAC_SYNC_JOURNAL_URL` and `RBAC_SYNC_STATE_DIR`" in ran.err
