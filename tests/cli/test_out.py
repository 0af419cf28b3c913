"""Files that hold what is live are for their owner alone; a plan comes with its command."""

from __future__ import annotations

import json
import os
import shlex
import stat

import pytest

from .running import run, soon

EDIT = ('runner = ["team:data"]', 'runner = ["team:data", "bo"]')
KEY = "[service_accounts.ci]\nkeys.build = {{ until = {} }}"


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture(params=[0o000, 0o022, 0o777], ids=oct)
def umask(request):
    """Have files made with this umask."""
    before = os.umask(request.param)
    yield request.param
    os.umask(before)


@pytest.mark.parametrize("command", ["plan --out x", "pull --snapshot x"])
@pytest.mark.parametrize("is_there", [True, False])
def test_a_plan_and_a_snapshot_are_for_their_owner_alone(account, umask, command, is_there):
    if is_there:
        (account.folder / "x").write_text("before")
        (account.folder / "x").chmod(0o644)
    assert run(command).code == 0
    assert mode(account.folder / "x") == 0o600


@pytest.mark.parametrize("kind", ["md", "html"])
def test_a_report_to_publish_has_the_mode_that_the_umask_leaves(account, kind):
    before = os.umask(0o022)
    try:
        assert run(f"plan --report {kind}=x").code == 0
    finally:
        os.umask(before)
    assert mode(account.folder / "x") == 0o644


def test_a_snapshot_that_cannot_be_written_is_told_before_anything_is_read(account):
    ran = run("pull --snapshot nowhere/x")
    assert (ran.code, ran.err.splitlines()[0]) == (
        1,
        "error: cannot write `nowhere/x`: no such file or directory",
    )


def offered(ran):
    """Return the words of the command that a plan was saved with."""
    (line,) = (line for line in ran.err.splitlines() if line.startswith("To make exactly"))
    return shlex.split(line.partition(": rbac-sync ")[2])


def test_the_command_of_a_saved_plan_has_every_flag_that_it_needs_and_works(account):
    account.edit(("[service_accounts.ci]", KEY.format(soon())), ('"lea", "sa:ci"]', '"sa:ci"]'))
    account.edit(('lea = "lea@acme.example"\n', ""), ('owner = ["lea"]\n', ""))
    reason = "she's gone; $HOME"
    ran = run("plan --out 'a b.plan' --config rbac.toml --allow-losers 1 --allow-deletes 1",
              "--reason", reason, "--url", f"sqlite:///{account.database}")  # fmt: skip
    assert ran.code == 0, ran.err
    words = offered(ran)
    assert words[:2] == ["apply", "a b.plan"]
    assert words[words.index("--reason") + 1] == reason
    assert words[-2:] == ["--keys-out", "keys.json"]
    for flag, value in (
        ("--allow-losers", "1"),
        ("--allow-deletes", "1"),
        ("--config", "rbac.toml"),
    ):
        assert words[words.index(flag) + 1] == value
    assert run(shlex.join(words)).code == 0
    assert (account.folder / "keys.json").exists()


def test_the_command_has_no_flag_that_it_does_not_need(account, monkeypatch):
    account.edit(EDIT)
    assert offered(run("plan -out x.plan")) == ["apply", "x.plan"]
    monkeypatch.setenv("RBAC_SYNC_KEYS_OUT", "k.json")
    monkeypatch.setenv("RBAC_SYNC_REASON", "as it is")
    account.edit(("[service_accounts.ci]", KEY.format(soon())))
    assert offered(run("plan --out x.plan")) == ["apply", "x.plan"]
    assert offered(run("plan --out x.plan --allow-public")) == ["apply", "x.plan", "--allow-public"]


def test_the_plan_that_takes_a_run_back_comes_with_its_flags_too(account):
    account.edit(EDIT)
    assert run("apply --auto-approve").code == 0
    (row, *_) = json.loads(run("audit log --limit 1 --json").out)
    ran = run(f"undo {row['run']} --out back.plan --allow-losers 1 --reason no")
    assert ran.code == 0, ran.err
    assert sorted(offered(ran)) == sorted(
        ["apply", "back.plan", "--allow-losers", "1", "--reason", "no"]
    )
