"""``apply``: with and without a saved plan, what it asks, what it refuses, where secrets go."""

from __future__ import annotations

import json
import os
import pty
import select
import signal
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import click
import pytest

from rbac_sync.backends.store import StoreBackend
from rbac_sync.cli.events import add_resume_hint
from rbac_sync.cli.invocation import Invocation
from rbac_sync.errors import ApplyStopped, Interrupted, OutcomeUnknown
from rbac_sync.model import Workspace
from rbac_sync.planning import Change
from rbac_sync.planning.planfile import decoded

from .live import bound, by_hand, database, dump
from .running import run, soon

DONE = "Apply complete! Resources: {} added, {} changed, {} destroyed."
NOTHING = DONE.format(0, 0, 0)
MADE = "All changes of this plan were made already."
WIDER = ('default_role = "none"', 'default_role = "viewer"')
KEY = "[service_accounts.ci]", "[service_accounts.ci]\nkeys.build = { until = 2099-01-01 }"


def planned(account, *edits, options=""):
    """Edit the configuration and save a plan of it."""
    account.edit(*edits)
    ran = run(f"plan --out my.plan {options}")
    assert ran.code == 0, ran.out
    return account.folder / "my.plan"


def rewritten(path, **changed):
    """Write a plan anew, with a digest of its own."""
    path.write_bytes(replace(decoded(path.read_bytes()), **changed).encoded())


def test_a_new_plan_is_shown_and_made(account):
    account.edit(WIDER)
    ran = run("apply --auto-approve")
    assert (ran.code, ran.err) == (0, "")
    assert ran.progress == ("[1/1] create workspace.test/default_role",)
    assert "# workspace.test/default_role will be created # (rbac.toml:48)" in " ".join(ran.lines)
    assert ran.lines[-2:] == ["Plan: 1 to add, 0 to change, 0 to destroy.", DONE.format(1, 0, 0)]
    assert run("plan --detailed-exitcode").code == 0


def test_without_changes_nothing_is_made_and_nothing_recorded(account):
    trail = run("audit log").out
    ran = run("apply -auto-approve")
    assert (ran.code, ran.err) == (0, "")
    assert ran.lines == ["No changes. Your infrastructure matches the configuration.", NOTHING]
    assert run("audit log").out == trail


def test_without_a_terminal_nobody_is_asked_and_nothing_changes(account):
    account.edit(WIDER)
    before = dump(account)
    ran = run("apply")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err == (
        "error: approval needs a terminal, and there is none\n"
        "  = help: pass `--auto-approve`, or apply a saved plan\n"
    )
    assert dump(account) == before


