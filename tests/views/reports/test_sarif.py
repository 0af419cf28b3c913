from __future__ import annotations

import json
import os
import re
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from jsonschema.validators import validator_for

from rbac_sync import __version__
from rbac_sync.errors import Diagnostic, Place
from rbac_sync.views.reports.sarif import render_reports
from rbac_sync.views.run import Run

from ..runs import ADVICE, FAULTY, busy, loaded

OURS = json.loads((Path(__file__).parent / "sarif_2_1_0.json").read_text())
PUBLISHED = "RBAC_SYNC_TEST_SARIF_SCHEMA"
"""The variable that names the file of the published schema, which does not come with this."""

HOSTILE = "a [b](https://evil.example) ]( {0} \\ \x1b\u202e\n%41?#"
RUNS = {
    "refused": busy("bo"),
    "faulty": FAULTY,
    "sound": busy(),
    "hostile": Run((Diagnostic("RS201", HOSTILE, Place(HOSTILE, 1, 2, 3), HOSTILE),)),
}


def results(run):
    """Return the results that *run* is written with."""
    return loaded(render_reports([run]))["runs"][0]["results"]


@pytest.mark.parametrize("run", RUNS.values(), ids=RUNS)
def test_it_is_sarif_as_far_as_it_goes(run):
    Draft202012Validator(OURS).validate(loaded(render_reports([run])))


@pytest.mark.skipif(PUBLISHED not in os.environ, reason=f"{PUBLISHED} names no file")
@pytest.mark.parametrize("run", RUNS.values(), ids=RUNS)
def test_it_is_sarif_as_published(run):
    schema = json.loads(Path(os.environ[PUBLISHED]).read_text())
    validator_for(schema)(schema).validate(loaded(render_reports([run])))


def test_what_the_guard_finds(snapshot):
    version = f'"semanticVersion": "{__version__}"'
    assert render_reports([busy("bo")]).replace(version, '"semanticVersion": "0"') == snapshot


def test_a_problem_names_its_place_and_the_one_it_contradicts():
    first = results(FAULTY)[0]
    (place,), (other,) = first["locations"], first["relatedLocations"]
    assert place["physicalLocation"] == {
        "artifactLocation": {"uri": "people.toml", "uriBaseId": "%SRCROOT%"},
        "region": {"startLine": 3, "startColumn": 10, "endColumn": 14},
    }
    assert other["physicalLocation"]["region"]["startLine"] == 4


def test_what_stands_nowhere_is_shown_at_the_first_file():
    run = Run((Diagnostic("RS101", "x"),), folder="access/", root="acme.toml")
    ((place,),) = (result["locations"] for result in results(run))
    assert place["physicalLocation"]["artifactLocation"]["uri"] == "access/acme.toml"
    assert place["physicalLocation"]["region"]["startLine"] == 1


def test_advice_is_a_note():
    assert [result["level"] for result in results(FAULTY)] == ["error", "error", "note"]


def test_each_result_points_to_its_rule_which_says_what_it_is_about():
    (run,) = loaded(render_reports([busy("bo")]))["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert all(rules[r["ruleIndex"]]["id"] == r["ruleId"] for r in run["results"])
    assert [(rule["id"], rule["name"]) for rule in rules] == [
        ("RS402", "CAPABILITY"),
        ("RS403", "ESCALATION"),
        ("RS404", "DOMINANCE"),
    ]


def test_no_name_makes_a_link_and_every_file_is_a_relative_reference():
    (result,) = results(RUNS["hostile"])
    message = result["message"]["text"]
    assert not re.search(r"(?<!\\)[\[\]]", message)
    assert "\x1b" not in message
    uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert not set(uri) & set(":?#[]\\ ")


def test_nothing_to_mend_is_a_run_without_results():
    assert results(busy()) == []


def test_lines_may_move_without_making_another_result():
    moved = Diagnostic(ADVICE.code, ADVICE.message, Place("people.toml", 20, 1, 5))
    one, other = (results(Run((each,)))[0]["partialFingerprints"] for each in (ADVICE, moved))
    assert one == other
