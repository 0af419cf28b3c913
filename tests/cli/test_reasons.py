"""Why somebody holds something is shown wherever access is, from the plan to the trail."""

from __future__ import annotations

import json

import pytest

from .running import run

INCIDENT = 'oncall = [{ who = "cy", until = 2099-01-01, reason = "INC-1" }]'
ANOTHER = INCIDENT.replace("INC-1", "INC-4900: covers for Omar")
MEMBERS = ('members = ["bo"]', 'members = ["bo", { who = "cy", reason = "INC-4900" }]')
NOTHING = "No changes. Your infrastructure matches the configuration."


def trail():
    return json.loads(run("audit log --json --limit 1").out)[0]


def test_a_plan_shows_the_reason_of_what_it_gives_in_every_report(account):
    account.edit(MEMBERS)
    kinds = ("md", "json", "tfplan", "html")
    wanted = " ".join(f"--report {kind}=out.{kind}" for kind in kinds)
    ran = run(f"plan {wanted}")

    assert "+ member = cy@acme.example (reason: INC-4900)" in ran.out
    for kind in kinds:
        assert "INC-4900" in (account.folder / f"out.{kind}").read_text("utf-8"), kind
    (change,) = json.loads((account.folder / "out.json").read_text("utf-8"))["changes"]
    reasons = [member.get("reason") for member in change["after"]["members"]]
    assert sorted(map(str, reasons)) == ["INC-4900", "None"]


def test_another_reason_is_a_change_of_which_nobody_gains_or_loses_anything(account):
    account.edit((INCIDENT, ANOTHER))
    ran = run("plan --out p.plan")

    assert "(until 2099-01-01T00:00:00Z; reason: INC-1)" in ran.out
    assert "(until 2099-01-01T00:00:00Z; reason: INC-4900: covers for Omar)" in ran.out
    assert "Nobody gains or loses anything." in ran.out
    assert run("apply p.plan").code == 0
    assert NOTHING in run("plan").out
    assert trail()["info"]["reasons"] == ["INC-4900: covers for Omar"]
    assert run("audit verify").code == 0


@pytest.mark.parametrize(
    "asked",
    [
        "explain cy",
        "explain cy see_flows --workspace prod",
        "who-can write_work_pools --workspace prod",
        "can cy write_work_pools --workspace prod",
        "show",
    ],
)
def test_answers_about_access_say_why(account, asked):
    assert "until 2099-01-01T00:00:00Z; reason: INC-1)" in run(asked).out
    assert '"reason": "INC-1"' in run(f"{asked} --json").out.replace('":"', '": "')


def test_a_reason_comes_with_the_place_in_a_team_and_with_what_the_team_holds(account):
    account.edit(MEMBERS, ('["team:data"]', '[{ who = "team:data", reason = "pipelines" }]'))
    assert run("apply --auto-approve").code == 0

    assert "(reason: INC-4900; pipelines)" in run("explain cy --workspace prod").out
    assert "(reason: pipelines)" in run("explain bo --workspace prod").out


def test_drift_tells_a_declared_reason_from_the_live_one(account):
    account.edit((INCIDENT, ANOTHER))
    ran = run("drift")

    assert ran.code == 2
    assert "reason: INC-1" in ran.out
    assert "reason: INC-4900: covers for Omar" in ran.out


def test_the_trail_shows_the_reasons_of_what_was_given(account):
    account.edit(MEMBERS)
    assert run("apply --auto-approve").code == 0

    assert "reason: INC-4900" in run("audit log --limit 1").lines[2]


def test_what_is_pulled_has_its_reasons_and_there_is_nothing_to_plan(account):
    account.edit(MEMBERS)
    assert run("apply --auto-approve").code == 0
    assert run("pull pulled").code == 0

    text = "".join(p.read_text("utf-8") for p in (account.folder / "pulled").rglob("*.toml"))
    assert 'reason = "INC-1"' in text
    assert 'reason = "INC-4900"' in text
    assert NOTHING in run("plan --config pulled").out


def test_to_take_a_run_back_restores_the_earlier_reason(account):
    account.edit((INCIDENT, ANOTHER), MEMBERS)
    assert run("apply --auto-approve").code == 0
    assert run(f"undo {trail()['run']} --out back.plan").code == 0
    assert run("apply back.plan").code == 0

    assert "reason: INC-1)" in run("explain cy").out
    assert "INC-4900" not in run("show").out


def test_a_role_may_demand_a_reason(account):
    account.edit(
        ("min_owners = 1", 'min_owners = 1\nrequire_reason_for = ["oncall"]'),
        (INCIDENT, INCIDENT.replace("oncall = [", 'oncall = ["bo", ')),
    )
    ran = run("plan")

    assert ran.code == 3
    assert "REASON" in ran.out + ran.err
    assert (
        "`bo@acme.example` would act in workspace prod as `oncall`, and no reason is given"
        in ran.out + ran.err
    )
    assert 'write `{ who = "...", reason = "..." }` in the configuration' in ran.out + ran.err


OLD = "`oncall` is held by `bo@acme.example` in workspace prod without a reason"


def test_what_is_live_without_a_reason_is_advice_and_refused_only_when_strict(account):
    account.edit((INCIDENT, INCIDENT.replace("oncall = [", 'oncall = ["bo", ')))
    assert run("apply --auto-approve").code == 0
    account.edit(("min_owners = 1", 'min_owners = 1\nrequire_reason_for = ["oncall"]'))

    for command in ("validate", "plan", "apply --auto-approve"):
        ran = run(command)
        assert (ran.code, OLD in " ".join(ran.err.split())) == (0, True)
    ran = run("plan --strict")
    assert ran.code == 3
    assert "`bo@acme.example` in workspace prod holds `oncall` without a reason" in " ".join(
        ran.out.split()
    )


def test_a_term_that_is_too_long_is_refused_and_one_that_is_live_is_advice(account):
    account.edit(("min_owners = 1", 'min_owners = 1\nmax_term = { oncall = "90d" }'))
    text = " ".join(run("plan").err.split())

    assert "`oncall` is held by `cy@acme.example` in workspace prod until 2099-01-01T00:00:00Z" in (
        text
    )
    account.edit((INCIDENT, INCIDENT.replace("oncall = [", 'oncall = ["bo", ')))
    ran = run("plan")
    assert ran.code == 3
    assert "`bo@acme.example` in workspace prod would hold `oncall` without an end" in " ".join(
        ran.out.split()
    )
    assert run("rule TERM").out.count('max_term = {"workspace/oncall" = 90 days}') == 1


def test_a_role_that_demands_a_reason_has_to_be_there(account):
    account.edit(("min_owners = 1", 'min_owners = 1\nrequire_reason_for = ["oncal"]'))
    ran = run("validate")

    assert ran.code == 1
    assert "unknown role `oncal`" in ran.out + ran.err
    assert "oncall" in ran.out + ran.err


@pytest.mark.parametrize(
    ("reason", "wrong"),
    [
        ('"""a\nb"""', "must be one line of visible characters"),
        ('" a"', "must not begin or end with space"),
        (f'"{"x" * 501}"', "error[RS117]"),
    ],
)
def test_a_reason_is_one_line_of_bounded_length(account, reason, wrong):
    account.edit((INCIDENT, INCIDENT.replace('"INC-1"', reason)))
    ran = run("validate")

    assert ran.code == 1
    assert wrong in ran.out + ran.err
    assert "write it on one line, shorter" in ran.out + ran.err
