"""What is live: ``show`` and ``pull``."""

from __future__ import annotations

import json
import os
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from rbac_sync import pipeline
from rbac_sync.cli.run import KEY
from rbac_sync.model import Workspace

from .live import bound, by_hand
from .running import run

EXAMPLES = Path(__file__).parents[2] / "examples"
OWNERS = {
    "prefect-cloud-company": "ana.ruiz@halden.example",
    "cloud-1-tenant": "ines.costa@brightwater.example",
}
NO_CHANGES = "No changes. Your infrastructure matches the configuration.\n"


def files(folder):
    """Return the bytes of every file below *folder*."""
    found = (path for path in Path(folder).rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in found}


def test_what_is_live_is_shown_by_name(account):
    ran = run("show")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == (
        "Members (5)\n"
        "  ana@acme.example: Owner\n"
        "  bo@acme.example: Member\n"
        "  cy@acme.example: Member\n"
        "  dee@acme.example: Admin\n"
        "  lea@acme.example: Member\n"
        "\n"
        "Service accounts (1)\n"
        "  sa:ci: Member\n"
        "\n"
        "Teams (1)\n"
        "  team:data\n"
        "    bo@acme.example\n"
        "\n"
        "Custom roles (1)\n"
        "  oncall (workspace role)\n"
        "    all of Runner, see_work_pools, write_work_pools\n"
        "\n"
        "Workspaces (2)\n"
        '  prod "Production"\n'
        "    default role: Viewer\n"
        "    oncall: cy@acme.example (until 2099-01-01T00:00:00Z; reason: INC-1)\n"
        "    Owner: lea@acme.example\n"
        "    Runner: team:data\n"
        '  test "test"\n'
        "    default role: none\n"
    )


def test_what_is_live_is_there_for_machines_too(account):
    shown = json.loads(run("show --json").out)
    assert shown["world"] == "prefect-cloud"
    assert shown["members"][0]["email"] == "ana@acme.example"
    assert [each["name"] for each in shown["roles"]] == ["oncall"]
    (prod, _) = shown["workspaces"]
    assert [role["role"] for role in prod["default_roles"]] == ["viewer"]
    assert [each["principal"] for each in prod["access"]] == [
        "cy@acme.example",
        "lea@acme.example",
        "team:data",
    ]


def test_a_saved_plan_is_shown_as_plan_showed_it(account):
    account.edit(('default_role = "none"', 'default_role = "viewer"'))
    for form in ("--full", "--short"):
        planned, shown = run(f"plan {form} --out my.plan"), run(f"show {form} my.plan")
        assert (shown.code, shown.err) == (0, "")
        assert shown.out == planned.out.replace("   as ana@acme.example (owner)", "", 1)
        assert "! test  everyone  viewer" in shown.out


def test_a_saved_plan_is_shown_with_what_it_leaves_alone(account):
    account.edit(
        ('default_role = "none"', 'default_role = "viewer"'),
        ('access = "all"', 'access = "declared"'),
    )
    by_hand(account, (None, bound("dee", "prod", "developer")))
    planned, shown = run("plan --out my.plan"), run("show my.plan")
    assert "Not managed here: 1 live thing that nobody declares" in shown.lines
    assert shown.lines[1:] == planned.lines[1:]


def test_of_a_plan_that_is_made_or_fits_no_more_the_changes_are_shown(account):
    account.edit(('default_role = "none"', 'default_role = "viewer"'))
    assert run("plan --out my.plan").code == 0
    assert run("apply my.plan").code == 0
    ran = run("show my.plan")
    assert "# workspace.test/default_role will be created" in ran.lines
    assert ran.err == (
        "note: what the plan means for people is not shown: a part of it is made already\n"
    )
    account.edit(('permissions = ["write_work_pools"]', "permissions = []"))
    note = "note: what the plan means for people is not shown: the configuration has changed"
    assert run("show my.plan").err.startswith(note)


def test_a_saved_plan_is_shown_without_a_store(account):
    account.edit(('default_role = "none"', 'default_role = "viewer"'))
    assert run("plan --out my.plan").code == 0
    account.database.unlink()
    ran = run("show my.plan")
    assert ran.code == 0
    assert ran.err == (
        "note: what the plan means for people is not shown: there is no store at `rbac.db`\n"
    )
    assert "# workspace.test/default_role will be created" in ran.lines
    assert ran.lines[-1] == "Plan: 1 to add, 0 to change, 0 to destroy."
    saved = (account.folder / "my.plan").read_text()
    assert run("show my.plan --json").out == saved


def test_pulled_configuration_plans_to_nothing(account):
    ran = run("pull out")
    assert (ran.code, ran.err) == (0, "")
    assert sorted(ran.lines) == sorted(f"out/{name}" for name in files("out"))
    for command in ("plan --detailed-exitcode", "drift", "validate"):
        found = run(f"{command} --config out")
        assert found.code == 0, found.out + found.err
    assert run("plan --config out").out == NO_CHANGES


