"""`fmt`: files are written in canonical form, or stay as they are."""

from __future__ import annotations

import io
import os
import stat
import subprocess
import sys

import pytest

from rbac_sync.config import toml_format
from rbac_sync.config.toml_events import Unreadable
from rbac_sync.pipeline import canonical_form

from .running import run

BACKEND = '[backend]\ntype = "store"\naccount = "acme"\n'
ROOT = f"""\
{BACKEND}
[files]
"teams/*.toml" = ["teams"]

[members]
owner = ["ana@acme.example"]
"""
TEAM = '[teams.ops]\ndescription = "Ops"\nmembers = ["ana@acme.example"]\n'
MESSY = '[teams.ops]\nmembers=["ana@acme.example"] # all\ndescription = "Ops"\n'
TIDY = '[teams.ops]\ndescription = "Ops"\nmembers = ["ana@acme.example"]  # all\n'


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A configuration in the current folder, with one file that is not in canonical form."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "rbac.toml").write_text(ROOT)
    (tmp_path / "teams").mkdir()
    (tmp_path / "teams/ops.toml").write_text(MESSY)
    (tmp_path / "pyproject.toml").write_text("b=1\na=1\n")
    return tmp_path


def test_the_files_of_the_configuration_are_written_and_listed_and_no_others(folder):
    ran = run("fmt")
    assert (ran.code, ran.out, ran.err) == (0, "teams/ops.toml\n", "")
    assert (folder / "teams/ops.toml").read_text() == TIDY
    assert (folder / "pyproject.toml").read_text() == "b=1\na=1\n"
    again = run("fmt")
    assert (again.code, again.out) == (0, "")
    assert run("fmt --check").code == 0


def test_a_check_lists_what_would_change_and_writes_nothing(folder):
    ran = run("fmt --check")
    assert (ran.code, ran.out) == (1, "teams/ops.toml\n")
    assert (folder / "teams/ops.toml").read_text() == MESSY


def test_a_diff_shows_what_changes(folder):
    expected = """\
teams/ops.toml
--- teams/ops.toml
+++ formatted
@@ -1,3 +1,3 @@
 [teams.ops]
-members=["ana@acme.example"] # all
 description = "Ops"
+members = ["ana@acme.example"]  # all
"""
    ran = run("fmt -check -diff")
    assert (ran.code, ran.out) == (1, expected)
    assert (run("fmt --diff").out, run("fmt").out) == (expected, "")


def test_files_and_folders_can_be_named(folder):
    (folder / "other.toml").write_text("[teams]\na=1\n")
    (folder / "deep/er").mkdir(parents=True)
    (folder / "deep/.er").mkdir()
    (folder / "deep/er/rbac.toml").write_text("[members]\n\n\n[backend]\n")
    (folder / "deep/.er/rbac.toml").write_text("[members]\n\n\n[backend]\n")
    ran = run("fmt teams/ops.toml other.toml deep deep/er/rbac.toml")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.splitlines() == ["teams/ops.toml", "other.toml", "deep/er/rbac.toml"]
    assert (folder / "deep/er/rbac.toml").read_text() == "[backend]\n\n[members]\n"


def test_a_root_file_of_another_name_brings_the_files_of_its_configuration(folder):
    (folder / "rbac.toml").rename(folder / "other.toml")
    ran = run("fmt --config other.toml")
    assert (ran.code, ran.out, ran.err) == (0, "teams/ops.toml\n", "")
    missing = run("fmt --config no.toml")
    assert missing.code == 1
    assert "error[RS101]: no file `no.toml`" in missing.err


def test_without_a_configuration_those_in_folders_below_are_left_alone(folder):
    (folder / "below").mkdir()
    (folder / "rbac.toml").rename(folder / "below/rbac.toml")
    before = (folder / "below/rbac.toml").read_text()
    ran = run("fmt")
    assert (ran.code, ran.out) == (1, "")
    assert "error[RS101]: there is no `rbac.toml` in" in ran.err
    assert "begin with `rbac-sync init`" in ran.err
    assert (folder / "below/rbac.toml").read_text() == before


