from __future__ import annotations

import re
from xml.etree import ElementTree as ET

from rbac_sync.errors import ApplyStopped, CredentialError, Diagnostic, Place
from rbac_sync.guard import RULES, Finding
from rbac_sync.model import ACCOUNT, Permission
from rbac_sync.model.expectation import Ability
from rbac_sync.views.reports.junit import render_reports
from rbac_sync.views.run import Run
from tests.build import context, who

from ..runs import FAULTY, SOURCES, busy, saved, week


def suites(shown):
    """Return the names of the cases of each suite, with what failed."""
    root = ET.fromstring(shown.encode())
    for suite in root.findall("testsuite"):
        cases = {c.get("name"): c.findtext("failure") for c in suite.findall("testcase")}
        failed = sum(found is not None for found in cases.values())
        assert suite.get("tests") == str(len(cases))
        assert suite.get("failures") == str(failed)
        yield suite.get("name"), cases


def test_what_the_guard_finds(snapshot):
    passed = re.compile(r' *<testcase classname="rbac-sync.guard" [^>]* />\n')
    shown = passed.sub("", render_reports([busy("bo")]))

    assert re.sub(r'tests="\d+"', 'tests="N"', shown) == snapshot


def test_every_rule_of_the_guard_is_a_test_case():
    found = dict(suites(render_reports([busy("bo")])))
    assert list(found["guard"]) == [rule for rule in RULES if rule != "TEST"]
    failed = [rule for rule, why in found["guard"].items() if why]
    assert failed == ["CAPABILITY", "ESCALATION", "DOMINANCE"]
    assert "people.toml:3:10: `bo@acme.example` may not update" in found["guard"]["CAPABILITY"]


def test_what_is_allowed_fails_nowhere():
    found = dict(suites(render_reports([busy()])))
    assert not any(why for cases in found.values() for why in cases.values())
    assert found["configuration"] == {"the configuration can be used as it is written": None}


def test_every_test_of_the_configuration_is_a_test_case():
    def expected(name, line):
        can = frozenset({Permission("see_account")})
        return Ability(name, who("bo"), ACCOUNT, can, place=Place("tests.toml", line))

    asked = context(week(), expectations=(expected("holds", 1), expected("fails", 9)))
    failing = Finding("TEST", who("bo"), "test `fails` fails", "why", place=Place("tests.toml", 9))
    run = Run((), SOURCES, week(), saved(week()), asked, [failing], folder="access/")
    found = dict(suites(render_reports([run])))
    assert found["test"] == {"holds": None, "fails": "tests.toml:9:1: test `fails` fails\nwhy"}
    assert "TEST" not in found["guard"]
    assert 'file="access/tests.toml"' in render_reports([run])


def test_what_is_wrong_with_a_configuration_are_the_test_cases():
    assert dict(suites(render_reports([FAULTY]))) == {
        "configuration": {
            "RS201 unknown short name (people.toml:3:10)": (
                "people.toml:3:10: there is no `bob`\ndid you mean `bo`?"
            ),
            "RS101 no configuration": "there is no `rbac.toml`",
        }
    }


def test_no_name_breaks_out_of_the_xml():
    name = "</testcase>\"'&<!-- ]]> \x00\x08\x1b\ufffe\ud800\u202e"
    hostile = Diagnostic("RS201", name, Place(name, 1), name)
    (found,) = dict(suites(render_reports([Run((hostile,))])))["configuration"].items()
    assert all(r"</testcase>" in shown and r"\x1b" in shown for shown in found)


def test_a_run_that_fails_is_a_test_case_and_nothing_is_said_of_the_rest():
    error = CredentialError("there is no API key", hint="set it")
    cases = {"the run comes to its end": "there is no API key\nset it"}
    assert dict(suites(render_reports([Run(error=error)]))) == {"run": cases}


def test_a_run_that_stops_half_way_says_what_was_judged_too():
    found = dict(suites(render_reports([busy(error=ApplyStopped("applied 1 of 13 changes"))])))
    assert list(found) == ["run", "configuration", "guard", "test"]
    assert not any(found["guard"].values())
