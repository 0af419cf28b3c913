"""A broken case file ends the run with the place and the fault, before any case of it runs."""

from __future__ import annotations

import json

import pytest

from .form import HERE, NoCaseFile, load


def broken(*path, value):
    """Return the first guard case with another *value* at *path*; None takes the key away."""
    case = json.loads((HERE / "guard.json").read_text())["guard_cases"][3]
    *outer, last = path
    place = case
    for step in outer:
        place = place[step]
    if value is None:
        del place[last]
    else:
        place[last] = value
    return {"guard_cases": [case]}


TOML = {"id": "N1", "files": {}, "verdict": "accept"}


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        ("[", "Expecting value: line 1 column 2 (char 1)"),
        ("\ufeff{}", "Unexpected UTF-8 BOM"),
        ([], "it is no object"),
        ({}, "it has no cases: guard_cases or toml_cases"),
        ({"guard_case": [1]}, "it has no cases"),
        ({"format": 7, "toml_cases": [TOML]}, "format 7 is not known"),
        ({"toml_cases": {"a": 1}}, "toml_cases is no list"),
        ({"toml_cases": [TOML, TOML]}, "toml_cases N1: 2 cases have this id"),
        ({"toml_cases": [3]}, "toml_cases 0: the case is no object"),
        ({"toml_cases": [TOML | {"colum": 3}]}, "an unknown key 'colum': 'column'?"),
        ({"toml_cases": [TOML | {"verdict": "no"}]}, "the verdict is 'no', and neither"),
        ({"toml_cases": [TOML | {"files": {"../x": ""}}]}, "'../x' is outside the folder"),
        ({"toml_cases": [TOML | {"files": {"x": {"txt": ""}}}]}, "'x' has the keys ['txt']"),
        (broken("id", value=None), "guard_cases 0: the case has no key 'id'"),
        (broken("live", value=None), "the case has no key 'live'"),
        (broken("model", value="clod"), "guard_cases Z04: there is no model 'clod'"),
        (broken("now", value="yesterday"), "Invalid isoformat string: 'yesterday'"),
        (broken("applier", value="wim"), "the applier: 'wim' begins with none of 'user:'"),
        (broken("rules", value=[]), "the verdict is 'reject', and the rules are []"),
        (broken("rules", value=["DURATON"]), "there is no rule 'DURATON'"),
        (broken("policy", value={"min_owner": 2}), "no key 'min_owner' of the policy"),
        (broken("change", 0, "op", value="grant"), "step 1: there is no operation 'grant'"),
        (broken("change", 0, "role", value=None), "step 1 has no key 'role'"),
        (broken("change", 0, "until", value="2026-02-01"), "step 1 has an unknown key 'until'"),
        (broken("change", 0, "subject", value="mei"), "step 1: 'mei' begins with none of"),
        (broken("live", "access", 0, "subject", value="user:wmi"), "there is no 'user:wmi'"),
        (broken("live", "access", 0, "role", value="ownr"), "there is no role 'ownr'"),
        (broken("live", "access", 0, "workspace", value="x"), "there is no workspace 'x'"),
        (broken("live", "teams", "core", "members", value=["bot:x"]), "there is no 'bot:x'"),
        (broken("live", "users", "wim", "stats", value="pending"), "'stats': 'status'?"),
    ],
)
def test_a_broken_case_file_is_told_with_its_fault(tmp_path, content, fault):
    file = tmp_path / "cases.json"
    file.write_text(content if isinstance(content, str) else json.dumps(content))
    with pytest.raises(NoCaseFile) as refused:
        load(file)
    assert str(refused.value).startswith(f"{file}: ")
    assert fault in str(refused.value)
