"""The sections of the Markdown report about the error, the findings and the problems of a run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from ...errors import RbacSyncError
from ...guard import CODES, Finding
from .. import diagnostics, findings
from ..run import Run
from ..terminal import Line
from ..words import counted, format_place
from .fence import block, code, fenced, folded, tally
from .fit import Section, SectionForm
from .markdown_rows import box


def error_section(error: RbacSyncError | None) -> Section:
    """Return the error that ended the run."""
    if error is None:
        return ()
    lines = [Line(f"error[{error.code}]: {error}")]
    if error.hint:
        lines.append(Line(f"  = help: {error.hint}"))
    return SectionForm(fenced(lines)), SectionForm("", "what went wrong")


def refused_section(run: Run) -> Section:
    """Return the findings of the guard; the last form counts them by rule."""
    refusals = list(dict.fromkeys(run.findings))
    if not refusals:
        return ()
    count = counted(len(refusals), "finding")
    verdict = box("CAUTION", [f"**Refused by the guard: {count}. Nothing is changed.**"])
    items = "\n".join(map(_cause, findings.by_cause(refusals)))
    excerpts = findings.render_findings(refusals, run.sources)
    lines = folded("The lines of the configuration", block(excerpts))
    rules = Counter[str](f.rule for f in refusals)
    return (
        SectionForm(f"{verdict}\n\n{items}\n\n{lines}"),
        SectionForm(f"{verdict}\n\n{items}", "the lines of the configuration"),
        SectionForm(f"{verdict}\n\n{tally(rules)}", "what the guard found"),
    )


def _cause(group: Sequence[Finding]) -> str:
    """Return the findings of one cause as an item of a list, with their one remedy at the end."""
    texts = [f"{f.message}{format_place(f.place)}" for f in group]
    texts += [f"help: {group[0].hint}"] if group[0].hint else []
    rule = group[0].rule
    return f"- **{CODES[rule]} {rule}** {'<br>'.join(map(code, texts))}"


def problems_section(run: Run) -> Section:
    """Return the problems of the configuration, or advice; the last form counts them by code."""
    problems = run.problems
    if not problems:
        return ()
    title = "#### Advice" if run.valid else f"#### {counted(len(problems), 'problem')}"
    full = block(diagnostics.render_diagnostics(problems, run.sources))
    short = [Line(f"{d.code}{format_place(d.place)}: {d.message}") for d in problems]
    codes = tally(Counter(d.code for d in problems))
    return (
        SectionForm(f"{title}\n\n{full}"),
        SectionForm(f"{title}\n\n{fenced(short)}", "the lines of the configuration"),
        SectionForm(f"{title}\n\n{codes}", "the problems one by one"),
    )
