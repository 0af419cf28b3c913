"""Questions about access: can, who-can, explain, whoami."""

from __future__ import annotations

import json
import re

import pytest

from .running import run


@pytest.mark.parametrize(
    ("command", "code", "lines"),
    [
        (
            "can bo run_deployments -w prod",
            0,
            [
                "yes  bo@acme.example may run_deployments in workspace prod",
                "through team:data, which holds runner in workspace prod (*run_deployments)",
            ],
        ),
        (
            "can BO@acme.example 'Run deployments' --workspace prod",
            0,
            ["yes  bo@acme.example may run_deployments in workspace prod"],
        ),
        (
            "can cy see_flows -w prod",
            0,
            ["by the default role viewer of workspace prod (which includes see_flows)"],
        ),
        (
            "can dee manage_acls -w test",
            0,
            ["as account admin, who owns every workspace (which includes manage_acls)"],
        ),
        (
            "can bo run_flows -w prod",
            1,
            [
                "no   bo@acme.example may not run_flows in workspace prod",
                "it needs developer, owner or worker in workspace prod, or the account role *",
            ],
        ),
        ("can sa:ci see_flows -w prod", 1, ["no   sa:ci may not see_flows in workspace prod"]),
        ("can team:data see_flows -w prod", 0, ["yes  team:data may see_flows in workspace prod"]),
        ("can dee bypass:sso", 1, ["it needs the account role owner"]),
        ("can ana bypass:sso", 0, ["as owner in the account (which includes bypass:sso)"]),
        (
            "can bo see_flows -w test",
            1,
            ["no   bo@acme.example may not see_flows in workspace test"],
        ),
    ],
)
def test_an_answer_is_yes_with_0_or_no_with_1_and_says_why(account, command, code, lines):
    ran = run(command)
    assert (ran.code, ran.err) == (code, "")
    for line in lines:
        assert ran.shows(line)


def test_an_answer_is_there_for_machines_too(account):
    yes, no = (run(f"can bo {name} -w prod --json") for name in ("see_flows", "run_flows"))
    assert (yes.code, no.code) == (0, 1)
    found = json.loads(yes.out)
    assert (found["allowed"], found["principal"]) == (True, "bo@acme.example")
    assert [path["holder"] for path in found["paths"]] == ["team:data", "everyone"]
    found = json.loads(no.out)
    assert (found["allowed"], found["scope"]) == (False, "workspace.prod")
    assert {"role": "developer", "level": "workspace"} in found["needed"]


@pytest.mark.parametrize(
    ("command", "error", "hint"),
    [
        ("can bob see_flows -w prod", "`bob` is no principal", "write a short name"),
        ("can b@acme.example see_flows -w prod", "there is no principal `b@acme.example`", "`bo@"),
        ("can sa:co see_flows -w prod", "there is no principal `sa:co`", "did you mean `sa:ci`?"),
        ("can team: see_flows -w prod", "`team:` is no principal", "write a short name"),
        ("can bo see_flow -w prod", "there is no permission `see_flow`", "mean `see_flows`?"),
        ("can bo zzz -w prod", "there is no permission `zzz`", "rbac-sync permissions --world"),
        ("can bo see_flows -w prd", "there is no workspace `prd`", "did you mean `prod`?"),
        ("can bo see_flows", "`see_flows` is a permission in workspaces", "`-w HANDLE`"),
        ("can bo bypass:sso -w prod", "`bypass:sso` is a permission of the account", "leave `-w`"),
        ("who-can see_flow -w prod", "there is no permission `see_flow`", "`see_flows`?"),
        ("explain bo -w prd", "there is no workspace `prd`", "did you mean `prod`?"),
        ("explain sa:zork", "there is no principal `sa:zork`", "rbac-sync show"),
    ],
)
def test_a_name_that_nothing_has_is_an_error_and_not_a_no(account, command, error, hint):
    ran = run(command)
    assert (ran.code, ran.out) == (1, "")
    first, second = ran.err.splitlines()
    assert first == f"error: {error}"
    assert second.startswith("  = help: ")
    assert hint in second


