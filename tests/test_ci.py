"""The workflows of ``examples/ci``, the action, and the project's own workflow."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import jq
import pytest
from ruamel.yaml import YAML

from rbac_sync.cli.starter_files import COMMIT, GITHUB, REPOSITORY
from rbac_sync.views.reports.markdown_check import is_own_report

from .cli.running import bare, run

HERE = Path(__file__).parents[1]
ACTION = HERE / "action.yml"
WORKFLOWS = sorted((HERE / "examples" / "ci" / "github").glob("*.yml"))
OWN = sorted((HERE / ".github" / "workflows").glob("*.yml"))
UPDATES = HERE / ".github" / "dependabot.yml"
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
        ("vendor.github-workflows", [*WORKFLOWS, *OWN]),
        ("vendor.github-actions", [ACTION]),
        ("vendor.gitlab-ci", [GITLAB]),
        ("vendor.dependabot", [UPDATES]),
    ],
)
def test_what_a_forge_reads_has_the_shape_it_wants(schema, files):
    code, said = told("check-jsonschema", "--builtin-schema", schema, *map(str, files))
    assert code == 0, said


def test_an_auditor_of_workflows_finds_nothing(tmp_path):
    folder = tmp_path / ".github" / "workflows"
    folder.mkdir(parents=True)
    for path in [*WORKFLOWS, *OWN]:
        shutil.copy(path, folder)
    shutil.copy(ACTION, tmp_path)
    shutil.copy(UPDATES, folder.parent)
    code, said = told("zizmor", "--offline", "--no-progress", str(tmp_path))
    assert code == 0, said


@pytest.mark.parametrize("path", [*WORKFLOWS, *OWN, ACTION], ids=lambda path: path.stem)
def test_every_action_is_pinned_to_a_commit(path):
    used = re.findall(r"uses: (.+)", path.read_text())
    assert used
    assert [each for each in used if not PINNED.fullmatch(each)] == []


def test_every_action_is_of_one_version_everywhere():
    texts = [path.read_text() for path in (*WORKFLOWS, *OWN, ACTION)]
    pinned = {tuple(used.split("@")) for text in texts for used in re.findall(r"uses: (.+)", text)}
    assert sorted(name for name, _ in pinned) == sorted({name for name, _ in pinned})


def test_newer_versions_of_every_pinned_action_are_proposed():
    (updates,) = YAML(typ="safe").load(UPDATES)["updates"]
    root, examples = updates["directories"]
    assert root == "/"  # the action, and the folder .github/workflows
    assert {path.parent for path in WORKFLOWS} == {HERE / examples.strip("/")}


@each_workflow
def test_no_workflow_may_more_than_it_says(workflow):
    written = YAML(typ="safe").load(workflow)
    assert "permissions" in written
    granted = [
        written["permissions"],
        *(j.get("permissions", {}) for j in written["jobs"].values()),
    ]
    writes = {name for each in granted for name, how in each.items() if how == "write"}
    allowed = {"apply": {"id-token"}, "comment": {"pull-requests"}, "drift": {"issues"}}
    assert writes == allowed.get(workflow.stem, set())


def test_a_pull_request_is_planned_without_a_secret():
    (plan,) = (path for path in WORKFLOWS if path.stem == "plan")
    assert "secrets." not in plan.read_text()
    assert "pull_request:" in plan.read_text()
    assert "pull_request_target" not in "".join(path.read_text() for path in WORKFLOWS)


def jobs_of_gitlab():
    """Return the jobs of GitLab's file with what they extend, by name."""
    written = YAML(typ="safe").load(GITLAB)
    found = {}
    for name, job in written.items():
        if isinstance(job, dict) and "script" in job:
            bases = job.get("extends", [])
            bases = [bases] if isinstance(bases, str) else bases
            found[name] = {key: text for base in bases for key, text in written[base].items()} | job
    return found


def of_merge_requests(job):
    return any("merge_request_event" in rule["if"] for rule in job["rules"])


