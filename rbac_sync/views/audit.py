"""The audit trail as text and as JSON's own types, and whether it can be trusted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

from ..audit.chain import Flaw
from ..audit.record import DONE, EVENT, Record
from ..audit.replay import ReplayDifference
from ..audit.row_facts import Mismatch
from ..audit.settlement import Counts, settled_by
from ..model.instant import rfc3339
from ..model.plain import plain
from .terminal import Line, Tone, shown
from .words import counted

Row = tuple[int, Record]
"""A record with its number in the chain."""

NOTHING = "Nothing is on record."
FORGED = "put the rows back from a backup that an earlier checkpoint holds of"
RUN = 8
"""How many characters of the id of a run are shown; `undo` takes so many."""


def log(rows: Sequence[Row], *, colour: bool = False) -> str:
    """Return *rows* for people, newest first."""
    return shown(map(_line, _newest_first(rows)) if rows else [Line(NOTHING)], colour=colour)


def machine(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """Return *rows* in JSON's own types, newest first, nothing left out."""
    return [
        {**asdict(record), "seq": seq, "timestamp": rfc3339(record.timestamp)}
        for seq, record in _newest_first(rows)
    ]


def verdict(
    flaws: Sequence[Flaw],
    differences: Sequence[ReplayDifference],
    mismatches: Sequence[Mismatch],
    rows: int,
    counts: Counts | None = None,
    notices: Sequence[Flaw] = (),
) -> str:
    """Return what is wrong with a trail of so many *rows*, or that nothing is; then *notices*."""
    count = len(flaws) + len(differences) + len(mismatches)
    besides = [Line(f"  note: {notice}") for notice in notices]
    if not count:
        whole = f"The audit trail is whole: {counted(rows, 'row')}{_how(counts)}."
        return shown([Line(whole), *besides])
    found = [Line(f"The audit trail cannot be trusted: {counted(count, 'flaw')}.", Tone.FAULT)]
    found += [Line(f"  {flaw}") for flaw in flaws]
    found += [Line(f"    = help: {FORGED}")] if flaws else []
    for difference in differences:
        found += [Line(f"  {difference}"), *(Line(f"    {d}") for d in details(difference))]
    for mismatch in mismatches:
        found += [Line(f"  {mismatch}"), Line(f"    = help: {mismatch.hint}")]
    return shown([*found, *besides])


def verdict_machine(
    flaws: Sequence[Flaw],
    differences: Sequence[ReplayDifference],
    mismatches: Sequence[Mismatch],
    rows: int,
    counts: Counts | None = None,
    notices: Sequence[Flaw] = (),
) -> dict[str, Any]:
    """Return the same in JSON's own types."""
    told = [{"message": str(d), "details": details(d)} for d in differences]
    wrong, notes = (
        [{"row": flaw.seq, "message": flaw.message} for flaw in found] for found in (flaws, notices)
    )
    beside = [asdict(mismatch) for mismatch in mismatches]
    return {
        "whole": not (flaws or told or beside),
        "rows": rows,
        "flaws": wrong,
        "differences": told,
        "mismatches": beside,
        **(asdict(counts) if counts else {}),
        "notices": notes,
    }


def _how(counts: Counts | None) -> str:
    """Return how many changes are of runs that saw them made, and how many were only found."""
    if counts is None:
        return ""
    found = f", {counts.found} only found live by a later run" if counts.found else ""
    return f"; {counted(counts.made, 'change')} made by the run on record{found}"


def details(difference: ReplayDifference) -> list[str]:
    """Return, attribute by attribute, what is live and what the trail says instead."""
    if difference.recorded is None or difference.live is None:
        return []
    from deepdiff import DeepDiff

    sides = plain(difference.recorded), plain(difference.live)
    return str(DeepDiff(*sides, ignore_order=True).pretty()).splitlines()


def _newest_first(rows: Sequence[Row]) -> list[Row]:
    return sorted(rows, key=lambda row: row[0], reverse=True)


def _line(row: Row) -> Line:
    seq, record = row
    when = f"{rfc3339(record.timestamp)}  #{seq}  {record.run[:RUN] or '-'}"
    who = "".join(_who(record))
    result = "" if record.result in (DONE, EVENT) else f"  [{record.result}]"
    info = record.info or {}
    found = [*info.get("reasons", ()), *([info["reason"]] if info.get("reason") else ())]
    because = "".join(f'  "{reason}"' for reason in found)
    if by := settled_by(record):
        because += f"  (settled by {by})"
    return Line(
        f"{when}  {who}  {record.message}{because}{result}", Tone.LOSS if result else Tone.PLAIN
    )


def _who(record: Record) -> Iterator[str]:
    yield record.applier or "unknown"
    if record.on_behalf_of:
        yield f" for {record.on_behalf_of}"
