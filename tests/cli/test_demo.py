"""The demo, as somebody sees it who has just installed the program."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest


@pytest.fixture(scope="module")
def shown(tmp_path_factory):
    """What the demo prints, run in an empty folder with the environment of a stranger."""
    folder = tmp_path_factory.mktemp("demo")
    strange = {"RBAC_SYNC_API_KEY": "pnu_mine", "RBAC_SYNC_URL": "sqlite:////nowhere/x.db"}
    temporary = folder / "tmp"
    temporary.mkdir()
    ran = subprocess.run(
        [sys.executable, "-m", "rbac_sync", "demo"],
        cwd=folder,
        env={**os.environ, **strange, "TMPDIR": str(temporary)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    assert list(temporary.iterdir()) == []
    assert list(folder.iterdir()) == [temporary]
    return ran.stdout


def test_the_demo_shows_the_whole_job(shown):
    steps = [line for line in shown.splitlines() if line.startswith("$ rbac-sync ")]
    assert [step.split()[2] for step in steps] == [
        "store",
        "plan",
        "apply",
        "plan",
        "audit",
        "audit",
        "drift",
        "apply",
        "plan",
    ]


def test_the_demo_refuses_an_escalation_with_a_caret_under_its_cause(shown):
    lines = shown.splitlines()
    error = next(i for i, line in enumerate(lines) if line.startswith("error[ESCALATION]: "))
    assert lines[error + 1] == " --> workspaces/prod.toml:6:27"
    assert lines[error + 3] == '6 | owner = ["team:platform", "vera"]'
    assert lines[error + 4] == "  |                           ^^^^^^"
    assert "Refused by the guard: CAPABILITY, ESCALATION. Nothing was changed." in lines


def test_the_demo_applies_sees_drift_and_ends_where_it_should(shown):
    lines = shown.splitlines()
    assert "Apply complete! Resources: 58 added, 0 changed, 0 destroyed." in lines
    assert "The audit trail is whole: 60 rows." in lines
    assert "# workspace.prod/access/zoe.adams@acme.example is live, but not declared" in lines
    assert "Apply complete! Resources: 0 added, 0 changed, 1 destroyed." in lines
    assert "No changes. Your infrastructure matches the configuration." in lines


def test_the_demo_shows_no_secret(shown):
    assert not re.search(r"pn[ub]_\w{36}", shown)
