"""Taking a run back: a plan from the audit trail, through the same guard."""

from __future__ import annotations

import json

import pytest

from .live import database
from .running import run
from .test_audit import read, rechained, rewrite

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
    assert run("audit log").shows("~ team.science -> team.data*")


def test_a_role_with_a_limit_gets_its_old_name_back_once_that_has_the_limit_too(account):
    assert run("apply --auto-approve").code == 0
    account.edit(
        ("min_owners = 1", 'min_owners = 1\nrequire_end_for = ["duty"]'),
        ("[roles.oncall]", '[roles.duty]\nrenamed_from = "oncall"'),
        ("oncall = [{", "duty = [{"),
    )
    assert run("apply --auto-approve").code == 0
    refused = run(f"undo {latest()}")
    assert refused.code == 3
    fault = "`role.duty` is in `require_end_for`, and its new name needs no end"
    assert refused.shows(f"error?TERM?: {fault}*")
    assert refused.shows("*help: write `oncall` there first")
    account.edit(
        ('["duty"]', '["oncall"]'),
        ('[roles.duty]\nrenamed_from = "oncall"', "[roles.oncall]"),
        ("duty = [{", "oncall = [{"),
    )
    assert run(f"undo {latest()}").code == 0


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


def changed(account):
    """Apply a change of the account, and return its run."""
    account.edit(('default_role = "viewer"', 'default_role = "none"'))
    assert run("apply --auto-approve").code == 0
    return latest()


UNTRUE = "= help: `rbac-sync audit verify` shows all that is wrong; put the configuration back"


@pytest.mark.parametrize(
    ("tamper", "told"),
    [
        (
            lambda rows: [*rows[:2], {**rows[2], "applier": "mallory@acme.example"}, *rows[3:]],
            "row 3",
        ),
        (lambda rows: [*rows[:2], *rows[3:]], "row 4: stands where row 3 should"),
        (lambda rows: rows[3:], "row 4: stands where row 1 should"),
        (lambda rows: rows[:-1], "workspace.prod/default_role"),
        (
            lambda rows: rechained([*rows[:2], *rows[3:]]),
            "`role.oncall` is live, but not in the trail",
        ),
    ],
    ids=["forged", "a row taken out", "cut at the start", "cut at the end", "chained anew"],
)
def test_a_trail_that_is_not_whole_is_not_believed(account, tamper, told):
    name = changed(account)
    first = json.loads(run("audit log --json").out)[-1]["run"]
    with database(account) as connection:
        rewrite(connection, tamper(read(connection)))
    for asked in {name, first}:
        ran = run(f"undo {asked} --out back.plan")
        assert (ran.code, ran.out) == (1, "")
        assert "the audit trail cannot be believed: " in ran.err
        assert told in ran.err
        assert UNTRUE in ran.err
    assert not (account.folder / "back.plan").exists()


def test_a_change_past_the_trail_is_not_believed_either(account):
    name = changed(account)
    with database(account) as connection:
        connection.execute("DELETE FROM binding WHERE position = 0 AND until IS NOT NULL")
    ran = run(f"undo {name}")
    assert ran.code == 1
    assert "the audit trail cannot be believed: `workspace.prod/access/cy@acme.example`" in ran.err


def test_a_checkpoint_shows_a_trail_that_was_written_anew(account):
    name = changed(account)
    assert run("audit verify --checkpoint-out mark.json").code == 0
    assert run(f"undo {name} --checkpoint mark.json").code == 0
    mark = json.loads((account.folder / "mark.json").read_text())
    (account.folder / "mark.json").write_text(json.dumps({**mark, "hash": "0" * 64}))
    ran = run(f"undo {name} --checkpoint mark.json")
    assert ran.code == 1
    assert "is not the row that the checkpoint of" in ran.err


def test_a_key_that_the_run_revoked_is_not_made_again_and_that_is_said(account):
    for owner, name in (("bo", "laptop"), ("sa:ci", "build")):
        assert run(f"store key create {owner} {name} --until 2099-01-01").code == 0
        assert run(f"store key revoke {owner} {name}").code == 0
        ran = run(f"undo {latest()}")
        assert ran.code == 0
        assert NOTHING in ran.lines
        assert "advice[RS512]: `" in ran.err
        assert f"/key/{name}` stays as it is: no undo makes a revoked key again" in ran.err
        assert "= help: make or revoke it with `rbac-sync store key`, if it is wanted" in ran.err


def test_what_was_made_anew_under_its_name_is_refused_with_the_run_that_did_it(account):
    account.edit(('members = ["bo"]', 'members = ["cy"]'))
    assert run("apply --auto-approve").code == 0
    first = latest()
    account.edit(
        ("[teams.data]\n", '[teams.science]\nrenamed_from = "data"\n'),
        ('"team:data"', '"team:science"'),
    )
    assert run("apply --auto-approve").code == 0
    renaming = latest()
    account.edit(('\nrenamed_from = "data"', ""))
    account.add('[teams.data]\nmembers = ["cy"]\n')
    assert run("apply --auto-approve").code == 0
    ran = run(f"undo {first} --out back.plan")
    assert (ran.code, ran.out) == (1, "")
    assert "error: `team.data` has been renamed to `team.science` since that run (run " in ran.err
    assert f"(run {renaming[:8]}, " in ran.err
    assert ", ana@acme.example)" in ran.err
    assert not (account.folder / "back.plan").exists()


def test_a_key_of_a_service_account_that_a_run_made_is_revoked(account):
    assert run("store key create sa:ci build --until 2099-01-01").code == 0
    assert run("store key create sa:ci other --until 2099-01-01").code == 0
    made = json.loads(run("audit log --json").out)[1]["run"]
    ran = run(f"undo {made} --allow-deletes 1 --reason leaked --out back.plan")
    assert ran.code == 0, ran.out
    assert "# service-account.ci/key/build will be destroyed" in " ".join(ran.lines)
    assert run("apply back.plan --allow-deletes 1 --reason leaked").code == 0
    assert [key["name"] for key in json.loads(run("store key list --json").out)][-1] == "other"


def test_a_user_who_was_removed_and_invited_again_is_another_one(account):
    account.edit(('owner = ["lea"]', 'owner = ["lea", "bo"]'))
    assert run("apply --auto-approve").code == 0
    given = latest()
    account.edit(('member = ["bo", "cy", "lea", "sa:ci"]', 'member = ["cy", "lea", "sa:ci"]'))
    account.edit(('owner = ["lea", "bo"]', 'owner = ["lea"]'), ('members = ["bo"]', "members = []"))
    removed = run("apply --auto-approve --allow-deletes 3 --reason left")
    assert removed.code == 0, removed.err
    leaving = latest()
    account.edit(('member = ["cy", "lea", "sa:ci"]', 'member = ["bo", "cy", "lea", "sa:ci"]'))
    account.edit(('owner = ["lea"]', 'owner = ["lea", "bo"]'))
    assert run("apply --auto-approve").code == 0
    ran = run(f"undo {given}")
    assert (ran.code, ran.out) == (1, "")
    told = "`member.bo@acme.example` has been deleted and made anew since that run (run "
    assert f"{told}{leaving[:8]}, " in ran.err
