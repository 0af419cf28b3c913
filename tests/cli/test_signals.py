"""Signals to the real program: how far a run went, what it ends with, and how it goes on."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from socket import create_server

import pytest

from rbac_sync.backends.store import init
from rbac_sync.backends.store.accounts import Accounts
from rbac_sync.server.guarded_store import GuardedStore

from ..server.serving import OWNER, serving
from .running import parted, run

RUN = """
import os, signal, sys
from rbac_sync import execution
from rbac_sync.cli.main import main

number, after, times = (int(word) for word in sys.argv[1:4])
signal.signal(signal.SIGINT, signal.default_int_handler)
signal.signal(signal.SIGHUP, signal.SIG_DFL)
record, made = execution._Run._record, []

def recorded(run, change):
    record(run, change)
    made.append(change)
    if len(made) == after:
        for _ in range(times):
            os.kill(os.getpid(), number)

execution._Run._record = recorded
main(sys.argv[4:])
"""
"""The program, which sends itself a signal, so many times, after so many changes."""

READ = """
import signal, sys
from rbac_sync.cli.main import main

signal.signal(signal.SIGINT, getattr(signal, sys.argv[1]))
main(sys.argv[2:])
"""
"""The program, as it is started with interrupts heeded or ignored, whoever runs the tests."""

WORLDS = {"store": "prefect-cloud"}
PERMISSIONS = {"prefect-cloud": "see_flows", "prefect-cloud-1": "read:flow"}
APIS = ["prefect-cloud", "prefect-cloud-1"]
EACH_ONCE = [
    ("prefect-cloud", "SIGINT"),
    ("prefect-cloud-1", "SIGTERM"),
    pytest.param("prefect-cloud", "SIGTERM", marks=pytest.mark.long),
    pytest.param("prefect-cloud-1", "SIGINT", marks=pytest.mark.long),
]
"""Each API and each signal once; the other pairs are `long`."""


@contextmanager
def account(folder, type_):
    """Found an account whose configuration declares three roles more; the owner's key is given."""
    world, database = WORLDS.get(type_, type_), f"sqlite:///{folder / 'rbac.db'}"
    key = init(database, "acme", world, OWNER)
    with serving(GuardedStore(Accounts(database))) as root:
        url = {"store": database, "prefect-cloud": f"{root}/api"}.get(type_, root)
        roles = "\n".join(
            f'[roles.r{n}]\npermissions = ["{PERMISSIONS[world]}"]' for n in range(1, 4)
        )
        (folder / "rbac.toml").write_text(
            f'[backend]\ntype = "{type_}"\naccount = "acme"\nurl = "{url}"\n{roles}\n'
        )
        yield key


@pytest.fixture(params=["store", *APIS])
def type_(request):
    return request.param


@pytest.fixture
def environment(tmp_path, monkeypatch, type_):
    """The environment of a run in the folder of an account."""
    monkeypatch.chdir(tmp_path)
    with account(tmp_path, type_) as key:
        monkeypatch.setenv("RBAC_SYNC_API_KEY", key)
        monkeypatch.setenv("RBAC_SYNC_STATE_DIR", str(tmp_path / "state"))
        yield


@pytest.fixture
def signalled(program):
    """Run a command that gets a signal of this name, so many times, after so many changes."""

    def signalled(name, after, times, *words):
        number = str(int(getattr(signal, name)))
        words = ("-c", RUN, number, str(after), str(times), *words)
        ran = program.run(*words, env={**os.environ}, cwd=Path.cwd())
        err, _ = parted(ran.stderr)
        return ran.returncode, err

    return signalled


def stopping(name):
    return f"stopping after the present step ({name}); a second signal stops the run at once\n"


@pytest.mark.usefixtures("environment")
@pytest.mark.parametrize(("type_", "name"), EACH_ONCE, indirect=["type_"])
def test_over_an_api_a_run_ends_after_the_step_in_hand_and_says_how_to_go_on(name, signalled):
    assert run("plan --out x.plan").code == 0
    code, err = signalled(name, 2, 1, "apply", "x.plan")
    assert code == (130 if name == "SIGINT" else 6)
    assert err == (
        f"{stopping(name)}error[interrupted]: applied 2 of 3 changes; stopped by {name}\n"
        "  = help: go on with: `rbac-sync apply x.plan --resume`\n"
    )
    went_on = run("apply x.plan --resume")
    assert (went_on.code, went_on.err) == (0, "")
    assert run("plan --detailed-exitcode").code == 0


