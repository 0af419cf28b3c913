"""The command that puts tests to what is declared: no store, no key, no network."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from .running import run

GOOD = """
[[test]]
name = "the data team runs"
who = "team:data"
workspace = "prod"
can = ["run_deployments"]
"""
BAD = """
[[test]]
name = "nobody but the data team runs"
permission = "run_deployments"
workspace = "prod"
only = ["team:data", "ana", "dee", "lea"]

[[test]]
name = "few see"
permission = "see_flows"
workspace = "prod"
at_most = 3
"""
SHOWN = """\
ok      the data team runs  (rbac.toml:51)
FAILED  nobody but the data team runs  (rbac.toml:57)
        `cy@acme.example` could `run_deployments` in workspace prod
          as oncall in workspace prod (until 2099-01-01T00:00:00Z; reason: INC-1)
FAILED  few see  (rbac.toml:63)
        5 could `see_flows` in workspace prod, and at most 3 may

3 tests: 1 ok, 2 failed
"""


@pytest.fixture(autouse=True)
def _offline(account, monkeypatch):
    """Take away what a test of the configuration has no use for."""
    account.database.unlink()
    monkeypatch.delenv("RBAC_SYNC_API_KEY")


def test_without_tests_there_is_nothing_to_fail(account):
    assert account.file.exists()
    ran = run("test")
    assert (ran.code, ran.out, ran.err) == (0, "No tests. Write some as `[[test]]`.\n", "")


def test_tests_that_hold_are_a_line_each(account):
    account.add(GOOD)
    ran = run("test")
    assert (ran.code, ran.out) == (0, "ok      the data team runs  (rbac.toml:51)\n\n1 test: ok\n")
    assert "`plan` also tests what is live" in ran.err


def test_a_test_that_fails_says_who_could_what_and_by_which_way(account):
    account.add(GOOD + BAD)
    ran = run("test")
    assert (ran.code, ran.out) == (1, SHOWN)


def test_machines_read_the_same(account):
    account.add(GOOD + BAD)
    ran = run("test --json")
    found = json.loads(ran.out)
    assert (ran.code, ran.err, found["passed"], found["failed"]) == (1, "", 1, 2)
    good, circle, crowd = found["tests"]
    assert (good["passed"], good["failures"]) == (True, [])
    assert circle["place"] == {"file": "rbac.toml", "line": 57, "column": 3}
    (failure,) = circle["failures"]
    assert failure == {
        "principal": "cy@acme.example",
        "scope": "workspace.prod",
        "names": ["run_deployments"],
        "message": "`cy@acme.example` could `run_deployments` in workspace prod",
        "paths": [
            {
                "holder": "cy@acme.example",
                "role": "oncall",
                "scope": "workspace.prod",
                "since": None,
                "until": "2099-01-01T00:00:00Z",
                "reason": "INC-1",
            }
        ],
    }
    assert [each["principal"] for each in crowd["failures"]] == [None]


def test_a_configuration_that_cannot_be_used_is_not_tested(account):
    account.add('[[test]]\nname = "n"\nwho = "nobody"\ncan = ["read:bot"]\n')
    ran = run("test")
    assert (ran.code, ran.out) == (1, "")
    assert "error[RS201]" in ran.err


def test_who_is_kept_elsewhere_is_taken_to_be_there(account):
    account.edit(('members = "all"', 'members = "declared"'))
    account.edit(('owner = ["lea"]', 'owner = ["lea", "kim@acme.example"]'))
    account.add(GOOD.replace('"team:data"', '"kim@acme.example"'))
    assert run("test").code == 0


def test_a_plan_is_refused_by_what_the_command_says_fails(account, founded, monkeypatch):
    folder, key = founded
    account.database.write_bytes((folder / "rbac.db").read_bytes())
    monkeypatch.setenv("RBAC_SYNC_API_KEY", key)
    account.add(BAD)
    ran = run("plan")
    assert ran.code == 3
    assert "error[TEST]: test `nobody but the data team runs` fails: `cy@acme.example` could" in (
        ran.out
    )
    assert " --> rbac.toml:51:3\n" in ran.out


SOFT = BAD.replace("\nworkspace", '\nlevel = "warn"\nworkspace')
SOFT_SHOWN = """\
ok      the data team runs  (rbac.toml:51)
warns   nobody but the data team runs  (rbac.toml:57)
        `cy@acme.example` could `run_deployments` in workspace prod
          as oncall in workspace prod (until 2099-01-01T00:00:00Z; reason: INC-1)
warns   few see  (rbac.toml:64)
        5 could `see_flows` in workspace prod, and at most 3 may

3 tests: 1 ok, 2 warnings
"""


def test_a_test_that_warns_fails_nothing_unless_strict(account):
    account.add(GOOD + SOFT)
    ran, strict = run("test"), run("test --strict")
    assert (ran.code, ran.out) == (0, SOFT_SHOWN)
    assert (strict.code, strict.out) == (1, SHOWN.replace("toml:63", "toml:64"))


def test_a_test_that_warns_is_counted_apart_for_machines(account):
    account.add(GOOD + SOFT)
    shown = json.loads(run("test --json").out)
    assert [shown[key] for key in ("passed", "failed", "warned")] == [1, 0, 2]
    assert [each["level"] for each in shown["tests"]] == ["error", "warn", "warn"]
    strict = json.loads(run("test --json --strict").out)
    assert [strict[key] for key in ("passed", "failed", "warned")] == [1, 2, 0]


def test_warnings_and_failures_are_summed_up_together(account):
    account.add(GOOD + SOFT.replace('level = "warn"\n', "", 1))
    ran = run("test")
    assert (ran.code, ran.out.splitlines()[-1]) == (1, "3 tests: 1 ok, 1 warning, 1 failed")


def test_a_level_that_is_none_is_refused(account):
    account.add(GOOD + 'level = "warning"\n')
    ran = run("test")
    assert ran.code == 1
    assert "`error` or `warn`" in ran.err


def test_the_results_are_reported_to_tools(account):
    account.add(GOOD + BAD + SOFT)
    ran = run("test --report junit=tests.xml --report sarif=tests.sarif --report github=-")
    assert ran.code == 1
    assert ran.out.startswith("ok      the data team runs")
    suites = ET.parse("tests.xml").getroot()
    (tests,) = (suite for suite in suites if suite.get("name") == "test")
    assert {key: tests.get(key) for key in ("tests", "failures", "skipped")} == {
        "tests": "5",
        "failures": "2",
        "skipped": "2",
    }
    results = json.loads(Path("tests.sarif").read_text(encoding="utf-8"))["runs"][0]["results"]
    assert [each["ruleId"] for each in results] == ["RS515", "RS515", "RS420", "RS420"]
    assert sum(line.startswith("::error ") for line in ran.lines) == 2


def test_a_report_that_tells_of_no_test_is_refused(account):
    ran = run("test --report md=tests.md")
    assert ran.code == 1
    assert "is not KIND=FILE with a KIND of sarif, github, codequality, junit" in ran.err
    assert not (account.folder / "tests.md").exists()
