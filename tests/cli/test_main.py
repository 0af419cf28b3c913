"""The command line as such: help, names, exit codes, start-up, streams."""

from __future__ import annotations

import gc
import json
import os
import pty
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

from rbac_sync import pipeline
from rbac_sync.cli.help_text import COMMANDS, HELP
from rbac_sync.cli.main import RARELY, cli, main
from rbac_sync.errors import ApplyStopped, Locked

from .running import run, run_on_full_disk

GROUPS = {"audit": ("log", "verify"), "store": ("init", "migrate", "key")}
KEY_COMMANDS = ("create", "list", "revoke")
ALL = [
    "",
    *COMMANDS,
    *(f"{group} {name}" for group, names in GROUPS.items() for name in names),
    *(f"store key {name}" for name in KEY_COMMANDS),
]
HEAVY = ("pydantic", "httpx", "sqlalchemy", "alembic", "psycopg", "rich", "jinja2", "deepdiff")

SAY_IMPORTS = f"""
import sys
from rbac_sync.cli.main import run
codes = [run([*command.split(), "--help"]) for command in {ALL!r}]
loaded = [name for name in {HEAVY!r} if name in sys.modules]
sys.exit(f"{{codes}} {{loaded}}" if any(codes) or loaded else 0)
"""

AT_THE_END = """
finally:
    assert not {"click", "re", "typing", "rbac_sync.errors"} & sys.modules.keys()
"""

NEVER_FOR_READING = {
    "alembic",
    "deepdiff",
    "filelock",
    "httpx",
    "jinja2",
    "logging",
    "psycopg",
    "pydantic",
    "shutil",
    "sqlalchemy",
    "tempfile",
    "tomli_w",
    "rbac_sync.audit.undo",
    "rbac_sync.backends.database.connection",
    "rbac_sync.backends.database.retry",
    "rbac_sync.backends.remote.client",
    "rbac_sync.backends.remote.state_files",
    "rbac_sync.backends.snapshot",
    "rbac_sync.backends.store.adoption",
    "rbac_sync.backends.store.damage",
    "rbac_sync.backends.store.founding",
    "rbac_sync.backends.store.id_index",
    "rbac_sync.backends.store.log_ins",
    "rbac_sync.backends.store.writer",
    "rbac_sync.cli.apply_run",
    "rbac_sync.cli.keys_file",
    "rbac_sync.config.export",
    "rbac_sync.config.span_scanner",
    "rbac_sync.config.times",
    "rbac_sync.guard.policy_tests.evaluate",
    "rbac_sync.server",
}
"""What no command needs that looks at an account of a store."""

NEVER_WITHOUT_PLAN = {
    "rbac_sync.config.desired",
    "rbac_sync.config.owners",
    "rbac_sync.config.resolve",
    "rbac_sync.guard.access",
    "rbac_sync.guard.rules",
    "rbac_sync.guard.simulation",
    "rbac_sync.pipeline.fresh_plan",
    "rbac_sync.planning.comparison",
    "rbac_sync.planning.planner",
}
"""What no command needs that makes no plan."""

NEVER_WITHOUT_STEPS = {
    "rbac_sync.audit.record",
    "rbac_sync.backends.database.faults",
    "rbac_sync.backends.interface",
    "rbac_sync.backends.store.counts",
    "rbac_sync.backends.store.trail",
    "rbac_sync.config.account_tables",
    "rbac_sync.config.owners",
    "rbac_sync.config.policy_tests",
    "rbac_sync.guard.effects",
    "rbac_sync.guard.passing_access",
    "rbac_sync.guard.policy_tests",
    "rbac_sync.guard.rules.authority",
    "rbac_sync.guard.simulation",
    "rbac_sync.model.expectation",
    "rbac_sync.pipeline.renames",
    "rbac_sync.planning.order",
    "rbac_sync.planning.succession",
    "rbac_sync.planning.unseen",
    "shlex",
}
"""What no plan and no drift needs that finds nothing to do."""