def test_pulling_twice_gives_the_same_bytes(account):
    assert run("pull one").code == run("pull two").code == 0
    assert run("fmt --check one two").out == ""
    assert files("one")
    assert files("one") == files("two")


def test_pulling_never_replaces_a_file_unless_it_is_asked_to(account):
    assert run("pull out").code == 0
    (account.folder / "out" / "people.toml").write_text("mine = 1\n")
    before = files("out")
    ran = run("pull out")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith("error: `out/rbac.toml` is there already\n  = help: choose an empty")
    assert files("out") == before
    assert run("pull out --overwrite").code == 0
    assert run("plan --config out").out == NO_CHANGES


def test_pulling_over_files_leaves_none_of_a_workspace_that_is_gone(account):
    stale = account.folder / "out" / "workspaces" / "gone.toml"
    stale.parent.mkdir(parents=True)
    stale.write_text("[workspaces.gone]\n")
    ran = run("pull out")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith("error: `out/workspaces/gone.toml` is there already\n")
    stale.with_name("go\ne.toml").touch()
    ran = run("pull out --overwrite")
    deleted = ["deleted out/workspaces/go\\x0ae.toml", "deleted out/workspaces/gone.toml"]
    assert (ran.code, ran.lines[-2:]) == (0, deleted)
    assert run("plan --config out").out == NO_CHANGES
    assert run("pull out --check").code == 0


def test_pulling_writes_nothing_where_a_folder_has_the_name_of_a_file_to_delete(account):
    (inner := account.folder / "out" / "workspaces" / "gone.toml").mkdir(parents=True)
    ran = run("pull out --overwrite")
    message = "`out/workspaces/gone.toml` is a folder, not a file"
    assert (ran.code, ran.out) == (1, "")
    assert ran.err == f"error: {message}\n  = help: move it to another place\n"
    assert [*(account.folder / "out").rglob("*")] == [inner.parent, inner]


def test_pulling_deletes_no_file_that_a_disk_without_case_takes_for_a_new_one(account):
    """On such a disk, the name in capital letters would be the file that was just written."""
    assert run("pull out").code == 0
    written = next((account.folder / "out" / "workspaces").iterdir())
    (alike := written.with_name(f"{written.stem.upper()}.toml")).touch()
    assert run("pull out --overwrite").code == 0
    assert alike.exists()


def test_pulling_follows_no_link(account):
    (elsewhere := account.folder / "elsewhere").mkdir()
    (out := account.folder / "out").mkdir()
    (out / "workspaces").symlink_to(elsewhere)
    (kept := elsewhere / "kept.toml").touch()

    ran = run("pull out --overwrite")

    assert (ran.code, ran.out) == (1, "")
    assert ran.err == (
        "error: `out/workspaces` is a symbolic link\n  = help: put the folder itself there\n"
    )
    assert list(elsewhere.iterdir()) == [kept]


@pytest.mark.parametrize("handle", ["w*", "w?", "pro?"])
def test_a_workspace_that_cannot_be_written_is_left_out_with_a_note(account, handle):
    by_hand(account, (None, Workspace(handle)))
    ran = run("pull out")
    note = "note: 1 live part cannot be written and stays as it is"
    assert (ran.code, ran.err) == (0, f"{note}: the end of `rbac.toml` says which, and why\n")
    last = (account.folder / "out/rbac.toml").read_text().splitlines()[-1]
    assert last.endswith(": its name cannot be written")
    ran = run("plan --config out")
    assert (ran.code, ran.lines[0]) == (0, NO_CHANGES.strip())


def test_pulling_into_a_file_is_an_error(account):
    ran = run("pull rbac.toml")
    assert (ran.code, ran.out) == (1, "")
    assert "'rbac.toml' is a file" in ran.err


def test_what_was_changed_by_hand_is_pulled(account):
    by_hand(account, (None, bound("dee", "test", "developer")))
    assert run("pull out").code == 0
    assert "dee@acme.example" in (account.folder / "out/workspaces/test.toml").read_text()
    assert run("plan --config out").out == NO_CHANGES