def asked(answer):
    """Apply on a terminal, answer when it asks, and return the exit code and what was shown."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "rbac_sync", "apply"]
    streams = dict.fromkeys(("stdin", "stdout", "stderr"), theirs)
    # Whoever runs the tests in the background has SIGINT ignored, and children inherit that.
    heeds = {"preexec_fn": lambda: signal.signal(signal.SIGINT, signal.SIG_DFL)}
    with subprocess.Popen(command, **streams, **heeds, start_new_session=True) as process:
        os.close(theirs)
        shown, answered = b"", False
        while (piece := heard(ours)) != b"":
            shown += piece or b""
            if piece is None and b"Enter a value" in shown and not answered:
                answer(ours, process)
                answered = True
    os.close(ours)
    return process.returncode, shown.decode().replace("\r\n", "\n")


def heard(terminal):
    """Return what a program shows next, None while it is silent, nothing once it has ended."""
    if not select.select([terminal], [], [], 0.2)[0]:
        return None
    try:
        return os.read(terminal, 4096)
    except OSError:  # Linux says so when the other end is closed
        return b""


def typed(text):
    return lambda terminal, _: os.write(terminal, text)


def interrupt(_, process):
    process.send_signal(signal.SIGINT)


def test_on_a_terminal_yes_makes_the_changes_and_clears_the_progress(account):
    account.edit(WIDER)
    code, shown = asked(typed(b"yes\n"))
    assert code == 0
    assert "Only 'yes' is accepted." in shown
    assert (
        f"\r\x1b[K[1/1] create workspace.test/default_role\r\x1b[K{DONE.format(1, 0, 0)}\n" in shown
    )
    assert run("plan --detailed-exitcode").code == 0


@pytest.mark.parametrize(
    ("answer", "code", "said"),
    [
        (typed(b"y\n"), 1, "Apply cancelled."),
        (typed(b"\x04"), 130, "\nerror[interrupted]: the input ended; nothing was changed\n"),
        (interrupt, 130, "error[interrupted]: stopped by SIGINT; nothing was changed\n"),
    ],
    ids=["another answer", "end of input", "interrupted"],
)
def test_on_a_terminal_anything_else_changes_nothing(account, answer, code, said):
    account.edit(WIDER)
    before = dump(account)
    ended, shown = asked(answer)
    assert (ended, dump(account)) == (code, before)
    assert said in shown


def test_a_saved_plan_is_made_without_asking_and_twice_is_as_good_as_once(account):
    path = planned(account, WIDER)
    first, second = run("apply my.plan"), run(f"apply {path}")
    assert (first.code, first.err, first.lines) == (0, "", [DONE.format(1, 0, 0)])
    assert (second.code, second.err, second.lines) == (0, "", [MADE, NOTHING])


def test_a_saved_plan_is_made_as_a_whole(account):
    planned(account, WIDER)
    for option in ("--target workspace.test", "--exclude workspace.test"):
        ran = run(f"apply my.plan {option}")
        assert (ran.code, ran.out) == (1, "")
        assert "a saved plan is applied as it is" in ran.err


def test_while_the_user_is_asked_nothing_is_read(account, monkeypatch):
    """A transaction that waits for an answer keeps the log of SQLite, and ends on a server."""
    busy = []

    def checked(_):
        with closing(sqlite3.connect(account.database)) as connection:
            connection.execute("CREATE TABLE later (number)")
            busy.append(connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0])
        return False

    monkeypatch.setattr("rbac_sync.cli.commands.apply.check_terminal", lambda *, allowed: None)
    monkeypatch.setattr("rbac_sync.cli.apply_run.ask_approval", checked)
    account.edit(WIDER)
    assert run("apply").code == 1
    assert busy == [0]


def test_a_part_can_be_applied_at_once(account):
    account.edit(WIDER, ('name = "Production"', 'name = "Prod"'))
    ran = run("apply --auto-approve --target workspace.test")
    assert ran.lines[-1] == DONE.format(1, 0, 0)
    assert run("plan").lines[-1] == "Plan: 0 to add, 1 to change, 0 to destroy."


def test_applying_part_of_a_plan_refuses_an_address_that_names_nothing(account):
    account.edit(WIDER)
    before = dump(account)
    ran = run("apply --auto-approve --target workspace.tset")
    assert (ran.code, ran.out, dump(account)) == (1, "", before)
    assert "there is no address `workspace.tset`" in ran.err


def test_a_plan_is_stale_once_the_configuration_differs(account):
    planned(account, WIDER)
    account.edit(('name = "Production"', 'name = "Prod"'))
    ran = run("apply my.plan")
    assert (ran.code, ran.out) == (5, "")
    assert ran.err.startswith("error[other-configuration]: the configuration has changed since")


def test_a_plan_is_stale_once_what_it_touches_has_changed(account):
    planned(account, ('owner = ["lea"]', 'developer = ["lea"]'))
    by_hand(account, (bound("lea", "prod", "owner"), bound("lea", "prod", "viewer")))
    before = dump(account)
    ran = run("apply my.plan")
    assert (ran.code, ran.out, dump(account)) == (5, "", before)
    assert ran.err.startswith("error[stale-plan]: `workspace.prod/access/lea@acme.example` was ")


NO_PLAN = "the file is not a plan file, or it is damaged"
CHANGED_PLAN = "the plan file is not as it was written"


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda plan: plan[:-20], NO_PLAN),
        (lambda plan: plan.replace(b"viewer", b"runner"), CHANGED_PLAN),
        (lambda plan: plan + b" ", CHANGED_PLAN),
        (lambda _: b"no plan at all", NO_PLAN),
        (lambda _: b"", NO_PLAN),
        (lambda _: b"\xff\x00", NO_PLAN),
    ],
    ids=["cut", "altered", "longer", "text", "empty", "bytes"],
)
def test_a_damaged_plan_is_refused(account, damage, message):
    path = planned(account, WIDER)
    path.write_bytes(damage(path.read_bytes()))
    for command in ("apply my.plan", "show my.plan"):
        ran = run(command)
        assert (ran.code, ran.out) == (1, "")
        assert ran.err.splitlines()[0] == f"error[plan-tampered]: {message}: `my.plan`"


def test_a_forged_plan_that_takes_back_its_own_step_is_shown_and_refused(account):
    path, new, before = planned(account, WIDER), Workspace("new"), dump(account)
    rewritten(path, changes=(Change(None, new), Change(new, None)))
    ran = run("show my.plan")
    assert (ran.code, ran.err.count("internal")) == (0, 0)
    assert "# workspace.new will be created" in ran.out
    refused = run("apply my.plan")
    assert (refused.code, dump(account)) == (3, before)
    assert "error[INVALID]: `workspace.new` is changed by an earlier step already" in refused.err


def test_a_plan_of_a_later_format_is_refused(account):
    path = planned(account, WIDER)
    path.write_bytes(path.read_bytes().replace(b'"format": 1', b'"format": 99'))
    ran = run("apply my.plan")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith("error[plan-format]: the plan file is of format 99")


def test_a_plan_that_is_not_there_is_an_error(account):
    for command in ("apply none.plan", "show none.plan"):
        ran = run(command)
        assert (ran.code, ran.out) == (1, "")
        assert ran.err.startswith("error: cannot read the plan file `none.plan`: no such file")


def test_a_refused_apply_is_3_and_writes_nothing(account):
    account.edit(('owner = ["ana"]', "owner = []"), ('admin = ["dee"]', 'admin = ["dee", "ana"]'))
    before = dump(account)
    ran = run("apply --auto-approve --allow-self-reduction")
    assert (ran.code, dump(account)) == (3, before)
    assert "  # member.ana@acme.example will be updated in-place\n  # (rbac.toml:26)\n" in ran.out
    assert "error[LAST_OWNER]: `member.ana@acme.example/account_role` would leave 0" in ran.err
    assert ran.err.rstrip().endswith("Refused by the guard: LAST_OWNER. Nothing was changed.")


def test_the_credential_decides_at_apply_whoever_the_plan_was_made_by(account, monkeypatch):
    account.edit(('member = ["bo", "cy", "lea", "sa:ci"]', 'member = ["bo", "cy", "lea"]'))
    account.edit(('admin = ["dee"]', 'admin = ["dee", "sa:ci"]'))
    account.edit(("max_key_days = 36500", 'max_key_days = 36500\nbots_account_role = "admin"'))
    assert run("apply --auto-approve").code == 0
    made = run(f"store key create sa:ci deploy --until {soon()}")
    path = planned(account, ('owner = ["ana"]', 'owner = ["ana", "bo"]'), ('["bo", "cy"', '["cy"'))
    monkeypatch.setenv("RBAC_SYNC_API_KEY", made.out.strip())
    assert run("whoami").out.startswith("sa:ci (")
    before = dump(account)
    ran = run(f"apply {path}")
    assert (ran.code, ran.out, dump(account)) == (3, "", before)
    assert "error[ESCALATION]: `member.bo@acme.example/account_role` would give in the account" in (
        ran.err
    )
    assert "`bypass:sso`" in ran.err


def test_a_large_removal_needs_to_be_allowed_with_a_reason_that_goes_on_record(account):
    account.edit(('member = ["bo", "cy", "lea", "sa:ci"]', 'member = ["bo", "sa:ci"]'))
    account.edit(("oncall = [{", "#"), ('owner = ["lea"]', ""))
    account.edit(("min_owners = 1", "min_owners = 1\nmax_deletes = 1"))
    refused = run("apply --auto-approve")
    assert refused.code == 3
    assert "pass `--allow-deletes 2 --reason TEXT`" in refused.err
    assert run("apply --auto-approve --allow-deletes 2 --reason 'They left'").code == 0
    assert '"They left"' in run("audit log --full --limit 1").out


def test_whom_a_change_was_made_for_goes_on_record(account):
    account.edit(WIDER)
    assert run("apply --auto-approve --on-behalf-of dee").code == 0
    assert "ana@acme.example for dee@acme.example" in run("audit log --full --limit 1").out
    (newest,) = json.loads(run("audit log --limit 1 --json").out)
    assert newest["on_behalf_of"] == "dee@acme.example"


def test_new_keys_need_somewhere_to_go(account):
    planned(account, KEY)
    before = dump(account)
    for command in ("apply my.plan", "apply --auto-approve"):
        ran = run(command)
        assert ran.code == 1
        assert ran.err == (
            "error: the plan makes API keys, and their secrets are shown only once\n"
            "  = help: say where they go: `--keys-out FILE`\n"
        )
    assert dump(account) == before


def test_new_keys_never_replace_a_file(account):
    account.edit(KEY)
    before = dump(account)
    (account.folder / "keys.json").write_text("kept")
    ran = run("apply --auto-approve --keys-out keys.json")
    assert (ran.code, dump(account)) == (1, before)
    assert ran.err.startswith("error: cannot create `keys.json`: file exists\n")
    assert (account.folder / "keys.json").read_text() == "kept"
    assert run("apply --auto-approve --keys-out none/keys.json").code == 1


def test_new_keys_go_into_one_file_that_others_cannot_read_and_nowhere_else(account, monkeypatch):
    path = planned(account, KEY)
    shown = run("plan --json")
    ran = run("apply my.plan -keys-out keys.json")
    assert (ran.code, ran.err, ran.lines) == (0, "", [DONE.format(1, 0, 0)])
    file = account.folder / "keys.json"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    ((address, secret),) = json.loads(file.read_text()).items()
    assert address == "service-account.ci/key/build"
    told = [path.read_text(), ran.out, ran.err, shown.out, *dump(account)]
    commands = ("show --json", "show", "audit log --json", "store key list --json", "plan --json")
    told += [run(command).out for command in commands]
    assert not any(secret in text for text in told)
    monkeypatch.setenv("RBAC_SYNC_API_KEY", secret)
    assert run("whoami").out.startswith("sa:ci (")


def test_a_file_for_keys_is_made_only_when_there_are_keys(account):
    planned(account, KEY)
    assert run("apply my.plan --keys-out keys.json").code == 0
    again = run("apply my.plan --keys-out keys.json")
    assert (again.code, again.lines) == (0, [MADE, NOTHING])
    assert run("apply my.plan").code == 0
    assert run("apply --auto-approve --keys-out other.json").code == 0
    assert not (account.folder / "other.json").exists()


def test_a_failed_apply_leaves_no_file_of_keys(account):
    account.edit(KEY, ("max_key_days = 36500", "max_key_days = 30"))
    ran = run("apply --auto-approve --keys-out keys.json")
    assert ran.code == 3
    assert not (account.folder / "keys.json").exists()
    account.edit(("max_key_days = 30", "max_key_days = 36500"))
    planned(account)
    account.edit(("max_key_days = 36500", "max_key_days = 36499"))
    assert run("apply my.plan --keys-out keys.json").code == 5
    assert not (account.folder / "keys.json").exists()


def test_an_account_that_somebody_else_is_writing_to_is_locked(account, monkeypatch):
    monkeypatch.setitem(StoreBackend.__init__.__kwdefaults__, "wait", 0.05)
    account.edit(WIDER)
    with database(account) as other:
        other.execute("BEGIN IMMEDIATE")
        ran = run("apply --auto-approve")
        other.rollback()
    assert ran.code == 5
    assert ran.err.startswith("error[locked]: ")
    assert run("plan --detailed-exitcode").code == 2


def test_reading_waits_for_nobody(account):
    with database(account) as other:
        other.execute("BEGIN IMMEDIATE")
        assert run("plan").code == run("show").code == run("audit verify").code == 0
        other.rollback()


def test_going_on_with_a_plan_that_was_never_applied_is_applying_it(account):
    planned(account, WIDER)
    ran = run("apply --resume my.plan")
    assert (ran.code, ran.err, ran.lines) == (0, "", [DONE.format(1, 0, 0)])
    assert run("apply --resume my.plan").lines == [MADE, NOTHING]


@pytest.mark.parametrize("error", [ApplyStopped, Interrupted, OutcomeUnknown])
@pytest.mark.parametrize(
    ("plan", "words", "command"),
    [
        (
            None,
            ["apply", "--auto-approve", "--keys-out", "my keys.json"],
            "rbac-sync apply --auto-approve --keys-out 'my keys.json'",
        ),
        (Path("my.plan"), ["apply", "my.plan"], "rbac-sync apply my.plan --resume"),
        (Path("p"), ["apply", "--resume", "p"], "rbac-sync apply --resume p"),
        (
            None,
            ["apply", "--url", "postgresql://ana:pass@w:o@db.example/rbac"],
            "rbac-sync apply --url 'postgresql://ana:***@db.example/rbac'",
        ),
    ],
)
def test_whoever_is_stopped_is_told_the_command_that_goes_on(error, plan, words, command):
    called = click.Context(click.Command("apply"), obj=Invocation(tuple(words)))

    with called, pytest.raises(error) as caught, add_resume_hint(plan):
        raise error("half", hint="plan and apply again to go on")

    assert caught.value.hint == f"go on with: `{command}`"


def test_to_go_on_needs_a_plan(account):
    ran = run("apply --resume --auto-approve")
    assert (ran.code, ran.out) == (1, "")
    assert "--resume needs the PLAN whose run was interrupted" in ran.err
