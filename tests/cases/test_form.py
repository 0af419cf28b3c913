"""A broken case file is told with the place and the fault; a broken case fails with them."""

from __future__ import annotations

import json

import pytest

from rbac_sync.model import ACCOUNT

from .form import HERE, NoCaseFile, guard_faults, load, told, toml_faults
from .model import context

GUARD = json.loads((HERE / "guard.json").read_text())["guard_cases"]
MODELS = json.loads((HERE / "models.json").read_text())
GRANT = {"workspace": "prod", "subject": "user:wim", "role": "owner"}
TOML = {"id": "N1", "files": {}, "verdict": "accept"}


def broken(*path, value):
    """Return the faults of a guard case with another *value* at *path*; None takes the key away."""
    case = json.loads(json.dumps(GUARD[3]))
    *outer, last = path
    place = case
    for step in outer:
        place = place[step]
    if value is None:
        del place[last]
    else:
        place[last] = value
    return guard_faults(case, MODELS)


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        ("[", "Expecting value: line 1 column 2 (char 1)"),
        ("\ufeff{}", "Unexpected UTF-8 BOM"),
        ('{"toml_cases": [{"verdict": "reject", "verdict": "accept"}]}', "the key 'verdict' twice"),
        ([], "it is no object"),
        ({}, "it has no cases: guard_cases or toml_cases"),
        ({"guard_case": [1]}, "it has no cases"),
        ({"guard_case": [1], "toml_cases": [TOML]}, "'guard_case': 'guard_cases'?"),
        ({"format": 7, "toml_cases": [TOML]}, "format 7 is not known"),
        ({"toml_cases": {"a": 1}}, "toml_cases is no list"),
        ({"toml_cases": [TOML, TOML]}, "toml_cases N1: 2 cases have this id"),
        ({"toml_cases": [TOML], "permission_models": {}}, "permission_models: Input should be a"),
        ({"toml_cases": [TOML], "permission_models": [{}]}, "permission_models.0.name: Field req"),
        ({"toml_cases": [TOML], "policy_defaults": {}}, "policy_defaults.bots_account_role: Field"),
    ],
)
def test_a_file_without_cases_that_can_be_told_apart_ends_the_run(tmp_path, content, fault):
    file = tmp_path / "cases.json"
    file.write_text(content if isinstance(content, str) else json.dumps(content))
    with pytest.raises(NoCaseFile) as refused:
        load(file)
    assert str(refused.value).startswith(f"{file}: ")
    assert fault in str(refused.value)


@pytest.mark.parametrize(
    ("faults", "fault"),
    [
        (toml_faults(3), "Input should be a valid dictionary or instance of TomlCase"),
        (toml_faults(TOML | {"colum": 3}), "an unknown key 'colum': 'column'?"),
        (toml_faults(TOML | {"verdict": "no"}), "verdict: Input should be 'accept' or 'reject'"),
        (toml_faults(TOML | {"args": "plan"}), "args: Input should be a valid list"),
        (toml_faults(TOML | {"line": "7"}), "line: Input should be a valid integer"),
        (toml_faults(TOML | {"files": {"../x": ""}}), "'../x' is outside the folder"),
        (toml_faults(TOML | {"files": {"x": {"txt": ""}}}), "files.x.File.txt: Extra inputs"),
        (broken("id", value=None), "id: Field required"),
        (broken("live", value=None), "live: Field required"),
        (broken("rule", value=[]), "an unknown key 'rule': 'rules'?"),
        (broken("model", value="clod"), "there is no model 'clod'"),
        (broken("now", value="yesterday"), "now: Value error, Invalid isoformat string"),
        (broken("applier", value="wim"), "applier: Value error, 'wim' begins with none of 'user:'"),
        (broken("change", value=[]), "change: List should have at least 1 item"),
        (broken("rules", value=[]), "the verdict is 'reject', and the rules are []"),
        (broken("rules", value=["DURATON"]), "rules.0: Input should be 'NO_AUTHORITY', "),
        (broken("policy", value={"min_owner": 2}), "policy.min_owner: Extra inputs"),
        (broken("policy", value={"allow_public": 1}), "policy.allow_public: Input should be a"),
        (
            broken("policy", value={"bots_account_role": "x"}),
            "policy: there is no account role 'x'",
        ),
        (broken("change", 0, "op", value="grant"), "change.0: Input tag 'grant' found"),
        (broken("change", 0, "role", value=None), "change.0.set_access.role: Field required"),
        (broken("change", 0, "until", value="2026-02-01"), "set_access.until: Extra inputs"),
        (broken("change", 0, "expires", value=[]), "expires: Input should be a valid string"),
        (broken("change", 0, "subject", value="mei"), "'mei' begins with none of"),
        (broken("live", "access", 0, "subject", value="user:wmi"), "there is no principal 'user:w"),
        (broken("live", "access", 0, "role", value="ownr"), "there is no workspace role 'ownr'"),
        (broken("live", "access", 0, "workspace", value="x"), "there is no workspace 'x'"),
        (broken("live", "access", 0, "from", value="x"), "live.access.0.from: Extra inputs"),
        (broken("live", "teams", "core", "members", value=["bot:x"]), "no actor 'bot:x'"),
        (broken("live", "teams", "core", "members", value=["team:core"]), "no actor 'team:core'"),
        (
            broken("live", "teams", "core", "members", value=["user:wim", "user:wim"]),
            "live.teams.core: user:wim is there 2 times",
        ),
        (
            broken("live", "users", "wim", "email", value="OLA@example.org"),
            "live.users: ola@example.org is there 2 times",
        ),
        (
            broken("live", "access", value=[GRANT, GRANT]),
            "live.access: owner of user:wim in prod is there 2 times",
        ),
        (
            broken("live", "account_roles", "admin", value={"permissions": []}),
            "live.account_roles.admin: the model has this role already",
        ),
        (broken("live", "users", "wim", "stats", value="pending"), "users.wim.stats: Extra inputs"),
        (broken("live", "users", "wim", "keys", value="k1"), "wim.keys: Input should be a valid l"),
        (
            broken("live", "workspaces", "prod", "default_role", value="x"),
            "workspaces.prod: there is",
        ),
        (broken("live", "workspace_roles", "guest", "base", value="x"), "no workspace role 'x'"),
        (broken("live", "invitations", 0, "teams", value=["x"]), "there is no team 'x'"),
    ],
)
def test_a_broken_case_is_told_with_its_fault(faults, fault):
    assert any(fault in each for each in faults), faults


def test_a_broken_case_fails_with_its_name_and_each_fault():
    with pytest.raises(pytest.fail.Exception) as failed:
        told(TOML, ["files: Field required", "line: Input should be a valid integer"])
    assert str(failed.value) == (
        "case N1: files: Field required\ncase N1: line: Input should be a valid integer"
    )


def test_two_roles_of_one_subject_in_a_workspace_are_one_binding():
    case = json.loads(json.dumps(GUARD[3]))
    case["live"]["access"] = [GRANT, GRANT | {"role": "viewer"}]
    models = {model["name"]: model for model in MODELS["permission_models"]}
    live = context(case, models, MODELS["policy_defaults"]).live
    (wim,) = (
        b for b in live.bindings() if b.principal.key.startswith("wim") and b.scope != ACCOUNT
    )
    assert {holding.role.name for holding in wim.roles} == {"owner", "viewer"}
