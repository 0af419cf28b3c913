"""The results of policy tests, one line a test, and each failure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from ..guard.policy_tests.failures import Failure
from ..model import State, label, place
from ..model.expectation import Expectation
from . import plan_json as forms
from .terminal import BLANK, Layout, Line, Tone, render_lines
from .words import counted, describe_path, format_place

NO_TESTS = "No tests. Write some as `[[test]]`."
OK, WARNS, FAILED = "ok    ", "warns ", "FAILED"
TONES = {OK: Tone.GAIN, WARNS: Tone.CHANGE, FAILED: Tone.FAULT}
MOST = 20
"""The number of failures of one test that are listed; more are only counted."""

Results = Sequence[tuple[Expectation, Sequence[Failure]]]
"""Each test with its failures."""


def render_results(results: Results, state: State, layout: Layout) -> str:
    """Return *results* as text; *state* is the state that was tested."""
    return render_lines(_lines(results, state), layout)


def to_json(results: Results) -> forms.JsonObject:
    """Return *results* as JSON."""
    verdicts = _verdicts(results)
    return {
        "format_version": forms.FORMAT_VERSION,
        "passed": verdicts[OK],
        "failed": verdicts[FAILED],
        "warned": verdicts[WARNS],
        "tests": [
            {
                "name": expected.name,
                "level": "warn" if expected.warns else "error",
                "passed": not failures,
                "place": forms.place(expected.place),
                "failures": [_failure(failure) for failure in failures],
            }
            for expected, failures in results
        ],
    }


def _failure(failure: Failure) -> forms.JsonObject:
    return {
        "principal": label(failure.principal) if failure.principal else None,
        "scope": forms.scope(failure.scope) if failure.scope else None,
        "names": list(failure.names),
        "message": failure.what,
        "paths": [forms.path(path) for path in failure.paths],
    }


def _lines(results: Results, state: State) -> Iterator[Line]:
    if not results:
        yield Line(NO_TESTS)
        return
    for expected, failures in results:
        verdict, where = _verdict(expected, failures), format_place(expected.place)
        yield Line(f"{verdict}  {expected.name}{where}", TONES[verdict])
        for failure in failures[:MOST]:
            yield from _explained(failure, state)
        if len(failures) > MOST:
            yield Line(f"        and {counted(len(failures) - MOST, 'more way')} (see --json)")
    yield from (BLANK, _summary(len(results), _verdicts(results)))


def _verdict(expected: Expectation, failures: Sequence[Failure]) -> str:
    if not failures:
        return OK
    return WARNS if expected.warns else FAILED


def _verdicts(results: Results) -> Counter[str]:
    return Counter(_verdict(expected, failures) for expected, failures in results)


def _explained(failure: Failure, state: State) -> Iterator[Line]:
    yield Line(f"        {failure.what}")
    if failure.principal is None:
        return
    for path in failure.paths:
        how = describe_path(path, failure.principal, state, f" in {place(path.bound)}")
        yield Line(f"          {how}")


def _summary(tests: int, verdicts: Counter[str]) -> Line:
    words = {WARNS: counted(verdicts[WARNS], "warning"), FAILED: f"{verdicts[FAILED]} failed"}
    if not_ok := [verdict for verdict in words if verdicts[verdict]]:
        parts = ", ".join((f"{verdicts[OK]} ok", *(words[verdict] for verdict in not_ok)))
        return Line(f"{counted(tests, 'test')}: {parts}", TONES[not_ok[-1]])
    return Line(f"{counted(tests, 'test')}: {'all ' if tests > 1 else ''}ok", Tone.GAIN)
