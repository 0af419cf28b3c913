"""The backend of the page "Write a backend": installed, typed, under contract, and used."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib

import pytest

from .test_reference import DOCS

PAGE = (DOCS / "how-to" / "write-a-backend.md").read_text(encoding="utf-8")
FILES = dict(re.findall(r'```\w+ title="([^"]+)"\n(.*?)```', PAGE, re.DOTALL))
METADATA = "Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
CREATE = """
from rbac_sync import load
from rbac_sync.model import User

load(".").backend(None).create(User("olivia@example.org"))
"""
PROTOCOL = """
from json_rbac import JsonFileBackend
from rbac_sync.backends.interface import Backend

def backend(one: JsonFileBackend) -> Backend:
    return one
"""
FIXED = {"state", "edits", "company", "backend"}
"""The parts of the suite that follow from the others."""


@pytest.fixture
def package(tmp_path):
    """A folder with the files of the page, installed as their pyproject.toml says."""
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    project = tomllib.loads(FILES["pyproject.toml"])["project"]
    about = tmp_path / f"{project['name'].replace('-', '_')}-{project['version']}.dist-info"
    about.mkdir()
    (about / "METADATA").write_text(METADATA.format(**project))
    entries = "".join(
        f"[{group}]\n" + "".join(f"{name} = {value}\n" for name, value in entry.items())
        for group, entry in project["entry-points"].items()
    )
    (about / "entry_points.txt").write_text(entries)
    return tmp_path


def ran(package, *words):
    environment = {k: v for k, v in os.environ.items() if not k.startswith("RBAC_SYNC_")}
    return subprocess.run(
        [sys.executable, *words],
        cwd=package,
        env=environment | {"PYTHONPATH": str(package)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_it_keeps_the_contract(package):
    without = [word for name in ("cacheprovider", "schemathesis") for word in ("-p", f"no:{name}")]

    result = ran(package, "-m", "pytest", "-q", *without, "test_json_rbac.py")

    assert result.returncode == 0, result.stdout
    assert re.search(r"^\d\d+ passed, \d skipped in", result.stdout, re.MULTILINE), result.stdout


def test_it_is_a_backend_to_a_type_checker(package):
    (package / "protocol.py").write_text(PROTOCOL)
    words = ("-m", "mypy", "--strict", "--config-file=", "json_rbac.py", "protocol.py")

    result = ran(package, *words)

    assert result.returncode == 0, result.stdout


def test_it_is_planned_applied_and_verified_on_the_command_line(package):
    assert ran(package, "-c", CREATE).stderr == ""

    applied = ran(package, "-m", "rbac_sync", "apply", "--auto-approve")
    assert (applied.returncode, applied.stderr) == (0, "[1/1] create member.ana@example.org\n")
    assert "ana@example.org" in applied.stdout
    assert "No changes." in ran(package, "-m", "rbac_sync", "plan").stdout
    assert ran(package, "-m", "rbac_sync", "audit", "verify").returncode == 0


def test_the_page_names_every_part_of_the_suite_that_can_be_overridden():
    from rbac_sync.testing.fixtures import ContractFixtures

    rows = re.findall(r"^\| (`.*?) \|", PAGE.partition("| override |")[2], re.MULTILINE)
    names = re.findall(r"`(\w+)`", " ".join(rows))

    assert set(names) == {
        name
        for name in vars(ContractFixtures)
        if not name.startswith(("_", "test_", "pytest_")) and name not in FIXED
    }
