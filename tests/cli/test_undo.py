"""Taking a run back: a plan from the audit trail, through the same guard."""

from __future__ import annotations

import json

from .running import run

NOTHING = "No changes. Your infrastructure matches the configuration."


def latest():
    return json.loads(run("audit log --json --limit 1").out)[0]["run"]


def state():
    shown = json.loads(run("show --json").out)
    return {part: shown[part] for part in shown if part not in ("created", "now")}


def undone(account, *edits):
    """Apply *edits*, take the run back, and return the state before and after both."""
    before = state()
    account.edit(*edits)
    assert run("apply --auto-approve --keys-out keys.json").code == 0
    ran = run(f"undo {latest()} --out back.plan")
    assert ran.code == 0, ran.err
    applied = run("apply back.plan --allow-deletes 9 --reason back")
    assert applied.code == 0, applied.err
    return before, state()


def test_what_a_run_gave_and_took_is_put_back(account):
    before, after = undone(
        account,
        ('runner = ["team:data"]', 'runner = ["team:data", "cy"]'),
        ("oncall = [{", "#"),
        ('default_role = "viewer"', 'default_role = "none"'),
        ('permissions = ["write_work_pools"]', 'permissions = ["manage_concurrency_limits"]'),
        ('members = ["bo"]', 'members = ["cy"]'),
        ('admin = ["dee"]', "admin = []"),
        ('member = ["bo",', 'member = ["dee", "bo",'),
    )
    assert after == before


def test_what_a_run_made_goes_and_what_it_deleted_comes_back_with_all_that_went_along(account):
    before, after = undone(
        account,
        ('\n[teams.data]\nmembers = ["bo"]\n', '\n[teams.new]\nmembers = ["cy"]\n'),
        ('runner = ["team:data"]', 'viewer = ["team:new"]'),
        ('member = ["bo", "cy", "lea", "sa:ci"]', 'member = ["bo", "cy", "sa:ci"]'),
        ('lea = "lea@acme.example"', ""),
        ('owner = ["lea"]', ""),
    )
    assert after == before


def test_what_a_run_renamed_gets_its_name_back_and_keeps_what_it_holds(account):
    before, after = undone(
        account,
        ("[teams.data]\n", '[teams.science]\nrenamed_from = "data"\n'),
        ('"team:data"', '"team:science"'),
    )
    assert after == before
    assert "`team.science` renamed to `team.data`" in run("audit log").out


def test_a_plan_that_takes_a_run_back_shows_what_it_does(account):
    account.edit(('default_role = "viewer"', 'default_role = "none"'))
    assert run("apply --auto-approve").code == 0
    ran = run(f"undo {latest()[:8]}")
    assert ran.code == 0
    assert "# workspace.prod/default_role will be created # (rbac.toml:40)" in " ".join(ran.lines)
    assert ran.lines[-1] == "Plan: 1 to add, 0 to change, 0 to destroy."


def test_the_guard_judges_it_as_any_other(account):
    account.edit(('default_role = "viewer"', 'default_role = "none"'))
    assert run("apply --auto-approve").code == 0
    ran = run(f"undo {latest()} --as bo --out back.plan")
    assert ran.code == 3
    assert "error[CAPABILITY]" in ran.out
    assert not (account.folder / "back.plan").exists()


def test_what_has_changed_since_is_not_overwritten(account):
    account.edit(('default_role = "viewer"', 'default_role = "none"'))
    assert run("apply --auto-approve").code == 0
    first = latest()
    account.edit(
        ('default_role = "none"\n\n[workspaces.prod', 'default_role = "runner"\n\n[workspaces.prod')
    )
    assert run("apply --auto-approve").code == 0
    ran = run(f"undo {first}")
    assert (ran.code, ran.out) == (1, "")
    assert "`workspace.prod/default_role` has been changed since that run" in ran.err
    assert "= help: undo the later run first, or change it in the configuration" in ran.err


def test_what_is_taken_back_already_is_no_change(account):
    account.edit(('default_role = "viewer"', 'default_role = "none"'))
    assert run("apply --auto-approve").code == 0
    first = latest()
    assert run(f"undo {first} --out back.plan").code == 0
    assert run("apply back.plan").code == 0
    assert NOTHING in run(f"undo {first}").lines


def test_a_run_that_is_not_on_record_is_an_error_that_says_where_to_look(account):
    for name in ("nonesuch-run", latest()[:3]):
        ran = run(f"undo {name}")
        assert (ran.code, ran.out) == (1, "")
        assert f"no run `{name}` is on record" in ran.err
        assert "= help: `rbac-sync audit log` shows the runs" in ran.err


def test_the_log_shows_as_much_of_a_run_as_names_it(account):
    short = latest()[:8]
    assert f"  {short}  " in run("audit log --limit 1").out
    assert run(f"undo {short} --allow-deletes 99 --reason x").code in (0, 3)