def test_a_merge_request_on_gitlab_gets_no_key_and_asks_for_none():
    jobs = jobs_of_gitlab()
    assert {name for name, job in jobs.items() if of_merge_requests(job)} == {"validate", "review"}
    for name in ("validate", "review"):
        job = jobs[name]
        assert "environment" not in job
        assert "id_tokens" not in job
        asked = [line for line in job["script"] if line.startswith("rbac-sync plan")]
        assert all("--live live.snapshot" in line for line in asked)
        assert "TOKEN" not in " ".join(job["script"]).replace("CI_JOB_TOKEN", "").replace(
            "JOB-TOKEN", ""
        )
    for name in ("plan", "apply", "drift"):
        assert "environment" in jobs[name]
        assert "$CI_DEFAULT_BRANCH" in jobs[name]["rules"][0]["if"]
    assert "*protected*" in GITLAB.read_text()


@pytest.fixture
def started(tmp_path):
    """Return what starts the last step of the action as a runner would."""
    script = YAML(typ="safe").load(ACTION)["runs"]["steps"][-1]["run"]
    ours = tmp_path / "rbac-sync" / "bin"
    ours.mkdir(parents=True)
    (ours / "rbac-sync").symlink_to(TOOLS / "rbac-sync")

    def start(command, **inputs):
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
        # Whoever runs the tests may ignore interrupts, and a shell cannot trap what is ignored.
        return subprocess.Popen(
            ["env", "--default-signal=INT", "bash", "-e", "-o", "pipefail", "-c", script],
            env=environment,
            cwd=tmp_path,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    return start


@pytest.fixture
def step(started, tmp_path):
    """Return what runs that step: its exit code, its output and what it says."""

    def ran(command, **inputs):
        with started(command, **inputs) as process:
            said, _ = process.communicate()
        return process.returncode, (tmp_path / "output").read_text(), said

    return ran


def program(tmp_path, text):
    """Put *text*, a program, in the place of rbac-sync."""
    fake = tmp_path / "rbac-sync" / "bin" / "rbac-sync"
    fake.unlink()
    fake.write_text(text)
    fake.chmod(0o755)


ENDS_AT_SECOND = f"""#!{sys.executable}
import os, signal

def stop(number, frame):
    signal.signal(signal.SIGTERM, lambda number, frame: os._exit(6))
    os.write(1, b"stopping\\n")

signal.signal(signal.SIGTERM, stop)
print("begun", flush=True)
while True:
    signal.pause()
"""


def test_a_job_that_is_cancelled_tells_the_run_and_waits_for_its_end(started, tmp_path):
    program(tmp_path, ENDS_AT_SECOND)
    with started("apply access.plan") as process:
        assert process.stdout.readline() == "begun\n"
        process.send_signal(signal.SIGINT)
        assert process.stdout.readline() == "stopping\n"
        process.send_signal(signal.SIGTERM)
    assert process.returncode == 6
    assert (tmp_path / "output").read_text() == "exit-code=6\n"


def test_the_action_runs_the_command_and_hands_on_its_exit_code(step):
    code, output, said = step("permissions read:flow --world prefect-cloud-1")
    assert (code, output) == (0, "exit-code=0\n")
    assert "read:flow" in said
    assert step("validate")[:2] == (1, "exit-code=1\n")


def test_the_action_accepts_the_exit_codes_it_is_told_to(step):
    assert step("validate", ACCEPT="2 1")[:2] == (0, "exit-code=1\n")
    assert step("validate", ACCEPT="2")[:2] == (1, "exit-code=1\n")


def test_the_action_installs_the_same_once_in_a_job(tmp_path):
    (script,) = (
        step["run"]
        for step in YAML(typ="safe").load(ACTION)["runs"]["steps"]
        if step.get("name") == "Install rbac-sync"
    )
    installer = tmp_path / "python3"
    installer.write_text(
        """#!/bin/sh
mkdir -p "$4/bin"
cat > "$4/bin/pip" <<'END'
#!/bin/sh
echo "$3" >> "$RUNNER_TEMP/installed"
cat "$PIP_CONSTRAINT" > "$RUNNER_TEMP/tested"
cmp "$PIP_CONSTRAINT" "$PIP_BUILD_CONSTRAINT"
END
chmod +x "$4/bin/pip"
"""
    )
    installer.chmod(0o755)
    for extras in ("postgres", "postgres", "oidc,postgres", ""):
        environment = {
            "PATH": f"{tmp_path}:{os.environ['PATH']}",
            "RUNNER_TEMP": str(tmp_path),
            "SOURCE": str(HERE),
            "EXTRAS": extras,
        }
        subprocess.run(["bash", "-e", "-o", "pipefail", "-c", script], env=environment, check=True)

    assert (tmp_path / "installed").read_text().splitlines() == [
        f"{HERE}[postgres]",
        f"{HERE}[oidc,postgres]",
        f"{HERE}",
    ]
    tested = (tmp_path / "tested").read_text().splitlines()
    locked = (HERE / "requirements.lock").read_text().splitlines()
    assert tested == [line.removesuffix(" \\") for line in locked if line[0] not in " #"]
    assert len(tested) > 20


INSTALLED = re.compile(
    rf"""git clone --quiet {GITHUB}{REPOSITORY} (\S+)
 +(?:- )?git -C \1 checkout --quiet {COMMIT} # v\S+
 +(?:- )?\1/scripts/install (?:\1/)?.venv (?:oidc,)?postgres
"""
)


@pytest.mark.parametrize(
    "path",
    [GITLAB, *(HERE / "docs" / "how-to" / f"{name}.md" for name in ("azure-devops", "jenkins"))],
    ids=lambda path: path.stem,
)
def test_other_forges_install_a_commit_in_the_versions_that_were_tested_with_it(path):
    text = path.read_text()
    assert INSTALLED.search(text)
    assert "pip install" not in text


def test_a_command_that_cannot_be_split_ends_the_step(step):
    assert step('validate --reason "it', ACCEPT="1")[:2] == (1, "")


def test_without_the_permission_for_a_token_the_step_names_it(step):
    code, output, said = step("validate", AUDIENCE="rbac-sync")
    assert (code, output) == (1, "")
    assert "_REQUEST_URL: is not set: the job needs the permission id-token: write\n" in said


def test_nothing_in_a_command_is_run_by_a_shell(step, tmp_path):
    assert step("validate $(touch run) `touch run` ; touch run")[0] == 1
    assert not (tmp_path / "run").exists()


def test_nothing_in_the_folder_of_a_job_is_run(step, tmp_path):
    for name in ("os", "shlex", "json", "venv", "sitecustomize"):
        (tmp_path / f"{name}.py").write_text("open('run', 'w')\n")
    assert step("permissions read:flow --world prefect-cloud-1")[0] == 0
    assert not (tmp_path / "run").exists()
    text = ACTION.read_text() + (HERE / "scripts" / "install").read_text()
    assert len(re.findall(r"python3? -I -[mc] ", text)) == 3
    assert not re.search(r"python3? -[^I]", text)


def test_words_in_quotes_stay_together(step):
    code, _, said = step("permissions 'read flow' --world prefect-cloud-1")
    assert code == 0
    assert "read:flow" in said
    assert "`no\nsuch`" in step("'no\nsuch'")[2]


def test_the_action_hands_on_where_the_journal_is(step, tmp_path):
    program(tmp_path, "#!/bin/sh\nenv | grep '^RBAC_SYNC_[JS]' | sort || true\n")
    assert step("x")[2] == ""
    assert step("x", RBAC_SYNC_JOURNAL_URL="of the job")[2] == "RBAC_SYNC_JOURNAL_URL=of the job\n"
    given = {"JOURNAL_URL": "sqlite:///j.db", "STATE_DIR": "state"}
    assert step("x", **given)[2].splitlines() == [
        "RBAC_SYNC_JOURNAL_URL=sqlite:///j.db",
        "RBAC_SYNC_STATE_DIR=state",
    ]


def test_the_examples_keep_the_journal_from_job_to_job():
    steps = YAML(typ="safe").load(of("apply"))["jobs"]["apply"]["steps"]
    (applied,) = (s["with"] for s in steps if s.get("name") == "Apply")
    assert applied["journal-url"] == "${{ secrets.RBAC_SYNC_JOURNAL_URL }}"
    kept = [s for s in steps if s.get("uses", "").startswith("actions/cache/")]
    assert {s["with"]["path"] for s in kept} == {applied["state-dir"]}
    assert [s.get("if") for s in kept] == [None, "always()"]
    job = jobs_of_gitlab()["apply"]
    assert job["variables"]["RBAC_SYNC_STATE_DIR"] == f"$CI_PROJECT_DIR/{job['cache']['paths'][0]}"
    assert job["cache"]["when"] == "always"


def test_what_a_fork_left_is_not_where_anything_is_run():
    written = YAML(typ="safe").load(of("comment"))
    (job,) = written["jobs"].values()
    assert written["concurrency"]["cancel-in-progress"] is False
    fetched, found, shown = job["steps"]
    assert fetched["with"]["path"] == "left"
    assert fetched["continue-on-error"] is True
    assert found["if"] == "hashFiles('left/plan.md') != ''"
    assert shown["if"] == f"steps.{found['id']}.outputs.number"


ACCOUNTS = re.compile(r"\$ACCOUNTS\b|\$\{\{ env\.ACCOUNTS \}\}")
"""What stands in the commands of both forges for the word that means all accounts."""


def of_one(command):
    return ACCOUNTS.sub("", command)


def commands(workflow, form=of_one):
    """Return what a workflow runs, in order: in a repository of one account, or as *form* says."""
    jobs = YAML(typ="safe").load(workflow)["jobs"].values()
    steps = (step for job in jobs for step in job["steps"])
    return [form(step["with"]["command"]) for step in steps if "command" in step.get("with", {})]


def git(folder, *words):
    who = ("-c", "user.name=ana", "-c", "user.email=ana@acme.example")
    subprocess.run(["git", "-C", folder, *who, *words], check=True, capture_output=True)


@pytest.mark.parametrize("inside", ["access", "."])
@pytest.mark.parametrize("changed", ["access/roles.toml", "other", None])
def test_a_run_of_a_commit_that_main_has_left_plans_nothing(tmp_path, inside, changed):
    jobs = YAML(typ="safe").load(of("apply"))["jobs"]
    steps, later = jobs["plan"]["steps"], jobs["apply"]["steps"]
    (check,) = (s for s in steps if s.get("name", "").startswith("Stop if the main branch"))
    assert steps.index(check) < [s.get("id") for s in steps].index("plan")
    (main,) = (s["with"] for s in steps if "ref" in s.get("with", {}))
    assert main["ref"] == "main"
    assert later[:3] == steps[:3]  # that job alone may be started again
    git(".", "init", "-q", "-b", "main", str(tmp_path))
    (tmp_path / "access").mkdir()
    (tmp_path / "access" / "roles.toml").write_text("")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-m", "one")
    newest = tmp_path / main["path"]
    git(".", "clone", "-q", str(tmp_path), str(newest))
    if changed:
        (newest / changed).write_text("# two")
        git(newest, "add", ".")
        git(newest, "commit", "-m", "two")

    ran = subprocess.run(
        ["bash", "-e", "-c", check["run"]],
        cwd=tmp_path,
        env={**os.environ, "FOLDER": inside},
        capture_output=True,
        text=True,
        check=False,
    )

    stops = changed is not None and (inside == "." or changed.startswith(inside))
    assert (ran.returncode == 1) is stops, ran.stderr
    assert ran.stdout.startswith("::error::main has newer access, ") is stops
    assert not newest.exists()


@pytest.mark.parametrize("inside", ["access", "."])
@pytest.mark.parametrize("changed", ["access/roles.toml", "other", None])
def test_a_job_of_a_commit_that_main_has_left_ends_at_once_on_gitlab(tmp_path, inside, changed):
    check, *_ = jobs_of_gitlab()["plan"]["script"]
    assert jobs_of_gitlab()["apply"]["script"][0] == check
    upstream, clone = tmp_path / "upstream", tmp_path / "clone"
    (upstream / "access").mkdir(parents=True)
    (upstream / "access" / "roles.toml").write_text("")
    git(".", "init", "-q", "-b", "main", str(upstream))
    git(upstream, "add", ".")
    git(upstream, "commit", "-m", "one")
    git(".", "clone", "-q", "--depth", "1", upstream.as_uri(), str(clone))
    git(clone, "checkout", "-q", "--detach")
    if changed:
        (upstream / changed).write_text("# two")
        git(upstream, "add", ".")
        git(upstream, "commit", "-m", "two")

    ran = subprocess.run(
        ["bash", "-ec", check],
        cwd=clone,
        env={**os.environ, "CI_DEFAULT_BRANCH": "main", "RBAC_SYNC_CONFIG": inside},
        capture_output=True,
        text=True,
        check=False,
    )

    stops = changed is not None and (inside == "." or changed.startswith(inside))
    assert (ran.returncode == 1) is stops, ran.stderr
    assert ran.stderr.startswith("main has newer access, ") is stops


def test_a_merge_request_without_a_snapshot_says_what_leaves_one(tmp_path):
    fetch, *_ = jobs_of_gitlab()["review"]["script"]
    known = {"SNAPSHOT": "http://127.0.0.1:9/live.tar", "CI_DEFAULT_BRANCH": "main"}
    ran = subprocess.run(
        ["bash", "-ec", fetch],
        cwd=tmp_path,
        env={**os.environ, **known, "CI_JOB_TOKEN": "token"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 1
    said = ran.stderr.splitlines()[-1]
    assert said == "there is no snapshot yet: run the pipeline schedule of main once"


def contents(folder):
    return {path: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


@pytest.fixture(scope="module")
def applied(tmp_path_factory):
    """A folder with an example as `access/`, applied once, and its owner's key; not to change."""
    folder = tmp_path_factory.mktemp("applied")
    shutil.copytree(HERE / "examples" / "prefect-cloud-company", folder / "access")
    with pytest.MonkeyPatch.context() as here:
        bare(here)
        here.chdir(folder)
        here.setenv("RBAC_SYNC_CONFIG", "access")
        owner = "--owner ana.ruiz@halden.example --world prefect-cloud --account halden-freight"
        key = run(f"store init {owner}").out.strip()
        here.setenv("RBAC_SYNC_API_KEY", key)
        assert run("apply --auto-approve --keys-out keys.json").code == 0
    return folder, key


@pytest.fixture
def clone(applied, tmp_path, monkeypatch):
    """A copy of the applied example, as a runner finds it: the current folder."""
    folder, key = applied
    shutil.copytree(folder, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    bare(monkeypatch)
    monkeypatch.setenv("RBAC_SYNC_CONFIG", "access")
    monkeypatch.setenv("RBAC_SYNC_API_KEY", key)
    return tmp_path


def of(name):
    return next(path for path in WORKFLOWS if path.stem == name)


def test_the_workflows_plan_approve_apply_and_leave_a_snapshot(clone, monkeypatch):
    plan, apply, snapshot = commands(of("apply"))
    prod = clone / "access" / "workspaces" / "prod.toml"
    prod.write_text(re.sub(r'name += "[^"]+"', 'name = "Renamed"', prod.read_text(), count=1))
    assert run(plan).code == 2
    assert (clone / "plan.md").read_text().count("Plan: ") == 1
    assert run(apply).code == 0
    assert run(snapshot).code == 0
    assert run(plan).code == 0

    monkeypatch.delenv("RBAC_SYNC_API_KEY")
    (clone / "access" / "rbac.db").unlink()
    before = contents(clone / "access")
    (asked,) = commands(of("plan"))
    ran = run(asked)
    assert (ran.code, ran.err) == (0, "")
    assert "No changes." in (clone / "plan.md").read_text()
    assert (clone / "plan.sarif").exists()
    assert contents(clone / "access") == before


def test_gitlabs_jobs_plan_apply_and_leave_a_snapshot_for_merge_requests(clone, monkeypatch):
    jobs = jobs_of_gitlab()

    def ran(name):
        asked = [line for line in jobs[name]["script"] if line.startswith("rbac-sync ")]
        return [run(of_one(line.removeprefix("rbac-sync "))).code for line in asked]

    assert [ran(name) for name in ("validate", "plan", "apply", "drift")] == [
        [0, 0],
        [0],
        [0, 0],
        [0, 0],
    ]
    monkeypatch.delenv("RBAC_SYNC_API_KEY")
    (clone / "access" / "rbac.db").unlink()
    assert [ran("validate"), ran("review")] == [[0, 0], [0]]
    assert "No changes." in (clone / "plan.md").read_text()


def test_a_pull_request_that_asks_for_too_much_is_refused_where_it_says_so(clone, monkeypatch):
    assert run(commands(of("apply"))[2]).code == 0
    monkeypatch.delenv("RBAC_SYNC_API_KEY")
    (clone / "access" / "rbac.db").unlink()
    people = clone / "access" / "people.toml"
    people.write_text(people.read_text().replace('"claire"]', '"claire", "new@halden.example"]', 1))
    (asked,) = commands(of("plan"))
    ran = run(asked)
    assert ran.code == 3
    assert ",file=access/people.toml,line=" in ran.out
    assert "Refused by the guard" in (clone / "plan.md").read_text()


def test_a_pull_request_is_planned_where_every_apply_needs_an_author(clone, monkeypatch):
    settings = clone / "access" / "rbac.toml"
    written = settings.read_text().replace("[guard]\n", "[guard]\nrequire_author = true\n", 1)
    settings.write_text(written)
    assert run(commands(of("apply"))[2]).code == 0
    assert run("apply --auto-approve").code == 3
    monkeypatch.delenv("RBAC_SYNC_API_KEY")
    (asked,) = commands(of("plan"))
    assert run(asked).code == 0


def test_the_drift_workflow_reports_what_it_finds(clone):
    snapshot, asked = commands(of("drift"))
    assert [run(snapshot).code, run(asked).code] == [0, 0]
    people = clone / "access" / "workspaces" / "prod.toml"
    people.write_text(
        people.read_text().replace('default_role = "viewer"', 'default_role = "none"')
    )
    assert run(asked).code == 2
    assert "Drift: 1 thing differs" in (clone / "drift.md").read_text()


def of_all(command):
    """Return *command* as a repository of several accounts has it; an owner stands for the bot."""
    everywhere = ACCOUNTS.sub("--all", command)
    return everywhere.replace("sa:rbac-deployer", "ana").removeprefix("rbac-sync ")


@pytest.fixture
def several(tmp_path, monkeypatch):
    """Lay out the example of three accounts as `access/`, in an empty store."""
    shutil.copytree(HERE / "examples" / "three-accounts", tmp_path / "access")
    monkeypatch.chdir(tmp_path)
    bare(monkeypatch)
    monkeypatch.setenv("RBAC_SYNC_CONFIG", "access")
    founder = "--owner ana.ruiz@halden.example --world prefect-cloud"
    for name, handle in (("DEV", "halden-dev"), ("STAGE", "halden-stage"), ("PROD", "halden")):
        key = run(f"store init {founder} --account {handle}").out.strip()
        monkeypatch.setenv(f"{name}_API_KEY", key)
    return tmp_path


def test_the_workflows_run_for_several_accounts(several):
    plan, apply, snapshot = commands(of("apply"), of_all)
    _, asked = commands(of("drift"), of_all)
    (reviewed,) = commands(of("plan"), of_all)
    assert [run(asked).code, run(plan).code] == [2, 2]
    assert is_own_report((several / "plan.md").read_text())
    assert [run(apply).code, run(snapshot).code, run(asked).code] == [0, 0, 0]
    ran = run(reviewed)
    assert (ran.code, (several / "plan.md").read_text().count("No changes.")) == (0, 6)
    assert (several / "plan.stage.html").exists()


def test_gitlabs_jobs_run_for_several_accounts(several):
    jobs = jobs_of_gitlab()
    for name in ("validate", "plan", "apply", "review", "drift"):
        lines = [line for line in jobs[name]["script"] if line.startswith("rbac-sync ")]
        assert {run(of_all(line)).code for line in lines} == {0}, name
    widget = json.loads((several / "tfplan.json").read_text())
    assert (widget["create"], widget["errored"]) == (0, False)


def test_what_is_planned_or_differs_is_on_the_page_of_the_run():
    for name, file in (("plan", "plan.md"), ("apply", "plan.md"), ("drift", "drift.md")):
        jobs = YAML(typ="safe").load(of(name))["jobs"].values()
        shown = [step for job in jobs for step in job["steps"] if "SUMMARY" in step.get("run", "")]
        assert [(step["if"], step["run"]) for step in shown] == [
            (f"always() && hashFiles('{file}') != ''", f'cat {file} >> "$GITHUB_STEP_SUMMARY"')
        ], name


def test_a_plan_can_be_a_required_check():
    triggers = YAML(typ="safe").load(of("plan"))["on"]
    assert triggers == {"pull_request": None, "merge_group": None}


def test_the_snapshot_of_the_morning_does_not_wait_for_the_search_for_drift():
    steps = YAML(typ="safe").load(of("drift"))["jobs"]["drift"]["steps"]
    left = [step.get("with", {}).get("name") for step in steps].index("access-snapshot")
    assert left < [step.get("id") for step in steps].index("drift")


def test_a_snapshot_is_left_after_every_merge_and_every_morning():
    for name in ("apply", "drift"):
        jobs = YAML(typ="safe").load(of(name))["jobs"].values()
        kept = [
            step["with"]["name"]
            for job in jobs
            for step in job["steps"]
            if "upload-artifact" in step.get("uses", "")
        ]
        assert "access-snapshot" in kept
    snapshot = YAML(typ="safe").load(of("apply"))["jobs"]["snapshot"]
    assert snapshot["if"] == "!cancelled() && needs.plan.result == 'success'"


def latest(artifacts):
    """Return what the workflow's own jq program picks of the *artifacts* that GitHub lists."""
    (program,) = re.findall(r"--jq '(\[\.artifacts.*?)'\)", of("plan").read_text(), re.DOTALL)
    return jq.compile(program).input_value({"artifacts": artifacts}).all()


def artifact(run, created, *, branch="main", repository=1, expired=False):
    where = {"id": run, "head_branch": branch, "head_repository_id": repository}
    return {
        "created_at": created,
        "expired": expired,
        "workflow_run": {**where, "repository_id": 1},
    }


def test_a_pull_request_is_planned_against_the_newest_snapshot_of_the_main_branch():
    ours = [artifact(1, "2026-11-01"), artifact(2, "2026-11-03"), artifact(3, "2026-11-02")]
    theirs = [
        artifact(4, "2026-12-01", repository=2),
        artifact(5, "2026-12-02", branch="mine"),
        artifact(6, "2026-12-03", expired=True),
    ]
    assert latest([*ours, *theirs]) == [2]
    assert latest(theirs) == []
    assert latest([]) == []


def test_every_workflow_that_asks_the_account_knows_the_databases_of_store_and_journal():
    for name in ("apply", "drift"):
        for job in YAML(typ="safe").load(of(name))["jobs"].values():
            for step in job["steps"]:
                if "RBAC_SYNC_API_KEY" in step.get("env", {}):
                    assert step["env"]["RBAC_SYNC_URL"] == "${{ secrets.RBAC_SYNC_URL }}"
                    assert step["with"]["journal-url"] == "${{ secrets.RBAC_SYNC_JOURNAL_URL }}"
                    assert "postgres" in step["with"]["extras"]


def test_the_secrets_of_new_keys_leave_the_job_encrypted():
    steps = YAML(typ="safe").load(of("apply"))["jobs"]["apply"]["steps"]
    kept = [s["with"]["path"] for s in steps if "upload-artifact" in s.get("uses", "")]
    assert kept == ["new-keys*.json.gpg"]
    assert jobs_of_gitlab()["apply"]["artifacts"]["paths"] == kept


@pytest.fixture
def gpg(monkeypatch):
    """Return a function that runs the words of gpg; it has no keys to begin with.

    *Why* below `/tmp`: gpg's sockets lie in its folder, and the path of a socket is short.
    """
    home = tempfile.mkdtemp(prefix="gpg", dir="/tmp")
    monkeypatch.setenv("GNUPGHOME", home)
    if not (program := shutil.which("gpg")):
        pytest.skip("gpg is not installed")
    yield (
        lambda *words: (
            subprocess.run(
                [program, "--batch", "--passphrase", "", *words], capture_output=True, check=True
            ).stdout
        )
    )
    subprocess.run(["gpgconf", "--kill", "all"], check=False)
    shutil.rmtree(home, ignore_errors=True)  # the agent, as it ends, removes its sockets, too


def trial():
    """Return the shell line that both examples try the public key with."""
    steps = YAML(typ="safe").load(of("apply"))["jobs"]["apply"]["steps"]
    (line,) = (s["run"] for s in steps if s.get("name", "").startswith("Check the public key"))
    assert line in jobs_of_gitlab()["apply"]["script"]
    return line


@pytest.mark.parametrize(
    ("how", "is_fit"),
    [
        (["default", "default", "1y"], True),
        (["ed25519", "sign", "1y"], False),
        (["default", "default", "1d", "--faked-system-time", "20200101T000000"], False),
    ],
    ids=["that can be encrypted to", "that only signs", "that has ended"],
)
def test_a_public_key_is_tried_before_a_key_is_made(gpg, tmp_path, how, is_fit):
    algorithm, usage, end, *clock = how
    gpg(*clock, "--quick-generate-key", "you@your-org.example", algorithm, usage, end)
    (tmp_path / "access").mkdir()
    recipient = gpg("--armor", "--export", "you@your-org.example")
    (tmp_path / "access" / "keys-recipient.asc").write_bytes(recipient)

    tried = subprocess.run(["bash", "-ec", trial()], cwd=tmp_path, capture_output=True, check=False)

    assert (tried.returncode == 0) is is_fit, tried.stderr
