"""Findings as text, each with the line that declares its cause."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from operator import attrgetter

from ..errors import Diagnostic, Place
from ..guard import Finding, RuleId
from ..model import Address, label, place
from . import diagnostics
from .terminal import BLANK, PLAIN, Layout, Line, Tone, render_lines
from .words import counted, listed

MOST = 50
MOST_PLACES = 8
"""The number of other resources with the same cause that are named."""


def render_findings(
    findings: Sequence[Finding],
    sources: Mapping[str, str],
    able: Sequence[Address] = (),
    layout: Layout = PLAIN,
) -> str:
    """Return *findings* in the style of compiler errors, and a verdict; empty for none.

    *sources* are the texts of the configuration by file name, *able* the principals who could
    apply the plan. Findings with one cause (the same missing permissions) are joined.
    """
    if not findings:
        return ""
    problems = [_problem(same) for same in by_cause(findings, by_lack)]
    text = diagnostics.render_diagnostics(problems[:MOST], sources, layout).rstrip("\n")
    rules = ", ".join(dict.fromkeys(f.rule for f in findings))
    more = counted(len(problems) - MOST, "more finding")
    cut = [Line(f"and {more} (see --json)")] if len(problems) > MOST else []
    verdict = [Line(f"Who could apply this: {', '.join(map(label, able))}.")] if able else []
    verdict += [Line(f"Refused by the guard: {rules}. Nothing was changed.", Tone.FAULT)]
    return f"{text}\n{render_lines([*cut, BLANK, *verdict], layout)}"


def by_lack(finding: Finding) -> object:
    """Return the key of a finding that groups those which differ only in address and place."""
    if not (finding.permissions or finding.rule == RuleId.TEST):
        return finding
    message = finding.message.replace(_name(finding), "")
    if finding.scope:
        message = message.replace(place(finding.scope), "")
    return (finding.rule, finding.permissions, message)


def by_cause(
    findings: Iterable[Finding], cause: Callable[[Finding], object] = attrgetter("rule", "hint")
) -> list[list[Finding]]:
    """Return the findings of each *cause*, by default one rule with one hint, in order."""
    groups: dict[object, list[Finding]] = {}
    for finding in dict.fromkeys(findings):
        groups.setdefault(cause(finding), []).append(finding)
    return list(groups.values())


def _problem(same: Sequence[Finding]) -> Diagnostic:
    """Return the problem of one cause: its first finding, with the names of the other resources."""
    first = same[0]
    elsewhere = [f for f in same if (f.address, f.scope) != (first.address, first.scope)]
    known = list(dict.fromkeys(_thing(finding, first.place) for finding in elsewhere))
    others = f"the same of {listed(known, MOST_PLACES)}" if known else ""
    hint = "; ".join(filter(None, (first.hint, others)))
    return Diagnostic(first.rule, first.message, first.place, hint)


def _name(finding: Finding) -> str:
    """Return the subject of *finding* as its message names it; a test names a principal."""
    if finding.address is None:
        return ""
    return label(finding.address) if finding.rule == RuleId.TEST else str(finding.address)


def _thing(finding: Finding, excerpt: Place | None) -> str:
    """Return the subject of *finding*, its scope, and its line if that is not *excerpt*."""
    name = _name(finding)
    where = f" in {place(finding.scope)}" if finding.scope else ""
    line = f" ({finding.place.file_line})" if finding.place and finding.place != excerpt else ""
    return f"`{name}`{where}{line}" if name else where.strip()
