"""Questions about another state than the live one: ``--desired``, ``--plan`` and ``--at``."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime, timedelta

import pytest

from rbac_sync.backends.store import clock

from .running import run

QUESTION = "can bo run_flows -w prod"
WHO = "who-can write_work_pools -w prod"
GRANT = ('owner = ["lea"]', 'owner = ["lea", "bo"]')


def now():
    """Return the present moment, of which nothing that follows has happened yet."""
    moment = datetime.now(UTC)
    time.sleep(0.002)
    return moment.isoformat().replace("+00:00", "Z")


def test_the_configuration_is_asked_before_it_is_applied(account):
    account.edit(GRANT)
    assert run(QUESTION).code == 1
    assert run(f"{QUESTION} --desired").code == 0
    who = run("who-can run_flows -w prod --desired")
    assert who.shows("owner in prod *bo@acme.example, lea@acme.example *")
    assert run("explain bo -w prod --desired").lines[0].endswith("by owner + runner + viewer")


def test_a_saved_plan_is_asked_until_it_is_stale(account):
    account.edit(GRANT)
    assert run("plan --out my.plan").code == 0
    assert run(f"{QUESTION} --plan my.plan").code == 0
    assert run("explain bo -w prod --json --plan my.plan").code == 0
    account.edit(('runner = ["team:data"]', 'runner = ["team:data", "dee"]'))
    ran = run(f"{QUESTION} --plan my.plan")
    assert (ran.code, ran.out) == (5, "")
    assert ran.err.startswith("error[other-configuration]: ")


def test_a_moment_of_the_past_is_asked(account):
    before = now()
    account.edit(GRANT, ("\noncall = [{", "\n# oncall = [{"))
    assert run("apply --auto-approve --allow-deletes 1 --reason leaving").code == 0
    after = now()
    assert run(QUESTION).code == 0
    assert run(f"{QUESTION} --at {before}").code == 1
    assert run(f"{QUESTION} --at {after}").code == 0
    holders = [
        {each["principal"] for each in json.loads(run(f"{WHO} --json {at}").out)}
        for at in (f"--at {before}", f"--at {after}", "")
    ]
    assert "cy@acme.example" in holders[0]
    assert "cy@acme.example" not in holders[1]
    assert holders[1] == holders[2]


def test_ends_are_judged_at_the_moment_that_is_asked_about(account, monkeypatch):
    end = datetime.now(UTC) + timedelta(days=1)
    account.edit(("until = 2099-01-01", f"until = {end.isoformat().replace('+00:00', 'Z')}"))
    assert run("apply --auto-approve").code == 0
    before = now()
    question = "can cy write_work_pools -w prod"
    assert run(f"{question} --at {before}").code == 0
    monkeypatch.setattr(clock, "time_of", lambda _: end)
    assert run(question).code == 1
    assert run(f"{question} --at {before}").code == 0


@pytest.mark.parametrize(
    ("at", "message", "hint"),
    [
        (
            "2099-01-01",
            "2099-01-01T00:00:00Z is in the future",
            "name a time in the past",
        ),
        ("2001-01-01", "the trail begins at ", "name a moment after its first row"),
    ],
)
def test_a_moment_without_a_past_is_refused(account, at, message, hint):
    ran = run(f"{QUESTION} --at {at}")
    assert (ran.code, ran.out) == (1, "")
    assert f"error: {message}" in ran.err
    assert hint in ran.err


def test_one_state_is_asked_about_at_a_time(account):
    ran = run(f"{QUESTION} --desired --at 1d")
    assert ran.code == 1
    assert "choose one of --desired, --plan and --at" in ran.err


@pytest.mark.parametrize(("permission", "code"), [("run_deployments", 0), ("run_flows", 1)])
def test_a_quiet_answer_is_its_exit_code(account, permission, code):
    ran = run(f"can bo {permission} -w prod --quiet")
    assert (ran.code, ran.out, ran.err) == (code, "", "")
