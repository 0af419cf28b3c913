"""JUnit XML: the configuration, each rule of the guard and each ``[[test]]`` as a test case."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from ...errors import Place
from ...guard import CODES as GUARD_CODES
from ...guard import RULES
from ...named_tuples import NamedTuple
from ..escape import visible
from ..run import Run
from .issue import Issue, issues

TEST = "TEST"
ENDS = "the run comes to its end"
SOUND = "the configuration can be used as it is written"

NOT_JUDGED = ("RS513", "RS515")
"""The codes of advice on a test of unread access, and on one that only warns."""


class Case(NamedTuple):
    """One test case; it fails if it has ``issues``.

    Without issues, a text in ``skipped`` says why the result is unknown.
    """

    name: str
    file: str
    issues: list[Issue]
    skipped: str = ""


def render_reports(runs: Iterable[Run]) -> str:
    """Return *runs* as XML; with several accounts, the suites have the account's name.

    Advice is left out, since it is no failure; a test without a result is skipped.
    """
    root = Element("testsuites", name="rbac-sync")
    for run in runs:
        for name, cases in _suites(run).items():
            _suite(root, f"{run.account}.{name}" if run.account else name, cases)
    indent(root)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{tostring(root, "unicode")}\n'


def _suites(run: Run) -> dict[str, list[Case]]:
    items = [issue for issue in issues(run) if not issue.is_advice]
    suites = {}
    if run.error:
        suites["run"] = [Case(ENDS, run.file(None), items[-1:])]
    if run.plan or not run.error:
        suites["configuration"] = list(_configuration(run, items))
    if run.context:
        suites["guard"] = list(_rules(run, items))
    if run.context or run.expectations:
        suites["test"] = list(_tests(run, items))
    return suites


def _configuration(run: Run, items: Iterable[Issue]) -> Iterator[Case]:
    if run.valid:
        yield Case(SOUND, run.file(None), [])
        return
    for issue in items:
        if issue.name not in RULES:
            where = f" ({issue.place})" if issue.place else ""
            yield Case(f"{issue.code} {issue.name}{where}", run.file(issue.place), [issue])


def _rules(run: Run, items: Iterable[Issue]) -> Iterator[Case]:
    for rule, code in GUARD_CODES.items():
        if rule != TEST:
            yield Case(rule, run.file(None), [i for i in items if i.code == code])


def _tests(run: Run, items: Iterable[Issue]) -> Iterator[Case]:
    failed: defaultdict[Place | None, list[Issue]] = defaultdict(list)
    for issue in items:
        if issue.name == TEST:
            failed[issue.place].append(issue)
    advice = {p.place: p.message for p in run.problems if p.code in NOT_JUDGED}
    for expected in run.expectations:
        place = expected.place
        yield Case(expected.name, run.file(place), failed[place], advice.get(place, ""))


def _suite(root: Element, name: str, cases: list[Case]) -> None:
    failures = sum(bool(case.issues) for case in cases)
    skipped = sum(bool(case.skipped and not case.issues) for case in cases)
    counts = {"tests": len(cases), "failures": failures, "errors": 0, "skipped": skipped}
    suite = SubElement(root, "testsuite", {"name": name, **{k: str(v) for k, v in counts.items()}})
    for case in cases:
        attributes = {"name": visible(case.name), "file": visible(case.file)}
        element = SubElement(suite, "testcase", {"classname": f"rbac-sync.{name}", **attributes})
        if case.issues:
            _failure(element, case.issues)
        elif case.skipped:
            SubElement(element, "skipped", message=visible(case.skipped))


def _failure(case: Element, items: list[Issue]) -> None:
    """Add the failure of a case as one element, since readers of JUnit show only the first."""
    first = items[0]
    failure = SubElement(case, "failure", message=first.message, type=first.code)
    failure.text = "\n\n".join(f"{_where(issue)}{issue.full_message}" for issue in items)


def _where(issue: Issue) -> str:
    return f"{visible(str(issue.place))}: " if issue.place else ""
