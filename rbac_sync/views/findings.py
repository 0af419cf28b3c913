"""Findings as text, each with the line that declares its cause."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from ..errors import Diagnostic
from ..guard import Finding
from . import diagnostics
from .terminal import BLANK, Line, Tone, render_lines
from .words import counted

MOST = 50


def render_findings(
    findings: Sequence[Finding],
    sources: Mapping[str, str],
    *,
    colour: bool = False,
    width: int | None = None,
) -> str:
    """Return *findings* in the style of compiler errors, and a verdict; empty for none.

    *sources* are the texts of the configuration by file name. What two steps
    of one change have in common is said once.
    """
    if not findings:
        return ""
    problems = [Diagnostic(f.rule, f.message, f.place, f.hint) for f in dict.fromkeys(findings)]
    text = diagnostics.render_diagnostics(
        problems[:MOST], sources, colour=colour, width=width
    ).rstrip("\n")
    rules = ", ".join(dict.fromkeys(f.rule for f in findings))
    more = counted(len(problems) - MOST, "more finding")
    cut = [Line(f"and {more} (see --json)")] if len(problems) > MOST else []
    verdict = Line(f"Refused by the guard: {rules}. Nothing was changed.", Tone.FAULT)
    return f"{text}\n{render_lines([*cut, BLANK, verdict], colour=colour, width=width)}"


def by_cause(findings: Iterable[Finding]) -> list[list[Finding]]:
    """Return the findings of each rule that have one remedy, in the order of their first."""
    groups: dict[tuple[str, str], list[Finding]] = {}
    for finding in dict.fromkeys(findings):
        groups.setdefault((finding.rule, finding.hint), []).append(finding)
    return list(groups.values())
