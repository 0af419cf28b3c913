"""The audit trail as text and as JSON, and the result of its verification."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any

from ..audit.record import DONE, EVENT, Record, format_actor, plain_sides, settled_by
from ..audit.replay import ReplayDifference
from ..audit.trail_check import TrailReport
from ..model.instant import rfc3339
from ..model.plain import plain
from .escape import visible
from .terminal import PLAIN, Layout, Line, Tone, render_lines
from .words import RUN, counted

Row = tuple[int, Record]
"""A record with its number in the chain."""

NOTHING = "Nothing is on record."
TOGETHER = "meets all of these filters together"
FORGED = "put the rows back from a backup that agrees with an earlier checkpoint"


def render_log(rows: Sequence[Row], layout: Layout = PLAIN) -> str:
    """Return *rows* as text, newest first."""
    return render_lines(map(_line, newest_first(rows)), layout)


def render_no_rows(size: int, unmet: Iterable[str]) -> str:
    """Return the sentence that none of *size* rows is selected; *unmet* are phrases of filters."""
    if not size:
        return NOTHING
    return f"None of {counted(size, 'row')} on record {visible(' or '.join(unmet)) or TOGETHER}."


def to_json(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """Return *rows* as JSON, newest first, with every field."""
    return [
        {
            **asdict(record),
            "seq": seq,
            "timestamp": rfc3339(record.timestamp),
            **plain_sides(record),
        }
        for seq, record in newest_first(rows)
    ]


def render_verdict(report: TrailReport) -> str:
    """Return the faults of a trail as text, or "no faults"; then the notices."""
    besides = [Line(f"  note: {notice}") for notice in report.notices]
    if report.whole:
        made = ""
        if (counts := report.counts) is not None:
            made = f"; {counted(counts.made, 'change')} made by the run on record"
            made += f", {counts.detected} only found live by a later run" if counts.detected else ""
        whole = f"The audit trail is whole: {counted(report.rows, 'row')}{made}."
        return render_lines([Line(whole), *besides])
    count = len(report.flaws) + len(report.differences) + len(report.mismatches)
    lines = [Line(f"The audit trail cannot be trusted: {counted(count, 'flaw')}.", Tone.FAULT)]
    lines += [Line(f"  {flaw}") for flaw in report.flaws]
    lines += [Line(f"    = help: {FORGED}")] if report.flaws else []
    for difference in report.differences:
        lines += [Line(f"  {difference}"), *(Line(f"    {d}") for d in details(difference))]
    for mismatch in report.mismatches:
        lines += [Line(f"  {mismatch}"), Line(f"    = help: {mismatch.hint}")]
    return render_lines([*lines, *besides])


def verdict_to_json(report: TrailReport) -> dict[str, Any]:
    """Return the verdict on a trail as JSON."""
    counts = report.counts
    return {
        "whole": report.whole,
        "rows": report.rows,
        "flaws": [{"row": flaw.seq, "message": flaw.message} for flaw in report.flaws],
        "differences": [{"message": str(d), "details": details(d)} for d in report.differences],
        "mismatches": [asdict(mismatch) for mismatch in report.mismatches],
        **({"made": counts.made, "found": counts.detected} if counts else {}),
        "notices": [{"row": notice.seq, "message": notice.message} for notice in report.notices],
    }


def details(difference: ReplayDifference) -> list[str]:
    """Return the differences between live and recorded, attribute by attribute."""
    if difference.recorded is None or difference.live is None:
        return []
    from deepdiff import DeepDiff

    sides = plain(difference.recorded), plain(difference.live)
    return str(DeepDiff(*sides, ignore_order=True).pretty()).splitlines()


def newest_first(rows: Sequence[Row]) -> list[Row]:
    """Return *rows* in the order of a log."""
    return sorted(rows, key=lambda row: row[0], reverse=True)


def _line(row: Row) -> Line:
    seq, record = row
    when = f"{rfc3339(record.timestamp)}  #{seq}  {record.run[:RUN] or '-'}"
    who = format_actor(record.applier or "unknown", record.on_behalf_of)
    result = "" if record.result in (DONE, EVENT) else f"  [{record.result}]"
    info = record.info or {}
    reasons = [*info.get("reasons", ()), *([info["reason"]] if info.get("reason") else ())]
    reason_text = "".join(f'  "{reason}"' for reason in reasons)
    if by := settled_by(record):
        reason_text += f"  (settled by {by})"
    text = f"{when}  {who}  {record.message}{reason_text}{result}"
    return Line(text, Tone.LOSS if result else Tone.PLAIN)
