"""Lines that people bring from Terraform: they run, or one sentence says what to write instead."""

from __future__ import annotations

import json
import os
import re

import pytest

from rbac_sync import __version__
from rbac_sync.cli.help_text import COMMANDS
from rbac_sync.cli.terminal import wants_colour
from rbac_sync.cli.terraform import (
    LOCK,
    NO_BACKEND,
    REFRESH,
    REPLACED_COMMANDS,
    REPLACED_OPTIONS,
    UNUSED_BY_INIT,
    UNUSED_OPTIONS,
)
from rbac_sync.cli.topics import ENVIRONMENT, EXIT_CODES

from .running import run


def test_no_command_of_ours_is_called_one_that_does_not_exist():
    assert not REPLACED_COMMANDS.keys() & COMMANDS.keys()


@pytest.mark.parametrize("name", REPLACED_COMMANDS)
def test_a_command_of_terraform_is_answered_with_what_takes_its_place(name):
    ran = run(name)
    assert ran.code == 1
    assert f"no command `{name}`: {REPLACED_COMMANDS[name]}" in ran.err


@pytest.mark.parametrize("command", ["plan", "apply", "drift"])
@pytest.mark.parametrize("name", REPLACED_OPTIONS)
def test_an_option_of_terraform_is_answered_with_what_takes_its_place(command, name):
    for words in (f"-{name}", f"--{name}", f"-{name}=", f"-{name}=x", f"-{name} x"):
        ran = run(f"{command} {words}")
        assert ran.code == 1
        assert f"no option `-{name}`: {REPLACED_OPTIONS[name]}" in ran.err


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("plan -refresh=false", f"no option `-refresh=false`: {REFRESH}"),
        ("drift -refresh=false", f"no option `-refresh=false`: {REFRESH}"),
        ("apply -refresh=false", f"no option `-refresh=false`: {REFRESH}"),
        ("apply -lock=false", f"no option `-lock=false`: {LOCK}"),
        ("init -backend=false", f"no option `-backend=false`: {NO_BACKEND}"),
        ("plan -input=banana", "'banana' is not a valid boolean"),
    ],
)
def test_what_cannot_be_switched_off_says_so(line, sentence):
    ran = run(line)
    assert ran.code == 1
    assert sentence in ran.err


@pytest.mark.parametrize("words", ["-refresh=true", "-refresh", "-lock=true -input=true", "-input"])
def test_what_is_always_so_may_be_asked_for(began, words):
    assert run(f"plan {words}").code == 0
    assert run(f"apply {words} -auto-approve").code == 0
    assert run(f"drift {words}").code == 0


@pytest.mark.parametrize("command", ["plan", "drift"])
def test_a_command_that_takes_no_lock_can_do_without(account, command):
    ran = run(f"{command} -lock=false")
    assert ran.code == 0
    assert "note: `-lock` changes nothing: this command takes no lock" in ran.err


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("plna", "plan"),
        ("drfit", "drift"),
        ("aply", "apply"),
        ("rules", "rule"),
        ("history", "audit log"),
        ("logs", "audit log"),
        ("keys", "store key"),
        ("lint", "validate"),
        ("revert", "undo"),
        ("users", "show"),
    ],
)
def test_a_command_that_is_misspelt_is_recognised(typed, meant):
    assert f"no command `{typed}`: did you mean `{meant}`?" in run(typed).err


def test_a_command_that_resembles_none_is_answered_with_where_they_are_listed():
    assert "no command `xyzzy`: `rbac-sync --help` lists the commands" in run("xyzzy").err


@pytest.mark.parametrize("name", ["tree", "grant-role", "merge", "token"])
def test_a_word_that_is_like_a_command_by_chance_is_not_taken_for_it(name):
    assert "`rbac-sync --help` lists the commands" in run(name).err


def test_an_option_that_only_gives_advice_is_never_suggested():
    err = run("plan --targt x").err
    assert "No such option '--targt'. Did you mean '--target'?" in err


@pytest.fixture
def began(account, monkeypatch):
    """The company's folder with one change that is not applied yet; NO_COLOR is as it was."""
    monkeypatch.setenv("NO_COLOR", "")
    account.edit(('name = "Production"', 'name = "Renamed"'))
    return account.folder


def test_a_terraform_pipeline_runs_as_it_stands(began):
    planned = run("plan -no-color -input=false -lock-timeout=30s -detailed-exitcode -out rbac.plan")
    assert planned.code == 2
    assert "note: `-lock-timeout` changes nothing: this command takes no lock" in planned.err
    assert run("apply -no-color -input=false -lock-timeout=30s rbac.plan").code == 0
    assert run("plan -no-color -detailed-exitcode").code == 0


@pytest.mark.parametrize("name", UNUSED_OPTIONS)
def test_an_option_that_changes_nothing_says_so(began, name):
    ran = run(f"plan -{name}{'=10' if name == 'parallelism' else ''}")
    assert ran.code == 0
    assert f"note: `-{name}` changes nothing: {UNUSED_OPTIONS[name]}" in ran.err


def test_a_job_of_ci_is_told_what_would_change_the_outcome_alone(began, monkeypatch):
    monkeypatch.setenv("CI", "true")
    monkeypatch.setenv("TF_CLI_ARGS_plan", "-detailed-exitcode")

    ran = run("plan -parallelism=10 -compact-warnings -lock-timeout=30s")

    assert ran.code == 0
    assert "changes nothing" not in ran.err
    assert "`TF_CLI_ARGS_plan` is not read" in ran.err


@pytest.mark.parametrize("name", UNUSED_BY_INIT)
def test_an_option_of_init_that_changes_nothing_says_so(began, name):
    ran = run(f"init -{name}")
    assert f"note: `-{name}` changes nothing: {UNUSED_BY_INIT[name]}" in ran.err
    assert "No such option" not in ran.err


