"""The keys file where a run is stopped, or nobody knows what became of it; on a store and REST."""

from __future__ import annotations

import json
from contextlib import suppress

import pytest

from rbac_sync.backends.remote.journal import Journal
from rbac_sync.backends.remote.journaled_writer import JournaledWriter
from rbac_sync.backends.store import StoreBackend
from rbac_sync.backends.store.writer import StoreWriter
from rbac_sync.cli import main
from rbac_sync.cli.invocation import Invocation
from rbac_sync.cli.keys_file import open_keys_file
from rbac_sync.cli.keys_text import unfinished
from rbac_sync.errors import ApplyStopped, OutcomeUnknown
from rbac_sync.stop import StopRequest

from ..server.serving import served
from .live import dump
from .running import run, soon

BUILD = "service-account.ci/key/build"
DECLARED = ("[service_accounts.ci]", "[service_accounts.ci]\nkeys.build = { until = 2099-01-01 }")
WIDER = ('default_role = "none"', 'default_role = "viewer"')
COMMAND = "apply --auto-approve --keys-out keys.json"
GO_ON = f"  = help: go on with: `rbac-sync {COMMAND}`\n"
DONE = "Apply complete! Resources: {} added, {} changed, {} destroyed."


def secret(account, name=BUILD):
    """Return the one secret in the finished file."""
    found = json.loads((account.folder / "keys.json").read_text())
    assert list(found) == [name]
    return found[name]


def works(value, monkeypatch):
    """Say whether a secret is that of `ci`."""
    monkeypatch.setenv("RBAC_SYNC_API_KEY", value)
    return run("whoami").out.startswith("sa:ci (member), account acme ")


def left(account, entries):
    """Leave an unfinished file as a run does that was killed."""
    with suppress(ApplyStopped), open_keys_file(account.folder / "keys.json") as found:
        found.reserve([*entries])
        with found.holding():
            found.keep({key: value for key, value in entries.items() if value})
            raise ApplyStopped("killed")


# Not known.


@pytest.mark.parametrize("committed", [True, False])
def test_where_it_is_not_known_whether_a_run_was_made_its_secrets_stay(
    account, monkeypatch, committed
):
    account.edit(DECLARED)

    def lost(backend, number, work):
        def worked(writer):
            work(writer)
            if not committed:
                raise OutcomeUnknown("it is not known whether the run was made")

        transact(backend, number, worked)
        raise OutcomeUnknown("it is not known whether the run was made")

    transact = StoreBackend.transact
    with monkeypatch.context() as here:
        here.setattr(StoreBackend, "transact", lost)
        ran = run(COMMAND)
    assert ran.code == 6
    told = "error[outcome-unknown]: it is not known whether the run was made\n"
    assert ran.err == told + GO_ON
    first = unfinished((account.folder / "keys.json").read_bytes())[BUILD]

    again = run(COMMAND)

    assert (again.code, again.lines[-1]) == (0, DONE.format(0 if committed else 1, 0, 0))
    assert (secret(account) == first) is committed
    assert works(secret(account), monkeypatch)


# Killed, on a store.


def test_what_a_run_on_a_store_left_that_was_killed_is_put_in_order(account, monkeypatch):
    account.edit(DECLARED)
    left(account, {BUILD: "of nobody", "service-account.gone/key/x": "of nobody"})

    ran = run(COMMAND)

    assert (ran.code, ran.err) == (0, "")
    assert works(secret(account), monkeypatch)


def test_a_key_of_a_store_that_others_made_meanwhile_is_left_to_them(account):
    account.edit(DECLARED)
    left(account, {BUILD: None})
    assert run(COMMAND.replace("keys.json", "others.json")).code == 0
    before = run("audit log").out

    ran = run(COMMAND)

    assert (ran.code, ran.lines[-1]) == (0, DONE.format(0, 0, 0))
    assert run("audit log").out == before
    assert not (account.folder / "keys.json").exists()


def test_a_finished_file_is_left_alone_where_no_key_is_to_be_made(account):
    account.edit(DECLARED)
    assert run(COMMAND).code == 0
    before = (account.folder / "keys.json").read_bytes()

    again = run(COMMAND)

    assert (again.code, again.err, again.lines[-1]) == (0, "", DONE.format(0, 0, 0))
    assert (account.folder / "keys.json").read_bytes() == before


def test_a_refused_run_leaves_what_it_would_have_continued(account):
    account.edit(DECLARED, ("max_key_days = 36500", "max_key_days = 30"))
    left(account, {BUILD: "of nobody"})

    assert run(COMMAND).code == 3

    assert unfinished((account.folder / "keys.json").read_bytes()) == {BUILD: "of nobody"}


# Stopped.


@pytest.fixture
def stop(monkeypatch):
    """What a signal would set."""
    found = StopRequest()
    monkeypatch.setattr(main, "Invocation", lambda words: Invocation(words, found))
    return found


def stopping(monkeypatch, writer, stop):
    """Have a signal come with the first record."""
    record = writer.record

    def recorded(self, row):
        record(self, row)
        stop.cause = "SIGTERM"

    monkeypatch.setattr(writer, "record", recorded)