def test_from_a_folder_below_the_configuration_above_is_written(folder, monkeypatch):
    (folder / ".git").mkdir()
    monkeypatch.chdir(folder / "teams")
    ran = run("fmt")
    assert (ran.code, ran.out) == (0, "../teams/ops.toml\n")


@pytest.mark.parametrize(
    ("path", "message", "hint"),
    [
        ("no.toml", "there is no file `no.toml`", "create it"),
        ("empty", "there is no `rbac.toml` in `empty` or below", "name a folder that has one"),
        ("pipe", "`pipe` is not a regular file", "only regular files are read"),
        ("bad.toml", "the text is not closed on its line", "bad.toml:1:5"),
        ("latin.toml", "the file is not UTF-8: byte 0xe9", "save it as UTF-8"),
        ("secret.toml", "this looks like an API key", "revoke it"),
    ],
)
def test_what_cannot_be_read_stays_and_the_others_are_written(folder, path, message, hint):
    (folder / "empty").mkdir()
    os.mkfifo(folder / "pipe")
    (folder / "bad.toml").write_text('a = "b\n')
    (folder / "latin.toml").write_bytes(b"a = '\xe9'\n")
    (folder / "secret.toml").write_text("a='pnu_0123456789abcdef0'\n")
    ran = run("fmt", path, "teams/ops.toml")
    assert (ran.code, ran.out) == (1, "teams/ops.toml\n")
    assert message in ran.err
    assert hint in ran.err
    assert "0123456789abcdef0" not in ran.err
    assert (folder / "bad.toml").read_text() == 'a = "b\n'


def test_a_broken_root_file_is_an_error_and_nothing_else_is_known(folder):
    (folder / "rbac.toml").write_text("[files\n")
    ran = run("fmt")
    assert (ran.code, ran.out) == (1, "")
    assert "rbac.toml:1" in ran.err


def test_text_that_only_tomlkit_refuses_is_an_error(folder, monkeypatch):
    def refuse(text):
        raise Unreadable("no")

    monkeypatch.setattr(toml_format, "events", refuse)
    ran = run("fmt teams/ops.toml")
    assert (ran.code, ran.out) == (1, "")
    assert "error: `teams/ops.toml` cannot be formatted: no" in ran.err
    assert "write it in plainer TOML; it stays as it is" in ran.err


def test_a_configuration_that_would_resolve_to_something_else_is_left_alone(folder, monkeypatch):
    (folder / "rbac.toml").write_text(f"{ROOT}\n\n")
    meanings = iter((["a"], ["b"]))
    monkeypatch.setattr(canonical_form, "_meanings", lambda *_: next(meanings))
    with pytest.raises(AssertionError, match="means something else"):
        run("fmt")
    assert (folder / "rbac.toml").read_text() == f"{ROOT}\n\n"


def test_a_configuration_that_does_not_resolve_is_written_all_the_same(folder):
    (folder / "teams/ops.toml").write_text('[teams.ops]\nmembers=["nobody"]\n')
    assert run("fmt").code == 0
    assert (folder / "teams/ops.toml").read_text() == '[teams.ops]\nmembers = ["nobody"]\n'


def test_a_configuration_larger_than_its_limit_does_not_stop_the_others(folder):
    (folder / "large/teams").mkdir(parents=True)
    (folder / "large/rbac.toml").write_text(f"{ROOT}\n[limits]\nmax_total = 1\n")
    (folder / "large/teams/ops.toml").write_text(MESSY)
    ran = run("fmt large .")
    assert (ran.code, ran.err) == (0, "")
    assert {"large/teams/ops.toml", "teams/ops.toml"} <= {*ran.out.splitlines()}


