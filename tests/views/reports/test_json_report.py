from __future__ import annotations

from rbac_sync.errors import ApplyStopped, StalePlan
from rbac_sync.views.reports.json_report import render_report
from rbac_sync.views.run import Run

from ..runs import ADVICE, FAULTY, busy, drifted, loaded
from ..scene import week


def test_a_plan_a_drift_and_a_check_each_answer_in_their_own_form():
    assert loaded(render_report(busy()))["counts"] == {"add": 3, "change": 8, "destroy": 2}
    assert loaded(render_report(drifted(week())))["drift"]
    assert not loaded(render_report(FAULTY))["valid"]
    assert loaded(render_report(Run((ADVICE,))))["valid"]


def test_what_was_made_is_counted():
    assert loaded(render_report(busy(made=(3, 8, 2))))["made"] == {
        "add": 3,
        "change": 8,
        "destroy": 2,
    }
    assert "made" not in loaded(render_report(busy()))


def test_a_run_that_fails_answers_with_its_error_alone():
    assert loaded(render_report(Run(error=StalePlan("x", hint="y")))) == {
        "error": {"code": "stale-plan", "message": "x", "hint": "y", "exit_code": 5}
    }


def test_a_run_that_stops_half_way_answers_with_its_plan_too():
    found = loaded(render_report(busy(error=ApplyStopped("x"))))
    assert found["error"]["code"] == "partial-apply"
    assert found["changes"]


def test_an_answer_is_one_line():
    assert render_report(busy()).count("\n") == 1