@pytest.mark.parametrize("command", ["validate", "test", "show", "audit log", "whoami"])
def test_every_command_can_do_without_colours(began, command):
    assert run(f"{command} -no-color").code == 0
    assert os.environ["NO_COLOR"] == "1"


@pytest.mark.parametrize("flag", ["--yes", "-y", "-auto-approve"])
def test_an_apply_may_be_approved_in_each_way_that_people_know(began, flag):
    assert run(f"apply {flag}").code == 0


def test_an_apply_that_may_not_ask_is_refused_before_it_asks(began, monkeypatch):
    monkeypatch.setattr("sys.stdin", _Terminal())
    ran = run("apply -input=false")
    assert ran.code == 1
    assert "pass `--auto-approve`, or apply a saved plan" in ran.err


@pytest.mark.parametrize("spelling", ["-chdir=", "--chdir ", "-C "])
def test_a_command_runs_in_another_folder(began, monkeypatch, spelling):
    monkeypatch.chdir(began.parent)
    assert run(f"{spelling}{began.name} validate").code == 0
    assert os.getcwd() == str(began)  # noqa: PTH109


def test_the_command_that_applies_a_saved_plan_runs_in_the_same_folder(began, monkeypatch):
    monkeypatch.chdir(began.parent)
    planned = run(f"-chdir={began.name} plan -out rbac.plan")
    command = f"rbac-sync -C {began.name} apply rbac.plan"
    assert f"To make exactly these changes: {command}\n" in planned.err
    monkeypatch.chdir(began.parent)
    assert run(command.removeprefix("rbac-sync ")).code == 0


def test_a_folder_that_does_not_exist_is_named():
    assert "nowhere" in run("-chdir=nowhere plan").err


@pytest.mark.parametrize("name", ["TF_CLI_ARGS", "TF_CLI_ARGS_plan"])
@pytest.mark.parametrize("global_options", ["", "-chdir=. "])
def test_words_that_only_terraform_reads_are_not_ignored_in_silence(
    began, monkeypatch, name, global_options
):
    monkeypatch.setenv(name, "-var password=swordfish")
    ran = run(f"{global_options}plan")
    assert ran.code == 0
    assert f"note: `{name}` is not read: write its words behind `rbac-sync plan`\n" in ran.err
    assert "swordfish" not in ran.err
    assert "TF_CLI" not in run("validate").err


@pytest.mark.parametrize(
    ("name", "instead"), [("TF_INPUT", "`-input=false`"), ("TF_LOG", "`RBAC_SYNC_LOG=debug`")]
)
def test_a_variable_that_only_terraform_reads_is_named_with_what_takes_its_place(
    began, monkeypatch, name, instead
):
    monkeypatch.setenv(name, "0")
    assert f"note: `{name}` is not read: {instead}" in run("plan").err


@pytest.mark.parametrize("words", ["version", "-version", "--version"])
def test_the_version_is_printed_in_each_way_that_people_know(words):
    assert run(words).out == f"rbac-sync, version {__version__}\n"


def test_the_version_as_json_has_the_formats():
    versions = json.loads(run("version -json").out)
    assert versions["version"] == __version__
    assert versions.keys() == {
        "version",
        "python",
        "plan_file_format",
        "plan_json_format",
        "snapshot_format",
    }


@pytest.mark.parametrize("command", ["plan", "store key create", "audit"])
def test_help_of_a_command_is_what_the_command_prints(command):
    assert run(f"help {command}").out == run(f"{command} --help").out


def test_help_without_words_lists_the_commands():
    assert run("help").out == run("--help").out


def test_help_knows_topics():
    for topic, names in (("exit-codes", EXIT_CODES), ("environment", ENVIRONMENT)):
        shown = run(f"help {topic}")
        assert shown.code == 0
        assert set(re.findall(r"^(\S+)", shown.out, re.MULTILINE)) >= names.keys()


def test_help_of_a_command_that_does_not_exist_is_an_error():
    assert "did you mean `plan`?" in run("help plna").err
    assert "`rbac-sync plan` has no command `x`" in run("help plan x").err


@pytest.mark.parametrize(
    ("typed", "topic"),
    [("exit", "exit-codes"), ("env", "environment"), ("exitcodes", "exit-codes")],
)
def test_help_of_the_beginning_or_a_misspelling_of_a_topic_names_the_topic(typed, topic):
    ran = run(f"help {typed}")
    assert (ran.code, f"no topic `{typed}`: did you mean `{topic}`?" in ran.err) == (1, True)


class _Terminal:
    def isatty(self):
        return True

    def readline(self):
        pytest.fail("it asks")


class _Stream:
    def __init__(self, *, terminal):
        self.isatty = lambda: terminal


@pytest.mark.parametrize(
    ("variables", "terminal", "wanted"),
    [
        ({}, False, False),
        ({}, True, True),
        ({"FORCE_COLOR": "1"}, False, True),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, True, False),
        ({"TERM": "dumb"}, True, False),
    ],
)
def test_the_environment_chooses_colour(monkeypatch, variables, terminal, wanted):
    for name in ("FORCE_COLOR", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm")
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert wants_colour(_Stream(terminal=terminal)) is wanted


def test_colour_that_is_asked_for_comes_where_there_is_no_terminal(began, monkeypatch):
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert "\x1b[" not in run("plan").out
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert "\x1b[" in run("plan").out


@pytest.mark.parametrize("port", ["-1", "65536", "99999"])
def test_a_port_that_cannot_be_is_refused(port):
    assert "0<=x<=65535" in run("serve --port", port).err
