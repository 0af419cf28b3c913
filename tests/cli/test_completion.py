"""What a shell is told at a Tab: options once, and the names that are declared."""

from __future__ import annotations

import os
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
        ("rbac-sync rule RS42", ["RS420", "RS421", "RS422", "RS423", "RS424", "RS425"]),
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


COMPLETED = [
    ("plan --target workspace.t", "workspace.test"),
    ("explain team:d", "team:data"),
    ("explain sa:", "sa:ci"),
    ("plan --tar", "--target"),
    ("who-can see_se", "see_secret_blocks"),
    ("show --res", "--resolved"),
    ("graph --as m", "mermaid"),
    ("can le", "lea"),
    ("explain 'team:a,", "team:a, b"),
]
"""Lines, and the one word that completes each."""

ZSH = """
zmodload zsh/zpty
zpty shell 'zsh -f -i'
zpty -w shell 'PS1=; autoload -Uz compinit; compinit -u -D; eval "$(rbac-sync completion zsh)"
finish() { zle expand-or-complete; print -r -- "$BUFFER" > buffer; BUFFER=; }
zle -N finish; bindkey "^X^P" finish; print rea""dy'
zpty -r shell line '*ready*'
for text in "$@"; do
  rm -f buffer
  zpty -n -w shell "$text"$'\\C-x\\C-p'
  until [[ -s buffer ]]; do sleep 0.05; done
  print -r -- "$(<buffer)"
done
zpty -d shell
"""
"""Types each line into a shell on a terminal of its own, and prints what a Tab makes of it."""


def typed(*words):
    path = f"{COMMAND.parent}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "TERM": "dumb"}
    ran = subprocess.run(
        words, capture_output=True, text=True, check=True, env=environment, stdin=subprocess.DEVNULL
    )
    return ran.stdout.splitlines()


@pytest.fixture
def with_comma(account):
    """A company with a team whose name has a comma and a blank."""
    account.add('[teams."a, b"]\n')


@pytest.mark.skipif(not shutil.which("zsh"), reason="no zsh")
@pytest.mark.usefixtures("with_comma")
def test_zsh_itself_completes():
    lines = [f"rbac-sync {line}" for line, _ in COMPLETED[:-1]]
    finished = [
        f"{line.rpartition(' ')[0]} {word} "
        for line, (_, word) in zip(lines, COMPLETED, strict=False)
    ]
    assert [line.rstrip() for line in typed("zsh", "-fc", ZSH, "zsh", *lines)] == [
        line.rstrip() for line in finished
    ]


@pytest.mark.skipif(not shutil.which("fish"), reason="no fish")
@pytest.mark.usefixtures("with_comma")
def test_fish_itself_completes():
    for line, word in COMPLETED:
        asked = "rbac-sync completion fish | source; complete -C $argv[1]"
        offered = typed("fish", "--no-config", "-c", asked, f"rbac-sync {line}")
        assert word in [each.partition("\t")[0] for each in offered]


@pytest.mark.skipif(not shutil.which("fish"), reason="no fish")
def test_fish_shows_the_whole_description_of_an_option(account):
    asked = "rbac-sync completion fish | source; complete -C 'rbac-sync plan --tar'"
    (offered,) = typed("fish", "--no-config", "-c", asked)
    assert (
        offered
        == "--target\tOnly this address, or those of a pattern, and what it needs; may repeat."
    )
