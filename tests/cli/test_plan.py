"""What compares declared and live: validate, plan, drift."""

from __future__ import annotations

import json
import re

import pytest

from rbac_sync.model import User
from rbac_sync.planning.planfile import decoded

from .live import bound, by_hand
from .running import run

NO_CHANGES = "No changes. Your infrastructure matches the configuration.\n"
VALID = "Success! The configuration is valid."
CONTENTS = "It declares 5 members, 1 team, 1 service account, 1 role, 2 workspaces in 1 file."
WIDER = ('default_role = "none"', 'default_role = "viewer"')


def test_a_good_configuration_is_valid_without_store_and_key(account, monkeypatch):
    account.database.unlink()
    monkeypatch.delenv("RBAC_SYNC_API_KEY")
    ran = run("validate")
    assert (ran.code, ran.out.splitlines()) == (0, [VALID, CONTENTS])
    assert json.loads(run("validate --json").out) == {"valid": True, "diagnostics": []}


def test_all_that_is_wrong_is_said_at_once_with_its_places(account):
    account.edit(('member = ["bo"', 'member = ["bob"'), ('base = "runner"', 'base = "runer"'))
    ran = run("validate")
    assert (ran.code, ran.out) == (1, "")
    assert " --> rbac.toml:27:11\n" in ran.err
    assert "^^^^^" in ran.err
    assert "= help: did you mean `runner`?" in ran.err
    assert "= help: add it to `[people]`, or write an e-mail address" in ran.err
    assert ran.err.rstrip().endswith("errors")


def test_what_is_wrong_is_there_for_machines_too(account):
    account.edit(('member = ["bo", "cy"', 'member = ["bob", "cy"'))
    ran = run("validate --json")
    found = json.loads(ran.out)
    assert (ran.code, ran.err, found["valid"]) == (1, "", False)
    (first, *_) = found["diagnostics"]
    assert first["code"].startswith("RS2")
    assert [first[key] for key in ("file", "line", "column", "length")] == ["rbac.toml", 27, 11, 5]
    assert "`bob`" in first["message"]
    assert first["hint"]


def test_advice_does_not_make_a_configuration_invalid(account):
    account.edit(("until = 2099-01-01", "until = 2020-01-01"))
    ran = run("validate")
    assert (ran.code, ran.lines[0]) == (0, VALID)
    assert "RS501" in ran.err
    shown = json.loads(run("validate --json").out)
    assert shown["valid"] is True
    assert [each["code"] for each in shown["diagnostics"]] == ["RS501"]


def test_a_plan_without_changes_says_so_and_is_0_even_when_detailed(account):
    for command in ("plan", "plan --detailed-exitcode", "plan -detailed-exitcode --no-cache"):
        ran = run(command)
        assert (ran.code, ran.out) == (0, NO_CHANGES)
        assert ("nothing is read again" in ran.err) == (command == "plan --detailed-exitcode")


def test_a_plan_shows_effects_changes_and_counts(account):
    account.edit(WIDER, ('runner = ["team:data"]', 'developer = ["team:data"]'))
    ran = run("plan")
    assert (ran.code, ran.err) == (0, "")
    assert ran.lines[0].startswith("rbac-sync ")
    assert ran.lines[0].endswith("as ana@acme.example (owner)   read just now")
    for line in (
        "# workspace.test/default_role will be created",
        "# (rbac.toml:48)",
        "+ default role = viewer",
        "# workspace.prod/access/team:data will be updated in-place",
        "# (rbac.toml:43)",
        "~ role = runner -> developer",
    ):
        assert line in ran.lines
    assert any(re.match(r"! prod .*team:data .*runner -> developer", line) for line in ran.lines)
    assert ran.lines[-1] == "Plan: 1 to add, 1 to change, 0 to destroy."


def test_a_plan_with_changes_is_2_only_when_detailed(account):
    account.edit(WIDER)
    assert run("plan").code == 0
    assert run("plan --detailed-exitcode").code == 2
    assert run("plan -detailed-exitcode").code == 2


def test_planning_changes_nothing(account):
    before = run("audit log").out, run("show --json").out
    account.edit(WIDER)
    run("plan --out some.plan")
    assert (run("audit log").out, run("show --json").out) == before


