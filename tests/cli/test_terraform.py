"""Lines that people bring from Terraform: they run, or one sentence says what to write instead."""

from __future__ import annotations

import json
import os
import re

import pytest

from rbac_sync import __version__
from rbac_sync.cli.main import COMMANDS
from rbac_sync.cli.report import wants_colour
from rbac_sync.cli.terraform import REPLACED_COMMANDS, REPLACED_OPTIONS, SWITCHES, UNUSED_OPTIONS
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
    for dashes in ("-", "--"):
        ran = run(f"{command} {dashes}{name}{'' if name in SWITCHES else '=x'}")
        assert ran.code == 1
        assert f"no option `-{name}`: {REPLACED_OPTIONS[name]}" in ran.err


@pytest.mark.parametrize(
    ("typed", "meant"), [("plna", "plan"), ("drfit", "drift"), ("aply", "apply"), ("rules", "rule")]
)
def test_a_command_that_is_misspelt_is_recognised(typed, meant):
    assert f"no command `{typed}`: did you mean `{meant}`?" in run(typed).err


def test_a_command_that_resembles_none_is_answered_with_where_they_are_listed():
    assert "no command `xyzzy`: `rbac-sync --help` lists the commands" in run("xyzzy").err


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


def test_a_folder_that_does_not_exist_is_named():
    assert "nowhere" in run("-chdir=nowhere plan").err


@pytest.mark.parametrize("name", ["TF_CLI_ARGS", "TF_CLI_ARGS_plan"])
def test_words_that_only_terraform_reads_are_not_ignored_in_silence(began, monkeypatch, name):
    monkeypatch.setenv(name, "-detailed-exitcode")
    ran = run("plan")
    assert ran.code == 0
    assert (
        f"note: `{name}` is not read: write `-detailed-exitcode` behind `rbac-sync plan`" in ran.err
    )
    assert "TF_CLI" not in run("validate").err


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


@pytest.mark.parametrize("port", ["-1", "65536", "99999"])
def test_a_port_that_cannot_be_is_refused(port):
    assert "0<=x<=65535" in run("serve --port", port).err
