"""The JSON that a command answers with: the same on standard output and in a file."""

from __future__ import annotations

from .. import diagnostics, drift, plan_json
from ..run import Run


def text(run: Run) -> str:
    """Return all that there is to know of *run* as JSON on one line."""
    return plan_json.dumps(_value(run)) + "\n"


def _value(run: Run) -> plan_json.Shown:
    if run.error is None:
        return _found(run)
    ended = {"error": plan_json.error(run.error)}
    return ended if run.plan is None else {**_found(run), **ended}


def _found(run: Run) -> plan_json.Shown:
    if run.plan is None or run.saved is None:
        found = diagnostics.machine(run.problems)
        return {"valid": run.valid, "diagnostics": found}
    if run.context is None:
        return drift.machine(run.plan, run.saved, run.touched)
    keys = (run.rising, run.makers)
    shown = plan_json.plan(run.plan, run.effects, run.findings, run.saved, run.problems, keys)
    return shown if run.made is None else {**shown, "made": plan_json.counts(run.made)}