def test_a_plan_as_json_holds_everything_and_no_text_beside_it(account):
    account.edit(WIDER)
    ran = run("plan --json")
    shown = json.loads(ran.out)
    assert (ran.code, ran.err) == (0, "")
    assert shown["counts"] == {"add": 1, "change": 0, "destroy": 0}
    assert [each["address"] for each in shown["changes"]] == ["workspace.test/default_role"]
    assert shown["changes"][0]["place"] == {"file": "rbac.toml", "line": 48, "column": 16}
    assert shown["target"]["account"] == "acme"
    assert (shown["refused"], shown["findings"]) == (False, [])
    assert [each["principal"] for each in shown["effects"]] == ["everyone"]
    assert run("plan --json --detailed-exitcode").code == 2


def test_the_same_plan_is_shown_the_same_way_every_time(account):
    account.edit(WIDER, ('runner = ["team:data"]', 'developer = ["team:data"]'))
    assert len({run("plan").out for _ in range(5)}) == 1


@pytest.mark.parametrize("option", ["--out", "-out", "--out=", "-out="])
def test_a_plan_is_saved_under_any_spelling(account, option):
    account.edit(WIDER)
    words = [f"{option}my.plan"] if option.endswith("=") else [option, "my.plan"]
    ran = run("plan", *words)
    assert ran.code == 0
    assert "Saved the plan to: my.plan" in ran.err
    assert "my.plan" not in ran.out
    saved = decoded((account.folder / "my.plan").read_bytes())
    assert [str(change.address) for change in saved.changes] == ["workspace.test/default_role"]
    assert sorted(path.name for path in account.folder.glob("my*")) == ["my.plan"]


def test_a_refused_plan_is_3_says_why_and_is_not_saved(account):
    account.edit(('owner = ["lea"]', 'owner = ["lea", "bo"]'))
    ran = run("plan --as bo --out my.plan --detailed-exitcode")
    assert (ran.code, ran.err) == (3, "")
    assert "error[CAPABILITY]: `bo@acme.example` may not create" in ran.out
    assert "error[ESCALATION]: `workspace.prod/access/bo@acme.example` would give" in ran.out
    assert "--> rbac.toml:45:17" in ran.lines
    assert '45 | owner = ["lea", "bo"]' in ran.lines
    assert "|                 ^^^^" in ran.lines
    assert ran.lines[-1] == "Refused by the guard: CAPABILITY, ESCALATION. Nothing was changed."
    assert not (account.folder / "my.plan").exists()


def test_a_refused_plan_tells_machines_why(account):
    account.edit(('owner = ["lea"]', 'owner = ["lea", "bo"]'))
    ran = run("plan --as bo --json")
    shown = json.loads(ran.out)
    assert (ran.code, ran.err, shown["refused"]) == (3, "", True)
    assert [each["rule"] for each in shown["findings"]] == ["CAPABILITY", "ESCALATION"]
    assert [each["code"] for each in shown["findings"]] == ["RS402", "RS403"]
    assert shown["findings"][1]["scope"] == "workspace.prod"
    assert "manage_workspace_users" in shown["findings"][1]["permissions"]


def test_a_plan_is_answered_for_somebody_without_a_key(account, monkeypatch):
    monkeypatch.delenv("RBAC_SYNC_API_KEY")
    account.edit(('runner = ["team:data"]', 'runner = ["team:data", "bo"]'))
    assert run("plan --as lea").code == 0
    assert run("plan --as lea@ACME.example").code == 0
    assert run("plan --as bo").code == 3
    assert run("plan --as team:data").code == 3
    assert run("plan --as nobody@acme.example").code == 3


def test_whoever_is_simulated_has_to_be_written_as_a_principal(account):
    ran = run("plan --as somebody")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith("error: `somebody` is no principal\n  = help: write ")


def test_the_author_of_a_change_bounds_it_as_well(account):
    account.edit(('runner = ["team:data"]', 'runner = ["team:data", "cy"]'), ("oncall = [{", "#"))
    assert run("plan").code == 0
    assert run("plan --on-behalf-of lea").code == 0
    ran = run("plan --on-behalf-of bo")
    assert ran.code == 3
    assert "Refused by the guard: CAPABILITY, DOMINANCE. Nothing was changed." in ran.lines