NEVER_WITHOUT_CHANGE = (
    NEVER_FOR_READING
    | NEVER_WITHOUT_PLAN
    | NEVER_WITHOUT_STEPS
    | {
        "rbac_sync.config.file_comparison",
        "rbac_sync.planning.extent",
        "rbac_sync.views.change_lines",
        "rbac_sync.views.effect_rows",
        "rbac_sync.views.findings",
    }
)
"""What no plan needs that finds nothing changed since another one."""

NEVER_FOR_CHECKING = {
    "rbac_sync.backends.store.backend",
    "rbac_sync.guard.context",
    "rbac_sync.views.plan_json",
}
"""What no command needs that checks a configuration without mistakes."""

NEVER_IN_A_STORE = {"alembic", "sqlalchemy"}
"""What no command needs that finds its tables made."""


@pytest.fixture
def process(program):
    """Run the command line in a process of its own, in the current folder."""

    def process(*words, **variables):
        return program.run("-m", "rbac_sync", *words, env=os.environ | variables, cwd=Path.cwd())

    return process


@pytest.mark.parametrize("command", ALL)
def test_every_command_has_help(command):
    for option in ("--help", "-help", "-h"):
        ran = run(f"{command} {option}")
        assert (ran.code, ran.err) == (0, "")
        assert ran.lines[0].startswith(f"Usage: rbac-sync {command}".rstrip())


def test_help_names_every_command_and_says_what_it_does():
    lines = run("--help").lines
    for name, (_, text) in COMMANDS.items():
        assert any(line.split("  ")[0] == name and line.endswith(text) for line in lines)


@pytest.mark.parametrize("command", ALL)
def test_every_option_is_documented(command):
    lines = run(f"{command} --help").lines
    options = lines[lines.index("Options:") + 1 :]
    for line, following in zip(options, [*options[1:], ""], strict=True):
        if line.startswith("--"):
            words = line.split("  ", 1)[1:] or [following]
            assert "".join(words).strip(), line


def test_help_and_version_are_quick_because_nothing_heavy_is_imported():
    ran = subprocess.run([sys.executable, "-c", SAY_IMPORTS], capture_output=True, check=False)
    assert (ran.returncode, ran.stderr) == (0, b"")


@pytest.mark.parametrize("words", [["--version", "--json"], ["-version", "-json"]])
def test_the_version_is_there_for_machines_by_either_name(process, words):
    ran = process(*words)
    assert json.loads(ran.stdout)["version"] == version("rbac-sync")


def test_the_version_is_that_of_the_package_and_imports_nothing_heavy():
    code = SAY_IMPORTS.replace('"--help"', '"--version"').replace(repr(ALL), "['']")
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout == f"rbac-sync, version {version('rbac-sync')}\n"


def test_the_help_is_printed_before_anything_is_imported():
    code = f"import sys\nfrom rbac_sync.__main__ import main\ntry: main(['--help'])\n{AT_THE_END}"
    usual = {name: value for name, value in os.environ.items() if name != "COLUMNS"}
    command = [sys.executable, "-c", code]
    ran = subprocess.run(command, capture_output=True, text=True, check=False, env=usual)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout == HELP


def test_the_help_is_what_click_prints_on_a_terminal_of_80_columns():
    context = cli.make_context("rbac-sync", [], resilient_parsing=True, terminal_width=78)
    assert f"{cli.get_help(context)}\n" == HELP


def test_the_help_of_a_narrow_terminal_is_that_of_its_width(process):
    ran = process("--help", COLUMNS="60")
    assert (ran.returncode, ran.stderr) == (0, "")
    assert max(map(len, ran.stdout.splitlines())) <= 60


