"""The JSON that a command answers with: the same on standard output and in a file."""

from __future__ import annotations

from . import diagnostics, drift, machine
from .run import Run


def text(run: Run) -> str:
    """Return all that there is to know of *run* as JSON on one line."""
    return machine.dumps(_value(run)) + "\n"


def _value(run: Run) -> machine.Shown:
    if run.error is None:
        return _found(run)
    ended = {"error": machine.error(run.error)}
    return ended if run.plan is None else {**_found(run), **ended}


def _found(run: Run) -> machine.Shown:
    if run.plan is None or run.saved is None:
        found = diagnostics.machine(run.problems)
        return {"valid": run.valid, "diagnostics": found}
    if run.inquiry is None:
        return drift.machine(run.plan, run.saved, run.touched)
    keys = (run.rising, run.makers)
    shown = machine.plan(run.plan, run.effects, run.findings, run.saved, run.problems, keys)
    return shown if run.made is None else {**shown, "made": machine.counts(run.made)}
