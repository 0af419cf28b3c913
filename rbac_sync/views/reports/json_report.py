"""The JSON answer of a command: the same on standard output and in a file."""

from __future__ import annotations

from .. import diagnostics, drift, plan_json
from ..run import Run


def render_report(run: Run) -> str:
    """Return all facts of *run* as JSON on one line."""
    return plan_json.dumps(report_value(run)) + "\n"


def report_value(run: Run) -> plan_json.JsonObject:
    """Return all facts of *run*."""
    if run.error is None:
        return _result(run)
    ended = {"error": plan_json.error(run.error)}
    return ended if run.plan is None else {**_result(run), **ended}


def _result(run: Run) -> plan_json.JsonObject:
    if run.plan is None or run.saved is None:
        problems = diagnostics.to_json(run.problems)
        return {"valid": run.valid, "diagnostics": problems}
    if run.context is None:
        return drift.to_json(run)
    made = {} if run.made is None else {"made": plan_json.counts(run.made)}
    return {**plan_json.plan(run), **made}
