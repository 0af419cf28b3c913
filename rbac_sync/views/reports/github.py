"""Workflow commands of GitHub Actions: issues beside the lines of a pull request.

Source: https://docs.github.com/actions/reference/workflow-commands-for-github-actions
"""

from __future__ import annotations

from collections.abc import Iterable

from ..escape import visible
from ..run import Run
from .issue import Issue, issues

_DATA = {"%": "%25", "\r": "%0D", "\n": "%0A"}
DATA = str.maketrans(_DATA)
PROPERTY = str.maketrans({**_DATA, ":": "%3A", ",": "%2C"})


def render_reports(runs: Iterable[Run]) -> str:
    """Return a line for each problem and each finding of *runs*, each once."""
    lines = (_command(issue, run) for run in runs for issue in issues(run))
    return "".join(f"{line}\n" for line in dict.fromkeys(lines))


def _command(issue: Issue, run: Run) -> str:
    properties = {"title": f"{issue.code} {issue.name}"}
    if issue.place:
        properties |= {
            "file": visible(run.file(issue.place)),
            "line": str(issue.place.line),
            "col": str(issue.place.column),
            "endColumn": str(issue.place.column + issue.place.length),
        }
    word = "notice" if issue.is_advice else "error"
    arguments = ",".join(f"{name}={of.translate(PROPERTY)}" for name, of in properties.items())
    return f"::{word} {arguments}::{issue.full_message.translate(DATA)}"