@pytest.mark.parametrize(
    "command", ["explain new@acme.example", "can new@acme.example see_flows -w prod"]
)
def test_who_is_declared_and_not_yet_there_is_told_how_to_ask_about_that(account, command):
    account.edit(('"lea", "sa:ci"]', '"lea", "sa:ci", "new@acme.example"]'))
    ran = run(command)
    assert ran.code == 1
    assert ran.err.splitlines() == [
        "error: there is no principal `new@acme.example`",
        "  = help: it is declared, but not there: add `--desired` to ask about the configuration",
    ]
    assert run(f"{command} --desired").code == 0


@pytest.mark.parametrize("command", ["can bo see_flows -w qa", "explain bo -w qa", "graph -w qa"])
def test_a_workspace_that_is_declared_and_not_yet_there_is_told_of_too(account, command):
    account.edit(("[workspaces.prod]", "[workspaces.qa]\n[workspaces.prod]"))
    ran = run(command)
    assert ran.code == 1
    assert ran.err.splitlines() == [
        "error: there is no workspace `qa`",
        "  = help: it is declared, but not there: add `--desired` to ask about the configuration",
    ]
    assert "error" not in run(f"{command} --desired").err


def test_who_can_says_how_many_and_lists_each_way_with_its_place(account):
    ran = run("who-can run_deployments -w prod")
    assert (ran.code, ran.err) == (0, "")
    assert ran.lines[:2] == ["run_deployments in workspace prod: 5 people", ""]
    assert ran.shows("owner of the account  ana@acme.example  (rbac.toml:*)")
    assert ran.shows("admin of the account  dee@acme.example  (rbac.toml:*)")
    assert ran.shows("runner in prod *bo@acme.example  via team:data  (rbac.toml:*)")
    assert ran.shows("oncall in prod *cy@acme.example  (until *; reason: INC-1)  (rbac.toml:*)")
    assert ran.shows("owner in prod *lea@acme.example  (rbac.toml:45)")
    shown = json.loads(run("who-can run_deployments -w prod --json").out)
    named = [f"{name}@acme.example" for name in ("ana", "bo", "cy", "dee", "lea")]
    assert [each["principal"] for each in shown] == named


def test_who_can_needs_no_configuration_without_fault_to_answer(account):
    account.edit(('default_role = "none"', 'default_role = "nobody"'))
    assert run("who-can run_deployments -w prod").shows("owner in prod *lea@acme.example")


def test_who_can_by_a_default_role_names_the_workspace(account):
    lines = run("who-can see_flows -w prod").lines
    assert "run_deployments" not in lines[0]
    assert any(line.startswith("viewer, the default role of prod  ") for line in lines)


def test_who_can_is_1_when_nobody_may(account):
    ran = run("who-can add:account_member")
    assert (ran.code, ran.out, ran.err) == (1, "nobody may add:account_member\n", "")
    ran = run("who-can add:account_member --json")
    assert (ran.code, json.loads(ran.out)) == (1, [])


CY = "cy@acme.example"


def test_all_that_somebody_may_is_summed_up_scope_by_scope(account):
    ran = run("explain cy")
    assert (ran.code, ran.err) == (0, "")
    assert [line for line in ran.lines if line.startswith("cy@")] == [
        "cy@acme.example in the account: 13 of 47 permissions, by member",
        f"{CY} in workspace prod: 20 of 61 permissions, by oncall (until 2099-01-01) + viewer",
    ]
    assert "member   13  as member  (rbac.toml:27)" in ran.lines
    assert "viewer   18  by the default role viewer  (rbac.toml:40)" in ran.lines
    assert ran.shows(
        "oncall   20  as oncall (until 2099-01-01T00:00:00Z; reason: INC-1)  (rbac.toml:*)"
    )
    assert ran.shows("2 only by oncall: *write_work_pools*")


def test_every_permission_is_named_where_that_is_asked_for(account):
    assert "see_artifacts" not in run("explain cy -w prod").out
    assert "see_artifacts" in run("explain cy -w prod --all").out


def test_one_workspace_or_one_permission_is_explained_alone(account):
    assert run("explain cy -w test").code == 0
    assert "in the account" not in run("explain cy -w prod").out
    lines = run("explain cy write_work_pools").lines
    assert any("in workspace prod" in line for line in lines)
    assert not any("default role" in line for line in lines)
    assert "cy@acme.example has no way to bypass:sso" in run("explain cy bypass:sso").lines
    assert run("explain cy run_flows -w prod").lines[0].startswith("no   cy@acme.example may not")


