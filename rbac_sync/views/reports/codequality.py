"""GitLab's code quality report: issues beside the lines of a merge request.

Source: https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format
"""

from __future__ import annotations

import json
from collections.abc import Iterable

from ..plan_json import JsonObject
from ..run import Run
from .issue import Issue, issues


def render_reports(runs: Iterable[Run]) -> str:
    """Return a JSON list with each problem and each finding of *runs*, each once."""
    listed = (_degradation(issue, run) for run in runs for issue in issues(run))
    unlike = {each["fingerprint"]: each for each in listed}
    return json.dumps([*unlike.values()], indent=1) + "\n"


def _degradation(issue: Issue, run: Run) -> JsonObject:
    return {
        "description": issue.full_message,
        "check_name": f"{issue.code} {issue.name}",
        "fingerprint": issue.fingerprint,
        "severity": "info" if issue.is_advice else "critical",
        "location": {
            "path": run.file(issue.place),
            "lines": {"begin": issue.place.line if issue.place else 1},
        },
    }
