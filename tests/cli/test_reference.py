"""Commands that look things up."""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path

import pytest
import tomli

from rbac_sync import guard
from rbac_sync.catalogues import catalogue
from rbac_sync.config import all_codes
from rbac_sync.views.rules import ADVICE

from .conftest import CONFIGURATION
from .running import run

EXAMPLES = Path(__file__).parents[2] / "examples"
TYPES = {
    "string": str,
    "array": list,
    "object": dict,
    "boolean": bool,
    "integer": int,
    "number": float,
    "null": type(None),
}
DATES = {"date": date, "date-time": datetime}


def test_permissions_are_found_by_name_title_words_and_role():
    for words in ("see_secret_blocks", "View secret block data", "BLOCKS and their secrets"):
        ran = run("permissions", *words.split())
        assert (ran.code, ran.err) == (0, "")
        assert "see_secret_blocks: View secret block data (name documented)" in ran.lines
    assert "held by developer, owner, worker (documented)" in ran.lines


def test_permissions_of_the_other_world_are_asked_for_by_its_name():
    assert run("permissions create:project").code == 1
    found = run("permissions create:project --world prefect-cloud-1")
    assert "create:project: Create Project (name documented)" in found.lines


@pytest.mark.parametrize("world", ["prefect-cloud", "prefect-cloud-1"])
def test_permissions_as_json_hold_every_permission_of_a_world(world):
    rows = json.loads(run(f"permissions --world {world} --json").out)
    named = [row["permission"] for row in rows if row["row"] == "permission"]
    assert sorted(named) == sorted(catalogue(world).titles)


def test_words_that_nothing_has_are_exit_1():
    ran = run("permissions zork")
    assert (ran.code, ran.out) == (1, "No permission and no statement has all of these words.\n")
    assert run("permissions zork --json").out == "[]\n"


@pytest.mark.parametrize("rule", guard.RULES)
def test_every_rule_is_explained_by_its_id_and_its_number(rule):
    number = guard.CODES[rule]
    explained = run("rule", rule)
    assert (explained.code, explained.err) == (0, "")
    assert explained.lines[0] == f"{number} {rule}"
    assert explained.lines[2].endswith(".")
    assert explained.shows("What to do: *.")
    assert explained.shows("For example: *.")
    spellings = (number, number.lower(), rule.lower(), rule.lower().replace("_", "-"))
    assert {run("rule", each) for each in spellings} == {explained}


@pytest.mark.parametrize("code", all_codes())
def test_every_error_code_is_explained(code):
    explained = run("rule", code)
    assert (explained.code, explained.err) == (0, "")
    assert explained.lines == [
        f"{code} {all_codes()[code].title}",
        "",
        all_codes()[code].explanation,
    ]


def test_without_a_code_all_of_them_are_listed():
    lines = run("rule").lines
    for line, rule in zip(lines, guard.RULES.values(), strict=False):
        assert line.split(maxsplit=2) == [rule.code, rule.id, rule.sentence]
    assert [line.split()[0] for line in lines[len(guard.RULES) :]] == sorted(all_codes())


def test_every_rule_has_its_advice_and_no_other():
    assert ADVICE.keys() == guard.RULES.keys()


def test_the_limits_of_a_rule_are_those_in_force_here(account):
    account.edit(("min_owners = 1", 'min_owners = 2\nprotect = ["workspace.prod"]'))
    here = run("rule LAST_OWNER").lines
    assert "Limits in `[guard]` in force here:" in here
    assert "min_owners = 2" in here
    assert 'protect = ["workspace.prod"]' in run("rule PROTECTED").lines


def test_a_limit_is_not_rounded(account):
    account.edit(("min_owners = 1", 'min_owners = 1\nmax_losers = "12.5%"'))
    assert '  max_losers = "12.5%"' in run("rule THRESHOLD").out.splitlines()


def test_a_role_in_a_limit_has_its_level(account):
    limits = 'max_term = { "workspace/owner" = "90d" }\nrequire_reason_for = ["owner"]'
    account.edit(("min_owners = 1", f"min_owners = 1\n{limits}"))
    assert 'max_term = {"workspace/owner" = 90 days}' in run("rule TERM").lines
    reasons = 'require_reason_for = ["account/owner", "workspace/owner"]'
    assert reasons in run("rule REASON").lines


