"""Every refusal says what is wrong and what to do: each rule's message and hint, as goldens."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from rbac_sync.guard import RULES, examine

from ..cases.model import context

CASES = Path(__file__).parents[1] / "cases"
OURS = json.loads((CASES / "guard.json").read_text())["guard_cases"]
MODELS = json.loads((CASES / "models.json").read_text())
BEYOND_CASES = {"UNSUPPORTED", "PROTECTED", "TEST", "AUTHOR", "OUTCOME", "REASON", "TERM", "UNSEEN"}


def findings(case):
    models = {model["name"]: model for model in MODELS["permission_models"]}
    return examine(context(case, models, MODELS["policy_defaults"]))


@pytest.mark.parametrize("case", [c for c in OURS if c["rules"]], ids=lambda c: c["id"])
def test_a_refusal_says_what_is_wrong_and_what_to_do(case, snapshot):
    assert [f"{f.rule}: {f.message}\n  help: {f.hint}" for f in findings(case)] == snapshot


def test_every_rule_of_the_case_format_is_refused_by_some_case():
    refused = {rule for case in OURS for rule in case["rules"]}

    assert refused == set(RULES) - BEYOND_CASES