@pytest.mark.parametrize(
    ("commands", "unused"),
    [
        (["validate"], NEVER_FOR_READING | NEVER_WITHOUT_STEPS | NEVER_FOR_CHECKING),
        (["can dee see_flows --workspace prod"], NEVER_FOR_READING),
        (["drift", "plan --no-cache", "plan"], NEVER_FOR_READING | NEVER_WITHOUT_STEPS),
        (["whoami"], NEVER_WITHOUT_CHANGE),
        (["audit log"], NEVER_WITHOUT_PLAN),
        (["report -o page.html", "audit log", "audit verify", "whoami"], NEVER_IN_A_STORE),
        (
            ["show", "explain dee see_flows --workspace prod", "apply --auto-approve"],
            NEVER_IN_A_STORE,
        ),
        (
            ["plan --live snapshot --as ana"],
            NEVER_FOR_READING - {"rbac_sync.backends.snapshot"}
            | {"rbac_sync.backends.store.backend"},
        ),
    ],
)
def test_a_command_imports_nothing_that_it_does_not_use(account, commands, unused):
    run("pull --snapshot snapshot")
    ran = imported(commands, unused)
    assert (ran.returncode, ran.stderr) == (0, "")


def imported(commands, unused):
    """Run *commands* in a process, which fails if they import a module in *unused*."""
    code = "import sys\nfrom rbac_sync.cli.main import run\n"
    code += "".join(f"run({command.split()!r})\n" for command in commands)
    code += f"sys.exit([n for n in {sorted(unused)!r} if n in sys.modules] or 0)"
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)


def test_a_plan_after_another_one_imports_neither_planner_nor_guard(account):
    run("plan")
    ran = imported(["plan"], NEVER_WITHOUT_CHANGE)
    assert (ran.returncode, ran.stderr.split(":")[:2]) == (0, ["note", " nothing is read again"])


@pytest.fixture
def usual_collection():
    """Python's own thresholds of cyclic collection, which are put back afterwards."""
    usual = gc.get_threshold()
    gc.set_threshold(700, 10, 10)
    yield
    gc.set_threshold(*usual)


@pytest.mark.usefixtures("usual_collection")
@pytest.mark.parametrize("command", COMMANDS)
def test_garbage_is_collected_rarely_in_every_command_but_the_server(command):
    assert run(f"{command} --help").code == 0
    assert gc.get_threshold() == ((700, 10, 10) if command == "serve" else RARELY)
    assert gc.isenabled()


@pytest.mark.usefixtures("usual_collection")
def test_looking_a_command_up_leaves_the_collection_alone():
    cli.get_command(None, "plan")

    assert gc.get_threshold() == (700, 10, 10)


def test_no_cycles_are_looked_for_when_a_command_ends():
    code = "import atexit, gc\natexit.register(lambda: print(gc.get_freeze_count() > 0))\n"
    code += "from rbac_sync.__main__ import main\nmain(['validate', '--help'])"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.endswith("True\n")


@pytest.mark.parametrize("command", ["", "audit", "store", "store key"])
def test_a_group_without_a_command_shows_its_help_as_an_error(command):
    ran = run(command)
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith(f"Usage: rbac-sync {command}".rstrip())


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("plane", "no command `plane`: did you mean `plan`?"),
        ("audit lag", "No such command 'lag'"),
        (
            "plan --detailed-exit-code",
            "'--detailed-exit-code'. Did you mean '--detailed-exitcode'?",
        ),
        ("plan -no-colour", "No such option '-no-colour'"),
        ("--config x plan", "No such option '--config' here. Write it after the command."),
        ("can", "Missing argument 'PRINCIPAL'"),
        ("plan extra", "unexpected extra argument"),
        ("permissions --world mars", "'mars' is not one of 'prefect-cloud', 'prefect-cloud-1'"),
        ("audit log --limit none", "'none' is not a valid integer"),
        ("store init --owner ana@acme.example", "Missing option"),
    ],
)
def test_a_usage_error_is_exit_1_and_leaves_standard_output_empty(command, said):
    ran = run(command)
    assert (ran.code, ran.out) == (1, "")
    assert said in ran.err