def test_an_explanation_wraps_in_the_width_of_the_terminal(monkeypatch):
    text = run("rule THRESHOLD").out
    monkeypatch.setattr("rbac_sync.cli.terminal.width", lambda _stream: 60)
    narrow = run("rule THRESHOLD").out
    assert max(map(len, narrow.splitlines())) <= 60 < max(map(len, text.splitlines()))
    assert narrow.split() == text.split()


def test_without_a_configuration_the_limits_are_the_usual_ones(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    lines = run("rule THRESHOLD").lines
    assert "Limits in `[guard]`, as they usually are:" in lines
    assert {"max_removal_fraction = 0.25", "max_deletes = (no limit)", 'max_losers = "25%"'} <= {
        *lines
    }


def test_an_unknown_code_is_an_error_with_the_nearest_one():
    ran = run("rule ESCALATE")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err == "error: there is no rule `ESCALATE`\n  = help: did you mean `ESCALATION`?\n"
    assert "see what there is: `rbac-sync rule`" in run("rule 42").err


@pytest.mark.parametrize(
    ("code", "hint"),
    [
        ("RS999", "see what there is: `rbac-sync rule`"),
        ("RS4030", "see what there is: `rbac-sync rule`"),
        ("403", "did you mean `RS403`?"),
        ("RS403x", "did you mean `RS403`?"),
        ("LAST_OWNER1", "did you mean `LAST_OWNER`?"),
    ],
)
def test_a_code_with_another_number_is_not_suggested(code, hint):
    assert run(f"rule {code}").err.endswith(f"\n  = help: {hint}\n")


@pytest.fixture(scope="module")
def schema():
    return json.loads(run("schema").out)


def fits(value, form, schema):
    """Say whether *value* fits the part *form* of a JSON Schema, as far as ours goes."""
    if "$ref" in form:
        return fits(value, schema["$defs"][form["$ref"].rpartition("/")[2]], schema)
    for several in ("anyOf", "oneOf"):
        if several in form:
            return any(fits(value, each, schema) for each in form[several])
    if "enum" in form:
        return value in form["enum"]
    if form.get("format") in DATES:
        return isinstance(value, DATES[form["format"]])
    kind = form.get("type")
    kinds = [kind] if isinstance(kind, str) else kind or TYPES
    if not any(isinstance(value, TYPES[each]) for each in kinds):
        return False
    if kind == "array":
        return all(fits(item, form["items"], schema) for item in value)
    if kind == "object":
        others = form.get("additionalProperties")
        known = form.get("properties", {})
        forms = {key: known.get(key, others) for key in value}
        required = set(form.get("required", ()))
        return required <= value.keys() and all(
            bool(each) and fits(value[key], each, schema) for key, each in forms.items()
        )
    return True


def test_the_schema_says_what_it_is_of(schema):
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["title"] == "rbac-sync configuration"


@pytest.mark.parametrize(
    "path", sorted(EXAMPLES.rglob("*.toml")), ids=lambda p: f"{p.parent.name}/{p.name}"
)
def test_every_file_of_the_examples_fits_the_schema(path, schema):
    assert fits(tomli.loads(path.read_text(encoding="utf-8")), schema, schema)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("min_owners = 1", 'min_owners = "1"'),
        ("min_owners", "min_owner"),
        ('default_role = "none"', "default_role = 1"),
        ('members = "all"', 'members = "some"'),
        ("until = 2099-01-01", 'until = "2099-01-01"'),
        ('who = "cy", ', ""),
        ('type = "store"', ""),
        ("[teams.data]", "[teams.data.x]"),
    ],
)
def test_what_the_language_refuses_does_not_fit_the_schema(schema, old, new):
    assert fits(tomli.loads(CONFIGURATION), schema, schema)
    assert CONFIGURATION.count(old) == 1 or old == 'members = "all"'
    assert not fits(tomli.loads(CONFIGURATION.replace(old, new, 1)), schema, schema)