def test_a_target_leaves_the_rest_out_and_brings_what_it_needs(account):
    account.edit(WIDER, ('name = "Production"', 'name = "Prod"'))
    account.add('[workspaces.new.access]\nnewer = ["team:data"]\n[roles.newer]\npermissions = []\n')
    lines = run("plan --target workspace.test").lines
    assert lines[-1] == "Plan: 1 to add, 0 to change, 0 to destroy."
    lines = run("plan --target workspace.new/access/team:data").lines
    assert "# role.newer will be created # (rbac.toml:52)" in " ".join(lines)
    assert "# workspace.new will be created # (rbac.toml:50)" in " ".join(lines)
    assert lines[-1] == "Plan: 3 to add, 0 to change, 0 to destroy."
    lines = run("plan -target workspace.test -target workspace.prod").lines
    assert lines[-1] == "Plan: 1 to add, 1 to change, 0 to destroy."


def test_what_is_excluded_stays_and_so_does_what_needs_it(account):
    account.edit(WIDER)
    account.add('[workspaces.new.access]\nviewer = ["team:data"]\n')
    assert run("plan --exclude workspace.new").lines[-1].startswith("Plan: 1 to add, 0")
    assert run("plan --exclude workspace.test").lines[-1].startswith("Plan: 2 to add, 0")
    ran = run("plan --target workspace.test --exclude workspace.test")
    assert ran.out == NO_CHANGES


def test_a_pattern_selects_every_address_that_it_matches(account):
    account.edit(("[workspaces.test]", '[workspaces.test]\nname = "Renamed"'))
    account.edit(('name = "Production"', 'name = "Prod"'))
    whole = run("plan")
    assert run("plan --target 'workspace.*'").out == whole.out
    one = run("plan --target 'workspace.t?st'")
    assert one.shows("*`workspace.test`*") or one.shows("*workspace.test*")
    assert not one.shows("*workspace.prod*")
    assert one.err == "warning: this plan is partial: `--target` and `--exclude` select it\n"
    assert whole.err == ""


@pytest.mark.parametrize("option", ["--target", "--exclude"])
def test_a_pattern_that_matches_nothing_is_an_error(account, option):
    ran = run(f"plan {option} 'workspace.x*'")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err == (
        "error: no address matches `workspace.x*`\n"
        "  = help: write `member.EMAIL`, `team.NAME`, `role.NAME` or `workspace.HANDLE`\n"
    )


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("prod", "did you mean `workspace.prod`?"),
        ("workspace.prd", "did you mean `workspace.prod`?"),
        ("xyz", "write `member.EMAIL`, `team.NAME`, `role.NAME` or `workspace.HANDLE`"),
    ],
)
def test_an_address_of_nothing_is_an_error(account, name, hint):
    ran = run(f"plan --target {name}")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err == f"error: there is no address `{name}`\n  = help: {hint}\n"


def test_a_snapshot_that_is_not_there_is_named(account):
    ran = run("plan --live nope.json --as ana")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err == (
        "error: cannot read the snapshot `nope.json`: no such file or directory\n"
        "  = help: make one with `rbac-sync pull --snapshot FILE`\n"
    )


def test_a_pattern_that_the_shell_took_for_a_file_is_explained(account):
    (account.folder / "workspace.prod.toml").write_text("")
    ran = run("plan --target workspace.prod.toml")
    assert "error: there is no address `workspace.prod.toml`\n" in ran.err
    assert "quote the pattern, so that the shell leaves it alone" in ran.err


@pytest.mark.parametrize("option", ["--target", "--exclude"])
def test_an_address_that_names_nothing_is_an_error_and_not_no_changes(account, option):
    account.edit(WIDER)
    ran = run(f"plan {option} workspace.tset")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith("error: there is no address `workspace.tset`\n  = help: did you mean")
    assert run(f"plan {option} workspace.tes").code == 1
    assert run(f"plan {option} workspace.prod/access").code == 0


