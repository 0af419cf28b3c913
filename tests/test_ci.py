"""The workflows of ``examples/ci`` and the action: as the forges read them, and run."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from ruamel.yaml import YAML

HERE = Path(__file__).parents[1]
ACTION = HERE / "action.yml"
WORKFLOWS = sorted((HERE / "examples" / "ci" / "github").glob("*.yml"))
GITLAB = HERE / "examples" / "ci" / "gitlab" / "gitlab-ci.yml"
PINNED = re.compile(r"[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+")
TOOLS = Path(sys.executable).parent

each_workflow = pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.stem)


def told(*words, **options):
    """Run a tool that stands beside this Python; return its exit code with all that it said."""
    ran = subprocess.run(
        [TOOLS / words[0], *words[1:]], capture_output=True, text=True, check=False, **options
    )
    return ran.returncode, ran.stdout + ran.stderr


@pytest.mark.parametrize(
    ("schema", "files"),
    [
        ("vendor.github-workflows", WORKFLOWS),
        ("vendor.github-actions", [ACTION]),
        ("vendor.gitlab-ci", [GITLAB]),
    ],
)
def test_what_a_forge_reads_has_the_shape_it_wants(schema, files):
    code, said = told("check-jsonschema", "--builtin-schema", schema, *map(str, files))
    assert code == 0, said


def test_an_auditor_of_workflows_finds_nothing(tmp_path):
    folder = tmp_path / ".github" / "workflows"
    folder.mkdir(parents=True)
    for path in WORKFLOWS:
        shutil.copy(path, folder)
    shutil.copy(ACTION, tmp_path)
    code, said = told("zizmor", "--offline", "--no-progress", str(tmp_path))
    assert code == 0, said


@pytest.mark.parametrize("path", [*WORKFLOWS, ACTION], ids=lambda path: path.stem)
def test_every_action_is_pinned_to_a_commit(path):
    used = re.findall(r"uses: (.+)", path.read_text())
    assert used
    assert [each for each in used if not PINNED.fullmatch(each)] == []


@each_workflow
def test_no_workflow_may_more_than_it_says(workflow):
    written = YAML(typ="safe").load(workflow)
    assert "permissions" in written
    granted = [
        written["permissions"],
        *(j.get("permissions", {}) for j in written["jobs"].values()),
    ]
    writes = {name for each in granted for name, how in each.items() if how == "write"}
    allowed = {"plan": set(), "apply": {"id-token"}, "drift": {"issues"}}
    assert writes == allowed.get(workflow.stem, {"pull-requests"})


def test_a_pull_request_is_planned_without_a_secret():
    (plan,) = (path for path in WORKFLOWS if path.stem == "plan")
    assert "secrets." not in plan.read_text()
    assert "pull_request:" in plan.read_text()
    assert "pull_request_target" not in "".join(path.read_text() for path in WORKFLOWS)


@pytest.fixture
def step(tmp_path):
    """Return what runs the last step of the action as a runner would: its exit code and output."""
    script = YAML(typ="safe").load(ACTION)["runs"]["steps"][-1]["run"]
    ours = tmp_path / "rbac-sync" / "bin"
    ours.mkdir(parents=True)
    (ours / "rbac-sync").symlink_to(TOOLS / "rbac-sync")

    def ran(command, **inputs):
        output = tmp_path / "output"
        output.write_text("")
        environment = {
            "PATH": f"{TOOLS}:{os.environ['PATH']}",
            "RUNNER_TEMP": str(tmp_path),
            "GITHUB_OUTPUT": str(output),
            "COMMAND": command,
            "ACCEPT": "",
            "AUDIENCE": "",
            "RBAC_SYNC_CONFIG": str(tmp_path),
            **inputs,
        }
        run = subprocess.run(
            ["bash", "-e", "-o", "pipefail", "-c", script],
            env=environment,
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
        return run.returncode, output.read_text(), run.stdout

    return ran


def test_the_action_runs_the_command_and_hands_on_its_exit_code(step):
    code, output, said = step("permissions read:flow --world prefect-cloud-1")
    assert (code, output) == (0, "exit-code=0\n")
    assert "read:flow" in said
    assert step("validate")[:2] == (1, "exit-code=1\n")


def test_the_action_accepts_the_exit_codes_it_is_told_to(step):
    assert step("validate", ACCEPT="2 1")[:2] == (0, "exit-code=1\n")
    assert step("validate", ACCEPT="2")[:2] == (1, "exit-code=1\n")


def test_nothing_in_a_command_is_run_by_a_shell(step, tmp_path):
    assert step("validate $(touch run) `touch run` ; touch run")[0] == 1
    assert not (tmp_path / "run").exists()


def test_words_in_quotes_stay_together(step):
    code, _, said = step("permissions 'read flow' --world prefect-cloud-1")
    assert code == 0
    assert "read:flow" in said