def test_a_folder_without_configuration_says_what_to_do(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    ran = run("plan")
    assert (ran.code, ran.out) == (1, "")
    assert f"error[RS101]: there is no `rbac.toml` in `{tmp_path}`" in ran.err
    assert (
        "= help: run in the folder of `rbac.toml` or below, name the folder with `--config`,"
        " or begin with `rbac-sync init`\n"
    ) in ran.err


def test_a_store_that_is_not_there_is_named_and_not_made(account):
    account.database.unlink()
    ran = run("show")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith("error[backend]: there is no store at `rbac.db`\n  = help: ")
    assert not account.database.exists()


def test_an_account_that_the_store_does_not_have_is_an_error(account):
    account.edit(('account = "acme"', 'account = "acme-2"'))
    ran = run("show")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith("error[backend]: the store has no account `acme-2`\n")


def test_a_store_of_another_world_is_an_error(account):
    account.edit(('world = "prefect-cloud"', 'world = "prefect-cloud-1"'))
    ran = run("plan")
    assert (ran.code, ran.out) == (1, "")
    assert "`acme` is of the world `prefect-cloud`, not `prefect-cloud-1`" in ran.err


def test_an_unknown_key_is_exit_4_and_is_not_repeated(account, monkeypatch):
    monkeypatch.setenv("RBAC_SYNC_API_KEY", "pnu_guessed")
    for command in ("plan", "apply --auto-approve", "whoami", "show", "can bo see_flows -w prod"):
        ran = run(command)
        assert (ran.code, ran.out) == (4, "")
        assert ran.err.startswith("error[credentials]: this API key is not known here\n  = help: ")
        assert "guessed" not in ran.err


def test_whoever_has_no_key_is_told_what_to_set(account, monkeypatch):
    monkeypatch.delenv("RBAC_SYNC_API_KEY")
    for command in ("plan", "apply --auto-approve", "whoami"):
        ran = run(command)
        assert (ran.code, ran.out) == (4, "")
        assert "`RBAC_SYNC_API_KEY`" in ran.err
    assert "`plan --as PRINCIPAL`" in run("plan").err


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (Locked("somebody else is applying", hint="wait"), 5, "error[locked]: somebody"),
        (ApplyStopped("3 of 7 made", hint="plan again"), 6, "error[partial-apply]: 3 of 7"),
        (KeyboardInterrupt(), 130, "error[interrupted]: interrupted"),
    ],
)
def test_each_way_to_fail_has_its_exit_code(account, monkeypatch, error, code, said):
    def fail(*_):
        raise error

    monkeypatch.setattr(pipeline.CachedPlanner, "plan", fail)
    ran = run("plan")
    assert (ran.code, ran.out) == (code, "")
    assert said in ran.err


def test_a_mistake_in_the_program_is_told_in_two_lines(monkeypatch, capsys):
    def fail(*_):
        raise ZeroDivisionError("so it goes")

    monkeypatch.setattr(pipeline.CachedPlanner, "plan", fail)
    monkeypatch.setenv("RBAC_SYNC_API_KEY", "pnu_x")
    with pytest.raises(SystemExit) as ended:
        main(["plan"])
    out, err = capsys.readouterr()
    assert (ended.value.code, out) == (1, "")
    assert err.splitlines() == [
        "error[internal]: ZeroDivisionError: so it goes",
        "  = help: this is a mistake in rbac-sync; run again with RBAC_SYNC_DEBUG=1 and report it",
    ]
    monkeypatch.setenv("RBAC_SYNC_DEBUG", "1")
    with pytest.raises(ZeroDivisionError):
        main(["plan"])


@pytest.mark.parametrize(
    "command", ["plan --out none/plan", "audit verify --checkpoint-out none/mark"]
)
def test_a_file_that_cannot_be_written_is_an_error_of_the_user(account, command):
    ran = run(command)
    assert ran.code == 1
    first, _ = ran.err.splitlines()
    assert first.startswith("error: ")
    assert "`none/" in first
    assert "no such file or directory" in first


def test_every_long_option_may_have_one_dash_and_a_variable(account, monkeypatch):
    account.edit(('default_role = "none"', 'default_role = "viewer"'))
    assert run("plan -detailed-exitcode -target workspace.test").code == 2
    monkeypatch.setenv("RBAC_SYNC_DETAILED_EXITCODE", "1")
    assert run("plan").code == 2
    monkeypatch.setenv("RBAC_SYNC_TARGET", "workspace.prod")
    assert run("plan").code == 0


