from __future__ import annotations

from rbac_sync.errors import ApplyStopped, StalePlan
from rbac_sync.views.reports.json_report import text
from rbac_sync.views.run import Run

from ..runs import ADVICE, FAULTY, busy, drifted, loaded
from ..scene import week


def test_a_plan_a_drift_and_a_check_each_answer_in_their_own_form():
    assert loaded(text(busy()))["counts"] == {"add": 3, "change": 8, "destroy": 2}
    assert loaded(text(drifted(week())))["drift"]
    assert not loaded(text(FAULTY))["valid"]
    assert loaded(text(Run((ADVICE,))))["valid"]


def test_what_was_made_is_counted():
    assert loaded(text(busy(made=(3, 8, 2))))["made"] == {"add": 3, "change": 8, "destroy": 2}
    assert "made" not in loaded(text(busy()))


def test_a_run_that_fails_answers_with_its_error_alone():
    assert loaded(text(Run(error=StalePlan("x", hint="y")))) == {
        "error": {"code": "stale-plan", "message": "x", "hint": "y", "exit_code": 5}
    }


def test_a_run_that_stops_half_way_answers_with_its_plan_too():
    found = loaded(text(busy(error=ApplyStopped("x"))))
    assert found["error"]["code"] == "partial-apply"
    assert found["changes"]


def test_an_answer_is_one_line():
    assert text(busy()).count("\n") == 1
