"""The kinds of report, each with its view."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any, Literal

from ...named_tuples import NamedTuple

if TYPE_CHECKING:
    from ..run import Run


ReportContent = Literal["plan", "problems", "access", "tests"]
"""The content that a kind of report can hold; only judged plans have access."""

PROBLEMS_AND_TESTS: tuple[ReportContent, ...] = ("problems", "tests")


class ReportKind(NamedTuple):
    """One kind of report; ``module`` has the function that writes it, imported on demand.

    ``beside``: it may be mixed with other output, since it is read line by line. ``together``: one
    report can be about several accounts; else each account has its own.
    """

    module: str
    content: tuple[ReportContent, ...]
    beside: bool = False
    together: bool = True


class AccountResult(NamedTuple):
    """The result of a command for one of several accounts.

    ``code`` is None if the run did not start; ``run`` is None also if it has nothing to report.
    ``answer`` is the JSON of a command whose result is no plan.
    """

    account: str
    wave: int = 1
    run: Run | None = None
    code: int | None = None
    answer: object = None


KINDS: Mapping[str, ReportKind] = {
    "md": ReportKind("markdown", ("plan", "problems")),
    "json": ReportKind("json_report", ("plan", "problems")),
    "tfplan": ReportKind("terraform", ("plan",)),
    "html": ReportKind("html", ("access",), together=False),
    "sarif": ReportKind("sarif", PROBLEMS_AND_TESTS),
    "github": ReportKind("github", PROBLEMS_AND_TESTS, beside=True),
    "codequality": ReportKind("codequality", PROBLEMS_AND_TESTS),
    "junit": ReportKind("junit", PROBLEMS_AND_TESTS),
}


def kinds_with(*contents: ReportContent) -> list[str]:
    """Return the kinds of report that can hold one of *contents*."""
    return [name for name, kind in KINDS.items() if {*contents}.intersection(kind.content)]


def render_report(kind: str, run: Run) -> str:
    """Return *run* as a report of *kind*."""
    if KINDS[kind].content == PROBLEMS_AND_TESTS:
        return str(_module(kind).render_reports([run]))
    return str(_module(kind).render_report(run))


def render_together(kind: str, results: Sequence[AccountResult]) -> str:
    """Return the results of several accounts as one report of *kind*.

    A report of problems and tests lists those of all runs.
    """
    if KINDS[kind].content == PROBLEMS_AND_TESTS:
        return str(_module(kind).render_reports(each.run for each in results if each.run))
    from .accounts import TOGETHER

    return TOGETHER[kind](results)


def _module(kind: str) -> Any:
    return import_module(f".{KINDS[kind].module}", __package__)