def test_what_loosens_the_guard_has_no_variable(account, monkeypatch):
    account.edit(('default_role = "none"', 'default_role = "viewer"\npublic = true'))
    for name in ("ALLOW_PUBLIC", "AUTO_APPROVE", "ALLOW_DELETES", "ALLOW_SELF_REDUCTION"):
        monkeypatch.setenv(f"RBAC_SYNC_{name}", "1")
    assert run("plan").code == 3
    assert run("plan --allow-public").code == 0
    assert run("apply --allow-public").code == 1
    assert run("apply --allow-public --auto-approve").code == 0


def test_nobody_who_stops_reading_hears_of_it():
    command = [sys.executable, "-m", "rbac_sync", "permissions"]
    reading, writing = os.pipe()
    os.close(reading)
    ran = subprocess.run(command, stdout=writing, stderr=subprocess.PIPE, check=False)
    os.close(writing)
    assert (ran.returncode, ran.stderr) == (1, b"")


def on_a_terminal(**environment):
    """Run ``plan`` on a terminal and return what it shows."""
    ours, theirs = pty.openpty()
    surroundings = {**os.environ, "TERM": "xterm", **environment}
    command = [sys.executable, "-m", "rbac_sync", "plan"]
    with subprocess.Popen(command, stdout=theirs, stderr=theirs, env=surroundings) as process:
        os.close(theirs)
        shown = b""
        try:
            while piece := os.read(ours, 4096):
                shown += piece
        except OSError:
            pass  # Linux says so when the other end is closed
    os.close(ours)
    assert process.returncode == 0
    return shown


def test_a_terminal_gets_colour_unless_it_asks_for_none(account):
    assert b"\x1b[" in on_a_terminal()
    assert b"\x1b[" not in on_a_terminal(NO_COLOR="1")


def test_what_is_no_terminal_gets_no_colour(account, process):
    assert "\x1b" not in process("plan").stdout


def test_names_from_a_store_cannot_move_the_cursor(account):
    account.add('[service_accounts.x]\ndescription = "a\\u202eb"\n')
    ran = run("plan")
    assert ran.code == 1
    assert "\u202e" not in ran.err
    assert "error[RS" in ran.err


@pytest.mark.parametrize(
    ("variable", "value", "fault"),
    [
        ("RBAC_SYNC_REPORT", "foo", "'foo' is not KIND=FILE"),
        ("RBAC_SYNC_JSON", "maybe", "'maybe' is not a valid boolean"),
        ("RBAC_SYNC_FULL", "2", "'2' is not a valid boolean"),
    ],
)
def test_a_value_of_the_environment_is_named_by_its_variable(monkeypatch, variable, value, fault):
    monkeypatch.setenv(variable, value)
    ran = run("plan")
    assert ran.code == 1
    assert f"Error: Invalid value for `{variable}`: {fault}" in ran.err


def test_a_usage_error_that_quotes_a_value_cannot_move_the_cursor(monkeypatch):
    monkeypatch.setenv("RBAC_SYNC_LOG", "\r\u202e")
    ran = run("plan")
    assert (ran.code, ran.out) == (1, "")
    assert "`RBAC_SYNC_LOG` is `\\x0d\\u202e`: write one of warning" in ran.err


def test_a_usage_error_lists_choices_on_lines_of_their_own():
    assert "Choose from:\n\tcsv,\n\topenfga,\n\tcedar\n" in run("export").err


@pytest.mark.parametrize("words", ["version", "--help", "rule"])
def test_output_for_which_the_disk_has_no_room_is_told_without_a_traceback(words):
    ran = run_on_full_disk(words)
    assert ran.returncode == 1
    assert ran.stderr.splitlines()[0] == "error: no space left on device"
    assert "Traceback" not in ran.stderr


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_a_standard_stream_that_is_closed_is_nothing_and_no_fault(closed):
    code = "from rbac_sync.__main__ import main; main(['rule', 'LAST_OWNER'])"
    command = f'{sys.executable} -c "{code}" {closed}'
    ran = subprocess.run(command, shell=True, capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert bool(ran.stdout) == (">&-" not in closed.replace("2>&-", ""))
