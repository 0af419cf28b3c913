"""Every guard case: verdict and the set of rule ids, steps judged in the order given."""

from __future__ import annotations

from rbac_sync.guard import examine

from .form import guard_faults, told
from .model import context


def test_the_guard_says_what_the_case_says(guard_case, content) -> None:
    told(guard_case, guard_faults(guard_case, content))
    models = {model["name"]: model for model in content["permission_models"]}
    defaults = content["policy_defaults"]

    findings = examine(context(guard_case, models, defaults))

    found = sorted({f.rule for f in findings})
    said = [f"{f.rule}: {f.message}" for f in findings]
    assert found == sorted(set(guard_case["rules"])), (guard_case.get("reason"), said)
    assert ("reject" if found else "accept") == guard_case["verdict"]
    assert all(f.message and f.hint for f in findings)
