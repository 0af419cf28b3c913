"""What a shell is told at a Tab: options once, and the names that are declared."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import click.shell_completion
import pytest

from .running import run

COMMAND = Path(sys.executable).parent / "rbac-sync"


@pytest.fixture
def names(account, monkeypatch):
    """Return the names that bash is offered after a line, as its script asks for them."""
    said = []
    monkeypatch.setattr(click.shell_completion, "echo", lambda text, **_: said.append(text))

    def ask(line, words=()):
        said.clear()
        words = words or line.split(" ")
        monkeypatch.setenv("COMP_WORDS", "\n".join(words))
        monkeypatch.setenv("COMP_CWORD", str(len(words) - 1))
        monkeypatch.setenv("_RBAC_SYNC_COMPLETE", "bash_complete")
        with pytest.raises(SystemExit):
            run("")
        monkeypatch.delenv("_RBAC_SYNC_COMPLETE")
        (text,) = said
        return [each.partition(",")[2] for each in text.decode().splitlines()]

    return ask


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("rbac-sync he", ["help"]),
        ("rbac-sync plan --ta", ["--target"]),
        ("rbac-sync plan -ta", ["-target"]),
        ("rbac-sync plan --target workspace.t", ["workspace.test"]),
        ("rbac-sync plan --exclude team.", ["team.data"]),
        ("rbac-sync can d", ["dee", "dee@acme.example"]),
        ("rbac-sync explain sa:", ["ci"]),
        ("rbac-sync plan --as c", ["cy", "cy@acme.example"]),
        ("rbac-sync who-can see_se", ["see_secret_blocks"]),
        ("rbac-sync who-can see_flows -w ", ["prod", "test"]),
        ("rbac-sync rule dom", ["DOMINANCE"]),
        ("rbac-sync rule RS42", ["RS420", "RS421", "RS422", "RS423", "RS424"]),
        ("rbac-sync help exit", ["exit-codes"]),
        ("rbac-sync store k", ["key"]),
        ("rbac-sync completion ", ["bash", "zsh", "fish"]),
    ],
)
def test_a_line_is_completed(names, line, wanted):
    assert names(line) == wanted


def test_no_option_is_offered_twice(names):
    options = names("rbac-sync plan -")
    assert "--out" in options
    assert [each for each in options if not each.startswith("--") and len(each) > 2] == []


def test_a_word_that_bash_cut_at_its_colon_is_completed(names):
    assert names("", words=["rbac-sync", "explain", "team", ":", "da"]) == ["data"]
    assert names("", words=["rbac-sync", "explain", "team", ":"]) == ["data"]


def test_a_faulty_configuration_offers_nothing_and_says_nothing(names, account, capsys):
    account.file.write_text("[backend")
    assert names("rbac-sync plan --target workspace.t") == []
    assert names("rbac-sync can d") == []
    assert capsys.readouterr().err == ""


def test_in_a_subfolder_the_configuration_above_is_read_in_silence(names, account, monkeypatch):
    (account.folder / "teams").mkdir()
    monkeypatch.chdir(account.folder / "teams")
    assert names("rbac-sync plan --target workspace.t") == ["workspace.test"]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_has_its_script(shell):
    ran = run(f"completion {shell}")
    assert ran.code == 0
    assert f"_RBAC_SYNC_COMPLETE={shell}_complete" in ran.out


def test_another_shell_is_refused():
    assert "'tcsh' is not one of 'bash', 'zsh', 'fish'" in run("completion tcsh").err


@pytest.mark.skipif(not shutil.which("bash"), reason="no bash")
def test_bash_itself_completes(account):
    lines = f"""
        source <({COMMAND} completion bash)
        COMP_WORDS=({COMMAND} plan --target workspace.p) COMP_CWORD=3
        _rbac_sync_completion {COMMAND}
        printf '%s\\n' "${{COMPREPLY[@]}}"
    """
    ran = subprocess.run(["bash", "-c", lines], capture_output=True, text=True, check=True)
    assert ran.stdout.splitlines()[0] == "workspace.prod"