@pytest.mark.usefixtures("environment")
@pytest.mark.parametrize(("type_", "name"), EACH_ONCE, indirect=["type_"])
def test_over_an_api_a_second_signal_ends_it_in_the_step(name, signalled):
    code, err = signalled(name, 2, 2, "apply", "--auto-approve")
    assert code == (130 if name == "SIGINT" else 6)
    assert err.startswith(f"{stopping(name)}error[interrupted]: applied 1 of 3 changes; interrupt")
    assert "  = help: go on with: `rbac-sync apply --auto-approve`\n" in err
    assert run("apply --auto-approve").code == 0
    assert run("plan --detailed-exitcode").code == 0


@pytest.mark.usefixtures("environment")
@pytest.mark.parametrize("type_", APIS, indirect=True)
def test_a_signal_in_the_last_step_ends_a_run_that_is_whole(signalled):
    code, err = signalled("SIGTERM", 3, 1, "apply", "--auto-approve")
    assert (code, err) == (0, stopping("SIGTERM"))


@pytest.mark.usefixtures("environment")
@pytest.mark.parametrize(("name", "after"), [("SIGINT", 1), ("SIGTERM", 3), ("SIGHUP", 2)])
@pytest.mark.parametrize("type_", ["store"], indirect=True)
def test_on_a_store_nothing_is_made_and_no_file_is_left(tmp_path, name, after, signalled):
    with (tmp_path / "rbac.toml").open("a") as file:
        file.write("[service_accounts.ci]\nkeys.k = { until = 2099-01-01 }\n[guard]\n")
        file.write('max_key_days = 36500\n[members]\nmember = ["sa:ci"]\n')
    before = run("plan").out
    words = shlex.split("apply --auto-approve --keys-out keys.json")
    code, err = signalled(name, after, 1, *words)
    assert code == {"SIGHUP": 129, "SIGINT": 130, "SIGTERM": 143}[name]
    assert err.startswith(
        f"{stopping(name)}error[interrupted]: stopped by {name}; nothing was made\n"
    )
    assert f"rbac-sync {shlex.join(words)}" in err
    assert not (tmp_path / "keys.json").exists()
    assert run("plan").out == before


@pytest.mark.usefixtures("environment")
@pytest.mark.parametrize("type_", ["prefect-cloud"], indirect=True)
def test_an_apply_that_nobody_listens_to_is_made_to_its_end():
    assert run("plan --out x.plan").code == 0
    reader, writer = os.pipe()
    os.close(reader)
    command = [sys.executable, "-m", "rbac_sync", "apply", "x.plan"]
    with os.fdopen(writer) as pipe:
        ended = subprocess.run(command, stdout=pipe, stderr=pipe, check=False)
    assert ended.returncode == 0
    assert run("plan --detailed-exitcode").code == 0


@pytest.fixture
def silent():
    """A service that takes a connection and says nothing."""
    with create_server(("127.0.0.1", 0)) as server:
        yield server


@pytest.fixture
def reading(tmp_path, silent, program):
    """Run a command, and send it signals at its first request, which is never answered."""

    def reading(type_, command, *numbers, interrupts="default_int_handler"):
        port = silent.getsockname()[1]
        (tmp_path / "rbac.toml").write_text(
            f'[backend]\ntype = "{type_}"\naccount = "acme"\nurl = "http://127.0.0.1:{port}/api"\n'
            '[members]\nowner = ["ana@acme.example"]\n'
        )
        words = ("-c", READ, interrupts, *command.split())
        here = os.environ | {"RBAC_SYNC_API_KEY": "x", "RBAC_SYNC_STATE_DIR": str(tmp_path / "s")}
        process = program.start(*words, env=here, cwd=tmp_path)
        connection, _ = silent.accept()
        with connection:
            for number in numbers:
                os.kill(process, number)
            return program.wait(*words)

    return reading


@pytest.mark.parametrize("command", ["plan", "drift", "apply --auto-approve"])
@pytest.mark.parametrize(("type_", "name"), EACH_ONCE)
def test_what_only_reads_ends_at_once_with_one_line(reading, type_, command, name):
    ended = reading(type_, command, getattr(signal, name))
    assert ended.returncode == (130 if name == "SIGINT" else 143)
    assert ended.stdout == ""
    last = ended.stderr.splitlines()[-1]
    assert last == f"error[interrupted]: stopped by {name}; nothing was changed"


def test_what_is_started_with_a_signal_ignored_ignores_it(reading):
    numbers = (signal.SIGINT, signal.SIGTERM)
    ended = reading("prefect-cloud", "plan", *numbers, interrupts="SIG_IGN")
    assert ended.returncode == 143
    assert ended.stderr.strip() == "error[interrupted]: stopped by SIGTERM; nothing was changed"