@pytest.mark.parametrize("example", OWNERS)
def test_an_example_that_was_applied_pulls_to_a_configuration_that_is_true(
    example, tmp_path, monkeypatch
):
    shutil.copytree(EXAMPLES / example, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    account = {"prefect-cloud-company": "halden-freight", "cloud-1-tenant": "brightwater"}[example]
    world = "prefect-cloud-1" if "cloud-1" in example else "prefect-cloud"
    made = run(f"store init --owner {OWNERS[example]} --world {world} --account {account}")
    monkeypatch.setenv(KEY, made.out.strip())
    assert run("apply --auto-approve --keys-out keys.json").code == 0
    assert run("plan").out == NO_CHANGES
    assert run("pull one").code == run("pull two").code == 0
    assert files("one") == files("two")
    assert run("plan --config one --detailed-exitcode").code == 0
    assert run("drift --config one").code == 0
    assert run("audit verify").code == 0


@pytest.mark.parametrize("words", ["", "here --snapshot live.json"])
def test_pull_writes_to_one_place(account, words):
    ran = run(f"pull {words}")
    assert ran.code == 1
    assert "say where to: FOLDER, or --snapshot FILE" in ran.err
    assert not (account.folder / "live.json").exists()


def test_a_folder_is_checked_against_what_is_live(account):
    assert run("pull backup").code == 0
    before = files("backup")
    ran = run("pull backup --check")
    assert (ran.code, ran.out, ran.err) == (0, "`backup` is what `pull` would write\n", "")
    account.edit(('default_role = "none"', 'default_role = "viewer"'))
    assert run("apply --auto-approve").code == 0
    ran = run("pull backup --check")
    assert ran.code == 2
    assert '+default_role = "viewer"' in ran.lines
    assert files("backup") == before
    Path("backup/more.toml").write_text("[teams.more]\nmembers = []\n", encoding="utf-8")
    assert "-[teams.more]" in run("pull backup --check").lines


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda path: path.symlink_to("/etc/passwd"), "error[RS106]: `more.toml` is a symbolic"),
        (os.mkfifo, "error[RS107]: `more.toml` is not a regular file"),
        (Path.mkdir, "error[RS107]: `more.toml` is not a regular file"),
    ],
)
def test_a_check_reads_only_files_of_the_folder(account, make, message):
    assert run("pull backup").code == 0
    make(Path("backup/more.toml"))
    ran = run("pull backup --check")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith(message)


def test_a_file_that_is_no_text_is_not_what_pull_would_write(account):
    assert run("pull backup").code == 0
    Path("backup/more.toml").write_bytes(b"\xff\xfe[")
    ran = run("pull backup --check")
    assert (ran.code, ran.err) == (2, "")
    assert "-\ufffd\ufffd[" in ran.lines


@pytest.mark.parametrize(
    "words",
    [
        "apply /dev/zero --auto-approve",
        "show /dev/zero",
        "plan --live /dev/zero --as ana",
        "audit verify --checkpoint /dev/zero",
        "import terraform /dev/zero out",
    ],
)
def test_a_file_that_never_ends_is_refused(account, monkeypatch, words):
    monkeypatch.setattr("rbac_sync.cli.input_files.LARGEST", 2**20)
    ran = run(words)
    assert (ran.code, ran.out) == (1, "")
    assert "error: `/dev/zero` has more than 1 MiB\n" in ran.err
    assert "= help: name a file that rbac-sync or Terraform wrote" in ran.err


@pytest.mark.parametrize("words", ["backup --check --overwrite", "--check --snapshot live.json"])
def test_a_check_writes_nothing_so_it_overwrites_nothing(account, words):
    ran = run(f"pull {words}")
    assert ran.code == 1
    assert "--check goes with FOLDER alone" in ran.err
    assert not (account.folder / "live.json").exists()


def test_nothing_is_written_if_one_file_cannot_be(account):
    assert run("pull backup").code == 0
    (name, *_) = sorted(files("backup"), reverse=True)
    Path("backup", name).unlink()
    Path("backup", name).mkdir()
    before = files("backup")
    account.edit(('default_role = "none"', 'default_role = "viewer"'))
    assert run("apply --auto-approve").code == 0
    ran = run("pull backup --overwrite")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith(f"error: cannot write `backup/{name}`: is a directory")
    assert files("backup") == before


