"""``renamed_from`` on a real store: planned, saved, applied, said once it has done its work."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from rbac_sync.planning.planfile import decoded

from .live import database
from .running import run

RENAMES = {
    "a role": (
        ('[roles.oncall]\nbase = "runner"', '[roles.pager]\nrenamed_from = "oncall"'),
        ("oncall = [{", "pager = [{"),
    ),
    "a team": (
        ("[teams.data]", '[teams.science]\nrenamed_from = "data"'),
        ('runner = ["team:data"]', 'runner = ["team:science"]'),
    ),
    "a workspace": (
        ('[workspaces.prod]\nname = "Production"', '[workspaces.live]\nrenamed_from = "prod"'),
        ("[workspaces.prod.access]", "[workspaces.live.access]"),
    ),
    "a service account": (
        ("[service_accounts.ci]", '[service_accounts.builder]\nrenamed_from = "ci"'),
        ('"sa:ci"', '"sa:builder"'),
    ),
}
SENTENCES = {
    "a role": "# role.oncall has moved to role.pager",
    "a team": "# team.data has moved to team.science",
    "a workspace": "# workspace.prod has moved to workspace.live",
    "a service account": "# service-account.ci has moved to service-account.builder",
}
TEAM = RENAMES["a team"]


def numbers(account):
    """Return the number of each thing and what the bindings refer to, by number."""
    with database(account) as connection:
        things = connection.execute("SELECT number FROM address ORDER BY number").fetchall()
        held = connection.execute("SELECT principal, scope, role FROM binding ORDER BY 1, 2, 3")
        return things, held.fetchall()


@pytest.mark.parametrize("thing", RENAMES)
def test_a_rename_keeps_the_thing_and_all_that_it_holds(account, thing):
    before = numbers(account)
    account.edit(*RENAMES[thing])
    planned = run("plan --out it.plan")
    assert planned.code == 0, planned.out + planned.err
    assert SENTENCES[thing] in planned.lines
    assert "Nobody gains or loses anything." in planned.lines
    assert "Plan: 0 to add, 1 to change, 0 to destroy." in planned.lines
    assert run("apply it.plan").code == 0
    assert numbers(account) == before
    again = run("plan --detailed-exitcode")
    assert (again.code, "advice[RS505]" in again.err) == (0, True)


@pytest.mark.parametrize("thing", RENAMES)
def test_a_saved_rename_is_applied_once_and_is_nothing_the_second_time(account, thing):
    account.edit(*RENAMES[thing])
    assert run("plan --out it.plan").code == 0
    assert [str(c.action) for c in decoded(Path("it.plan").read_bytes()).changes] == ["rename"]
    assert run("apply it.plan").code == 0
    done = run("apply it.plan")
    assert (done.code, "0 added, 0 changed, 0 destroyed" in done.out) == (0, True)


def test_a_rename_and_an_edit_go_together(account):
    account.edit(*TEAM, ('[teams.science]\nrenamed_from = "data"\nmembers = ["bo"]', TWO))
    planned = run("plan --out it.plan")
    assert SENTENCES["a team"] in planned.lines
    assert "+ member = cy@acme.example" in planned.lines
    assert "Plan: 0 to add, 1 to change, 0 to destroy." in planned.lines
    assert run("apply it.plan").code == 0
    assert run("plan --detailed-exitcode").code == 0
    messages = run("audit log").out
    assert "~ team.data -> team.science" in messages
    assert run("audit verify").code == 0


TWO = '[teams.science]\nrenamed_from = "data"\nmembers = ["bo", "cy"]'


def test_a_renamed_row_that_somebody_else_changes_makes_the_plan_stale(account):
    account.edit(*RENAMES["a workspace"], ('owner = ["lea"]', 'developer = ["lea"]'))
    assert run("plan --out it.plan").code == 0
    with database(account) as connection:
        connection.execute("UPDATE binding SET version = version + 1")
    assert run("apply it.plan").code == 5


def test_machines_are_told_of_both_names(account):
    account.edit(*TEAM)
    shown = json.loads(run("plan --json").out)
    (change,) = shown["changes"]
    assert (change["action"], change["address"]) == ("rename", "team.science")
    assert (change["before"]["name"], change["after"]["name"]) == ("data", "science")
    assert shown["effects"] == []
    assert shown["advice"] == []


def test_a_drift_says_what_it_is_called_live(account):
    account.edit(*TEAM)
    ran = run("drift")
    assert ran.code == 2
    assert "# team.science is called team.data live  (rbac.toml:35)" in ran.lines


def test_what_is_live_under_both_names_is_two_things(account):
    account.add("[teams.science]\n")
    assert run("apply --auto-approve").code == 0
    account.edit(("[teams.science]\n", ""))
    account.edit(*TEAM)
    for command in ("plan", "drift", "apply --auto-approve"):
        ran = run(command)
        assert (ran.code, ran.out) == (1, "")
        assert "error[RS314]: `team.data` cannot become `team.science`: both are live" in ran.err
        assert " --> rbac.toml:35:" in ran.err


def test_a_protected_thing_is_not_renamed_out_of_its_protection(account):
    account.edit(("max_key_days = 36500", 'max_key_days = 36500\nprotect = ["team.data"]'))
    account.edit(*TEAM)
    ran = run("plan")
    assert ran.code == 3
    assert "`team.data` is protected, and would lose that name" in ran.out
    account.edit(('protect = ["team.data"]', 'protect = ["team.science"]'))
    assert run("plan").code == 0


def test_a_slip_in_renamed_from_destroys_nothing(account):
    account.edit(("[teams.data]", '[teams.science]\nrenamed_from = "dta"'))
    account.edit(('runner = ["team:data"]', 'runner = ["team:science"]'))
    for command in ("plan", "apply --auto-approve"):
        ran = run(command)
        assert (ran.code, ran.out) == (1, "")
        assert (
            "error[RS316]: `team.dta` is not live, so it cannot become `team.science`,"
            " and `team.data` would be destroyed"
        ) in ran.err
        assert "= help: did you mean `data`? correct `renamed_from`" in ran.err
        assert " --> rbac.toml:35:" in ran.err


def test_members_under_a_new_name_are_said_to_look_like_a_rename(account):
    account.edit(("[teams.data]", "[teams.science]"))
    account.edit(('runner = ["team:data"]', 'runner = ["team:science"]'))
    ran = run("plan")
    assert "advice[RS509]: `team.science` has the same members as `team.data`" in ran.err
