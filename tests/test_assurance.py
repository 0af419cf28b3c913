"""The page of proofs: each command that it names is one, and each number has its date."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys

import pytest

from .test_house import README, ROOT

PAGE = (ROOT / "docs" / "assurance.md").read_text(encoding="utf-8")
ROWS = [
    [cell.strip() for cell in line.strip("|").split(" | ")]
    for line in PAGE.splitlines()
    if line.startswith("| ") and not line.startswith("| claim ")
]
COMMANDS = sorted({command for row in ROWS for command in re.findall(r"`([^`]+)`", row[1])})


def test_there_are_commands():
    assert len(COMMANDS) > 5


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_can_be_run(command):
    """A run of tests collects some; a script is there, and its words are no mistake."""
    words = [word for word in shlex.split(command) if "=" not in word or word.startswith("-")]
    if words[0] != "pytest":
        script = ROOT / words[0]
        assert script.is_file()
        assert subprocess.run(["bash", "-n", script], check=False).returncode == 0
        return
    ran = subprocess.run(
        [sys.executable, "-m", *words, "--collect-only", "-q", "-p", "no:cacheprovider"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_each_row_that_was_measured_says_how_many_when_and_what_came_of_it():
    for row in ROWS:
        if len(row) == 5:
            assert re.fullmatch(r"\d{4}-\d\d-\d\d", row[4]), row
            assert re.search(r"\d", row[2]), row
            assert row[3], row


def test_the_page_is_linked_from_where_people_look():
    assert "(docs/assurance.md)" in README
    assert "(docs/assurance.md)" in (ROOT / "SECURITY.md").read_text(encoding="utf-8")