GROUPED = """\
[backend]
type = "store"
account = "acme"

[files]
"spaces.toml" = ["workspaces", "workspace_defaults", "roles"]

[people]
bo = "bo@x.org"

[members]
owner = ["ana@x.org"]
member = ["group:all", "sa:ci"]

[service_accounts.ci]
keys.k.until = 2027-01-01

[groups.all]
members = ["bo", "cy@x.org"]

[teams.in]
members = ["group:all"]

[teams.out]
description = "Outer"
members = ["team:in", { who = "ana@x.org", until = 2099-01-01, reason = "INC" }]

[teams.silent]
"""
SPACES = """\
[roles.base]
base = "viewer"
permissions = ["Create, edit, and pause work pools"]

[roles.top]
base = "base"
permissions = ["manage_concurrency_limits"]
renamed_from = "old"

[workspace_defaults."etl-*"]
description = "Jobs"
default_role = "viewer"
access.runner = ["group:all"]

[workspaces.etl-a]
access.runner = []

[workspaces.etl-b]
description = "B"

[workspaces.silent.objects."deployment:etl/daily"]
view = ["*"]
run = ["team:in", "group:all"]
"""
RESOLVED = """\
[members]
owner = [
    "ana@x.org",  # rbac.toml:12
]
member = [
    "bo@x.org",  # rbac.toml:13, through group:all, rbac.toml:19
    "cy@x.org",  # rbac.toml:13, through group:all, rbac.toml:19
    "sa:ci",  # rbac.toml:13
]

[service_accounts.ci]  # rbac.toml:15

[service_accounts.ci.keys.k]  # rbac.toml:16
until = 2027-01-01  # rbac.toml:16

[roles.base]  # spaces.toml:1
base = "viewer"  # spaces.toml:2
permissions = [
    "write_work_pools",  # spaces.toml:3
]

[roles.top]  # spaces.toml:5
base = "viewer"  # spaces.toml:6
permissions = [
    "manage_concurrency_limits",  # spaces.toml:7
    "write_work_pools",  # spaces.toml:6, through role base, spaces.toml:3
]
renamed_from = "old"  # spaces.toml:8

[teams.in]  # rbac.toml:21
members = [
    "bo@x.org",  # rbac.toml:22, through group:all, rbac.toml:19
    "cy@x.org",  # rbac.toml:22, through group:all, rbac.toml:19
]

[teams.out]  # rbac.toml:24
description = "Outer"  # rbac.toml:25
members = [
    { who = "ana@x.org", until = 2099-01-01, reason = "INC" },  # rbac.toml:26
    "bo@x.org",  # rbac.toml:26, through team:in, group:all, rbac.toml:19
    "cy@x.org",  # rbac.toml:26, through team:in, group:all, rbac.toml:19
]

[teams.silent]  # rbac.toml:28

[workspaces.etl-a]  # spaces.toml:15
description = "Jobs"  # spaces.toml:11, through workspace_defaults.etl-*
default_role = "viewer"  # spaces.toml:12, through workspace_defaults.etl-*

[workspaces.etl-a.access]

[workspaces.etl-b]  # spaces.toml:18
description = "B"  # spaces.toml:19
default_role = "viewer"  # spaces.toml:12, through workspace_defaults.etl-*

[workspaces.etl-b.access]
runner = [
    "bo@x.org",  # spaces.toml:13, through workspace_defaults.etl-*, group:all, rbac.toml:19
    "cy@x.org",  # spaces.toml:13, through workspace_defaults.etl-*, group:all, rbac.toml:19
]

[workspaces.silent]  # spaces.toml:21

[workspaces.silent.objects."deployment:etl/daily"]  # spaces.toml:21
view = [
    "*",  # spaces.toml:21
]
run = [
    "bo@x.org",  # spaces.toml:23, through group:all, rbac.toml:19
    "cy@x.org",  # spaces.toml:23, through group:all, rbac.toml:19
    "team:in",  # spaces.toml:23
]
manage = []  # spaces.toml:21
"""


@pytest.fixture
def grouped(tmp_path, monkeypatch):
    """A configuration with groups, defaults and roles on roles, and no account to read."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "rbac.toml").write_text(GROUPED)
    (tmp_path / "spaces.toml").write_text(SPACES)
    return tmp_path


def test_the_resolved_configuration_is_flat_and_names_where_each_line_comes_from(grouped):
    ran = run("show --resolved")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == RESOLVED
    (grouped / "flat.toml").write_text(ran.out)
    assert run("fmt --check flat.toml").code == 0


def test_the_resolved_configuration_declares_the_same(grouped):
    now = datetime.now(UTC)
    written = pipeline.validate(pipeline.load(grouped), now)
    flat = f'[backend]\ntype = "store"\naccount = "acme"\n{run("show --resolved").out}'
    (grouped / "rbac.toml").write_text(flat)
    again = pipeline.validate(pipeline.load(grouped), now)
    assert again.desired == written.desired
    for name in (
        "unstated",
        "silent_defaults",
        "silent_access",
        "former",
        "ended",
        "manage",
        "policy",
    ):
        assert getattr(again, name) == getattr(written, name), name


def test_the_resolved_configuration_as_json(grouped):
    rows = json.loads(run("show --resolved --json").out)
    assert len(rows) == 42
    assert rows[3] == {
        "table": ["members"],
        "key": "member",
        "value": "cy@x.org",
        "place": {"file": "rbac.toml", "line": 13, "column": 11},
        "from": "rbac.toml:13, through group:all, rbac.toml:19",
    }


def test_the_resolved_configuration_is_no_plan(grouped):
    ran = run("show --resolved x.plan")
    assert ran.code == 1
    assert "--resolved shows the configuration, not PLAN" in ran.err