def test_an_explanation_is_there_for_machines_too(account):
    found = json.loads(run("explain cy -w prod --json").out)
    assert found["principal"] == "cy@acme.example"
    assert {path["role"] for path in found["paths"]} == {"oncall", "viewer"}


def test_a_key_says_whose_it_is(account):
    ran = run("whoami")
    lines = [
        "ana@acme.example (owner), account acme (sqlite:///rbac.db)",
        "This key sees the whole account.",
    ]
    assert (ran.code, ran.lines, ran.err) == (0, lines, "")
    assert json.loads(run("whoami --json").out) == {
        "account": "acme",
        "applier": "ana@acme.example",
        "url": "sqlite:///rbac.db",
        "sees_everything": True,
        "not_seen": [],
    }


LEFT = """
[alumni]
"dan@acme.example" = { left = 2026-05-01, by = "ana", reason = "moved", note = "a list\\nremains" }
"""


def test_explain_shows_the_record_of_somebody_who_has_left(account):
    account.add(LEFT)
    line = account.file.read_text().splitlines().index("[alumni]") + 2

    ran = run("explain dan@acme.example")

    assert (ran.code, ran.out.splitlines()) == (
        0,
        [
            f"dan@acme.example has left 2026-05-01T00:00:00Z, by ana (rbac.toml:{line})",
            "  reason: moved",
            "  a list",
            "  remains",
            "dan@acme.example does not exist here",
            "dan@acme.example has no way to anything",
        ],
    )
    body = json.loads(run("explain dan@acme.example --json").out)
    assert body["alumnus"] == {
        "left": "2026-05-01T00:00:00Z",
        "last_changed": None,
        "by": "ana",
        "reason": "moved",
        "note": "a list\nremains",
        "place": {"file": "rbac.toml", "line": line, "column": 1},
    }
    assert run("explain eve@acme.example").code != 0


def test_explain_says_who_removed_somebody_who_has_left(account):
    account.edit(
        ('lea = "lea@acme.example"\n', ""),
        ('"cy", "lea", ', '"cy", '),
        ('owner = ["lea"]\n', ""),
    )
    account.add('[alumni]\n"lea@acme.example" = {}\n')
    assert run("apply --auto-approve").code == 0

    (removed,) = [line for line in run("explain lea@acme.example").lines if "last" in line]

    assert re.fullmatch(r"last changed by ana@acme.example at \S+Z, run [0-9a-f]{8}", removed)
    body = json.loads(run("explain lea@acme.example --json").out)
    assert body["alumnus"]["last_changed"]["by"] == "ana@acme.example"


@pytest.mark.parametrize(
    "command",
    [
        "whoami",
        "can cy@acme.example see_flows -w prod",
        "who-can see_flows -w prod --json",
        "store key list",
        "graph -w prod",
        "audit log --about cy@acme.example",
    ],
)
def test_what_needs_no_other_file_reads_none(account, command):
    files = '[files]\n"teams.toml" = ["teams"]\n'
    account.file.write_text(files + account.file.read_text())
    (account.folder / "teams.toml").write_text("[teams\n")

    assert run("validate").code == 1
    assert run(command).code == 0


@pytest.mark.parametrize(
    "command",
    [
        "explain cy",
        "explain x@acme.example",
        "who-can see_flows -w prod",
        "can x@a.b see_flows -w prod",
    ],
)
def test_what_says_where_something_is_declared_tells_a_file_that_cannot_be_read(account, command):
    files = '[files]\n"teams.toml" = ["teams"]\n'
    account.file.write_text(files + account.file.read_text())
    (account.folder / "teams.toml").write_text("[teams\n")

    ran = run(command)
    assert (ran.code, "teams.toml" in ran.err) == (1, True)


def test_a_short_name_is_looked_up_in_all_files(account):
    text = account.file.read_text().replace("[members]", "[unused]")
    people = text[text.index("[people]") : text.index("[unused]")]
    account.file.write_text(
        '[files]\n"people.toml" = ["people"]\n' + account.file.read_text().replace(people, "")
    )
    (account.folder / "people.toml").write_text(people)

    assert run("can cy see_flows -w prod").code == 0
    (account.folder / "people.toml").write_text("[people\n")
    ran = run("can cy see_flows -w prod")
    assert (ran.code, "people.toml" in ran.err) == (1, True)