def test_a_run_on_a_store_that_is_stopped_makes_nothing_and_says_so(account, monkeypatch, stop):
    account.edit(DECLARED, WIDER)
    before = dump(account)
    stopping(monkeypatch, StoreWriter, stop)

    ran = run(COMMAND)

    assert ran.code == 143
    assert ran.err == f"error[interrupted]: stopped by SIGTERM; nothing was made\n{GO_ON}"
    assert dump(account) == before
    assert not (account.folder / "keys.json").exists()


CLOUD = """
[backend]
type = "prefect-cloud"
account = "acme"
url = "{root}/api"

[members]
owner = ["olivia@example.org"]
member = ["sa:ci"]

[service_accounts.ci]
keys.active = { until = 2026-12-31 }
"""
ACTIVE = "service-account.ci/key/active"


@pytest.fixture
def cloud(tmp_path, monkeypatch):
    """A served account; the current folder declares a service account with a key in it."""
    with served(f"sqlite:///{tmp_path / 'rbac.db'}") as server:
        monkeypatch.chdir(tmp_path)
        monkeypatch.setenv("RBAC_SYNC_API_KEY", server.key)
        monkeypatch.setenv("RBAC_SYNC_STATE_DIR", str(tmp_path / "state"))
        text = CLOUD.replace("{root}", server.root).replace("2026-12-31", soon())
        (tmp_path / "rbac.toml").write_text(text)
        server.folder = tmp_path
        yield server


def test_a_run_over_an_api_that_is_stopped_says_how_far_it_came(cloud, monkeypatch, stop):
    with monkeypatch.context() as here:
        stopping(here, JournaledWriter, stop)
        ran = run(COMMAND)
    assert ran.code == 6
    told = "error[interrupted]: applied 1 of 2 changes; stopped by SIGTERM\n"
    assert ran.err == told + GO_ON
    assert not (cloud.folder / "keys.json").exists()
    stop.cause = ""

    again = run(COMMAND)

    assert (again.code, again.lines[-1]) == (0, DONE.format(1, 0, 0))
    assert works(secret(cloud, ACTIVE), monkeypatch)


def test_a_stopped_run_that_goes_on_replaces_no_key_that_others_made_meanwhile(
    cloud, monkeypatch, stop
):
    with monkeypatch.context() as here:
        stopping(here, JournaledWriter, stop)
        assert run(COMMAND).code == 6
    stop.cause = ""
    with monkeypatch.context() as here:
        here.setenv("RBAC_SYNC_STATE_DIR", str(cloud.folder / "another machine"))
        assert run(COMMAND.replace("keys.json", "others.json")).code == 0

    again = run(COMMAND)

    assert (again.code, again.lines[-1]) == (0, DONE.format(0, 0, 0))
    others = json.loads((cloud.folder / "others.json").read_text())
    assert works(others[ACTIVE], monkeypatch)


def test_a_run_over_an_api_that_is_stopped_before_its_first_step_leaves_nothing(cloud, stop):
    stop.cause = "SIGINT"

    ran = run(COMMAND)

    assert ran.code == 130
    assert ran.err == f"error[interrupted]: stopped by SIGINT; nothing was made\n{GO_ON}"
    assert not (cloud.folder / "keys.json").exists()


def test_what_fails_after_the_last_change_takes_no_secret_away(cloud, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as here:
        here.setattr(Journal, "finish", full)
        ran = run(COMMAND)
    assert ran.code == 6
    told = "error[partial-apply]: applied 2 of 2 changes; then: no space left on device\n"
    assert ran.err == told + GO_ON
    kept = unfinished((cloud.folder / "keys.json").read_bytes())

    again = run(COMMAND)

    assert (again.code, again.lines[-1]) == (0, DONE.format(0, 0, 0))
    assert secret(cloud, ACTIVE) == kept[ACTIVE]
    assert works(secret(cloud, ACTIVE), monkeypatch)


def test_plan_and_drift_say_that_the_outcome_of_an_earlier_run_is_not_known(cloud, monkeypatch):
    record = JournaledWriter.record

    def failing(writer, row):
        if "/key/" in row.object_id:
            raise OSError(28, "No space left on device")
        record(writer, row)

    with monkeypatch.context() as here:
        here.setattr(JournaledWriter, "record", failing)
        assert run(COMMAND).code == 6
    note = (
        "note: an earlier run ended half-way, or is still going on: the outcome of 1 change is not"
        " known; `rbac-sync apply` finds it out first"
    )

    planned, drifted = run("plan --detailed-exitcode"), run("drift")

    assert planned.out == "No changes. Your infrastructure matches the configuration.\n"
    assert planned.code == 2
    assert note in planned.err.splitlines()
    assert (drifted.code, note in drifted.err.splitlines()) == (0, True)
    assert run(COMMAND).code == 0
    settled = run("plan --detailed-exitcode")
    assert (settled.code, settled.err) == (0, "")