def test_every_account_of_a_configuration_means_the_same(folder):
    accounts = "".join(
        f'[accounts.{name}]\nwave = 1\nbackend.account = "{name}"\n' for name in ("dev", "a")
    )
    (folder / "rbac.toml").write_text(f"{accounts}{ROOT}")
    ran = run("fmt")
    assert (ran.code, ran.err) == (0, "")
    text = (folder / "rbac.toml").read_text()
    assert text.index("[accounts.a]") < text.index("[accounts.dev]")
    assert run("validate --account dev").code == 0


def test_mode_links_and_line_ends_stay(folder):
    real = folder / "real.toml"
    real.write_bytes(b"\xef\xbb\xbfb=1\r\na=1\r\n")
    real.chmod(0o640)
    (folder / "link.toml").symlink_to("real.toml")
    ran = run("fmt link.toml")
    assert (ran.code, ran.out) == (0, "link.toml\n")
    assert (folder / "link.toml").is_symlink()
    assert real.read_bytes() == b"a = 1\r\nb = 1\r\n"
    assert stat.S_IMODE(real.stat().st_mode) == 0o640
    assert not list(folder.glob("*.part"))


def test_a_file_that_somebody_else_wrote_meanwhile_is_left_alone(folder, monkeypatch):
    add = canonical_form.Formatting.add_configuration

    def add_and_write(formatting, *words):
        add(formatting, *words)
        (folder / "teams/ops.toml").write_text("[teams.other]\n")

    monkeypatch.setattr(canonical_form.Formatting, "add_configuration", add_and_write)
    ran = run("fmt")
    assert ran.code == 1
    assert "`teams/ops.toml` changed meanwhile, and stays as it is" in ran.err
    assert "run the command again" in ran.err
    assert (folder / "teams/ops.toml").read_text() == "[teams.other]\n"


def test_a_link_within_a_configuration_is_refused_as_everywhere(folder):
    (folder / "teams/more.toml").symlink_to("../pyproject.toml")
    ran = run("fmt")
    assert (ran.code, ran.out) == (1, "teams/ops.toml\n")
    assert "is a symbolic link" in ran.err


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everything")
def test_a_file_that_may_not_be_written_is_an_error(folder):
    (folder / "teams/ops.toml").chmod(0o444)
    ran = run("fmt")
    assert ran.code == 1
    assert "cannot write `teams/ops.toml`: permission denied" in ran.err
    assert "make it writable" in ran.err


@pytest.mark.parametrize(
    ("words", "code", "out"),
    [
        ("", 0, TIDY),
        ("--check", 1, "-\n"),
        ("--check --diff", 1, "-\n--- -\n+++ formatted\n@@ -1,3 +1,3 @@\n [teams.ops]\n"),
    ],
)
def test_standard_input_goes_to_standard_output(monkeypatch, words, code, out):
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(MESSY.encode())))
    ran = run(f"fmt - {words}")
    assert ran.code == code
    assert ran.out.startswith(out)


def test_a_real_process_formats_what_is_piped_into_it():
    command = [sys.executable, "-m", "rbac_sync", "fmt", "-"]
    given = b"\xef\xbb\xbf[a]\r\nb='c'\r\n"
    ran = subprocess.run(command, input=given, capture_output=True, check=False)
    assert (ran.returncode, ran.stdout) == (0, b'[a]\r\nb = "c"\r\n')
    ran = subprocess.run(command, input=b"[a", capture_output=True, check=False)
    assert (ran.returncode, ran.stdout) == (1, b"")
    assert b"RS001" in ran.stderr


def test_standard_input_stands_alone(folder):
    ran = run("fmt - teams")
    assert ran.code == 1
    assert "- stands alone" in ran.err


@pytest.mark.parametrize(
    ("option", "answer"),
    [
        ("-recursive", "note: `-recursive` changes nothing: a folder is searched"),
        ("-write=false", "`--check --diff` writes nothing"),
        ("-list=false", "what changes is always listed"),
    ],
)
def test_terraforms_options_are_answered(folder, option, answer):
    assert answer in run(f"fmt {option}").err
