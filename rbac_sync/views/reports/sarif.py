"""SARIF 2.1.0: issues for code scanning and editors.

Source: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from urllib.parse import quote

from ... import __version__
from ...errors import Place
from ..plan_json import JsonObject
from ..run import Run
from .issue import Issue, issues

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
FINGERPRINT = "rbacSync/v1"
BRACKETS = str.maketrans({"[": r"\[", "]": r"\]"})
"""Replacements for brackets, which make links in messages: no name may make one."""


def render_reports(runs: Iterable[Run]) -> str:
    """Return SARIF with a run of one tool for each of *runs*."""
    document = {"$schema": SCHEMA, "version": "2.1.0", "runs": [*map(_log, runs)]}
    return json.dumps(document, indent=1) + "\n"


def _log(run: Run) -> JsonObject:
    """Return *run* as a run of SARIF; each of several accounts has a category of its own."""
    items = issues(run)
    rules = list({issue.code: issue for issue in items}.values())
    index = {issue.code: n for n, issue in enumerate(rules)}
    own = {"automationDetails": {"id": f"rbac-sync/{run.account}/"}} if run.account else {}
    driver = {"name": "rbac-sync", "semanticVersion": __version__, "rules": [*map(_rule, rules)]}
    return {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_result(issue, index[issue.code], run) for issue in items],
        **own,
    }


def _rule(issue: Issue) -> JsonObject:
    return {
        "id": issue.code,
        "name": issue.name,
        "shortDescription": {"text": issue.name},
        "fullDescription": {"text": issue.meaning},
        "help": {"text": issue.meaning},
        "defaultConfiguration": {"level": _level(issue)},
    }


def _result(issue: Issue, index: int, run: Run) -> JsonObject:
    related = {"relatedLocations": [_location(issue.second, run)]} if issue.second else {}
    return {
        "ruleId": issue.code,
        "ruleIndex": index,
        "level": _level(issue),
        "message": {"text": issue.full_message.translate(BRACKETS)},
        "locations": [_location(issue.place or Place(run.root), run)],
        "partialFingerprints": {FINGERPRINT: issue.fingerprint},
        **related,
    }


def _location(place: Place, run: Run) -> JsonObject:
    return {
        "physicalLocation": {
            "artifactLocation": {"uri": quote(run.file(place)), "uriBaseId": "%SRCROOT%"},
            "region": {
                "startLine": place.line,
                "startColumn": place.column,
                "endColumn": place.column + place.length,
            },
        }
    }


def _level(issue: Issue) -> str:
    return "note" if issue.is_advice else "error"
