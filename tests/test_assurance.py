"""The page of proofs: each command that it names is one, and each number has its date."""

from __future__ import annotations

import re
import shlex
import subprocess

import pytest

from .postgres import DATABASES
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
    """Its files are there, a script is whole, and each alternative of `-k` names a test."""
    words = shlex.split(command)
    files = [ROOT / word for word in words if "/" in word]
    assert all(file.is_file() for file in files), command
    if words[0] != "pytest":
        assert subprocess.run(["bash", "-n", *files], check=False).returncode == 0
    if "-k" in words:
        tests = "".join(file.read_text(encoding="utf-8") for file in files)
        for part in words[words.index("-k") + 1].split(" or "):
            assert part in DATABASES or re.search(rf"def test_\w*{part}", tests), part


def test_each_row_that_was_measured_says_how_many_when_and_what_came_of_it():
    for row in ROWS:
        if len(row) == 5:
            assert re.fullmatch(r"\d{4}-\d\d-\d\d", row[4]), row
            assert re.search(r"\d", row[2]), row
            assert row[3], row


def test_the_page_is_linked_from_where_people_look():
    assert "(docs/assurance.md)" in README
    assert "(docs/assurance.md)" in (ROOT / "SECURITY.md").read_text(encoding="utf-8")