def test_a_plan_without_changes_is_saved_and_not_offered_to_apply(account):
    ran = run("plan --out my.plan")
    assert (ran.code, ran.err) == (0, "Saved the plan to: my.plan\n")


def test_removals_are_allowed_only_with_a_reason(account):
    ran = run("plan --allow-deletes 3")
    assert (ran.code, ran.out) == (1, "")
    assert "--allow-deletes needs --reason TEXT" in ran.err


def test_what_nobody_declares_is_listed_and_left_alone(account):
    account.edit(('access = "all"', 'access = "declared"'))
    by_hand(account, (None, bound("dee", "prod", "developer")))
    ran = run("plan --detailed-exitcode")
    assert ran.code == 0
    assert "Not managed here: 1 live thing that nobody declares" in ran.lines
    assert "workspace.prod/access/dee@acme.example" in ran.lines


def test_without_drift_drift_is_0_and_needs_no_key(account, monkeypatch):
    monkeypatch.delenv("RBAC_SYNC_API_KEY")
    ran = run("drift")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == "No drift. Live matches the configuration.\n"
    assert json.loads(run("drift --json").out)["drift"] is False


def test_drift_is_2_and_says_how_live_differs(account):
    owner, viewer = (bound("lea", "prod", name) for name in ("owner", "viewer"))
    cy = User("cy@acme.example")
    by_hand(account, (None, bound("bo", "prod", "viewer")), (owner, viewer), (cy, None))
    ran = run("drift")
    assert (ran.code, ran.err) == (2, "")
    for line in (
        "# workspace.prod/access/bo@acme.example is live, but not declared",
        "# workspace.prod/access/lea@acme.example differs  (rbac.toml:45)",
        "# member.cy@acme.example is declared, but not live  (rbac.toml:27)",
        "Drift: 4 things differ from the configuration.",
    ):
        assert line in ran.lines
    shown = json.loads(run("drift --json").out)
    assert shown["drift"] is True
    assert len(shown["differences"]) == 4


def test_drift_changes_nothing_and_judges_nothing(account):
    by_hand(account, (None, bound("bo", "prod", "viewer")))
    trail = run("audit log").out
    assert run("drift").code == run("drift --json").code == 2
    assert run("audit log").out == trail


WARNS = """
[[test]]
name = "few see"
permission = "see_flows"
workspace = "prod"
at_most = 3
level = "warn"
"""
WARNING = "test `few see` fails: 5 could `see_flows` in workspace prod, and at most 3 may"
HINT = "change the access, or the test if it is out of date"


def test_a_test_that_warns_is_advice_and_refuses_nothing(account):
    account.add(WARNS)
    ran = run("plan")
    assert ran.code == 0
    assert f"advice[RS515]: {WARNING} --> rbac.toml:51:3" in " ".join(ran.err.split())
    assert HINT in ran.err
    (advice,) = json.loads(run("plan --json").out)["advice"]
    shown = [advice[key] for key in ("code", "message", "hint", "file", "line")]
    assert shown == ["RS515", WARNING, HINT, "rbac.toml", 51]


@pytest.mark.parametrize("kind", ["md", "json", "html", "sarif", "github", "codequality", "junit"])
def test_every_report_shows_what_a_test_warns_of(account, kind):
    account.add(WARNS)
    assert "few see" in run(f"plan --report {kind}=-").out


def test_under_strict_a_test_that_warns_refuses(account):
    account.add(WARNS)
    ran = run("plan --strict")
    assert ran.code == 3
    assert WARNING in " ".join((ran.out + ran.err).split())
    assert "RS515" not in ran.out + ran.err


def test_apply_goes_by_a_test_that_warns_unless_strict(account):
    account.edit(WIDER)
    account.add(WARNS)
    assert run("apply --auto-approve --strict").code == 3
    assert run("apply --auto-approve --report junit=r.xml").code == 0
    assert WARNING in (account.file.parent / "r.xml").read_text()
    assert run("plan").out == NO_CHANGES


def test_a_saved_plan_is_refused_under_strict_too(account):
    account.edit(WIDER)
    account.add(WARNS)
    assert run("plan --out p.plan").code == 0
    assert run("apply --strict p.plan").code == 3
    assert run("apply p.plan").code == 0
