"""The audit trail for people: rows grouped by day and run, with the changes of each."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from itertools import groupby

from ..audit.record import DONE, EVENT, Record, format_actor, settled_by
from ..audit.search import change_in
from ..model import State
from .audit import Row, newest_first
from .change_lines import SIGNS, summary
from .difference import ResourceChanges
from .short_names import ShortNames
from .terminal import Layout, Line, Tone, render_lines
from .words import RUN, counted

OLDER = "Older rows: --limit N, --since WHEN"
REST = f"{OLDER}; --full has seconds and the numbers of the rows."


def render_short_log(
    rows: Sequence[Row], names: ShortNames, layout: Layout, older: Sequence[Row] = ()
) -> str:
    """Return *rows*, newest first, by day and run, with local times.

    *older* has at least one of the older rows, if there are any.
    """
    lines = list(_days(rows, names, {_run(record) for _, record in older}))
    return render_lines([*lines, *([Line(REST)] if older else [])], layout)


def _days(
    rows: Sequence[Row], names: ShortNames, cut: Collection[tuple[str, ...]]
) -> Iterator[Line]:
    """Yield the lines of *rows*; of the runs *cut* there are more rows."""
    by_day = groupby(newest_first(rows), lambda row: row[1].timestamp.astimezone().date())
    for day, of_day in by_day:
        yield Line(str(day), Tone.HEADING)
        for key, run in groupby(of_day, lambda row: _run(row[1])):
            yield from _run_lines([record for _, record in run], names, is_cut=key in cut)


def _run(record: Record) -> tuple[str, ...]:
    """Return the key by which rows belong to one run."""
    own = record.timestamp.isoformat() if not record.run else ""
    return record.run, own, record.applier, record.on_behalf_of, *_reasons(record)


def _run_lines(records: list[Record], names: ShortNames, *, is_cut: bool) -> Iterator[Line]:
    first = records[0]
    applier, author = (names.by_email.get(a, a) for a in (first.applier, first.on_behalf_of))
    actor = format_actor(applier or "unknown", author)
    reasons = "".join(f'  "{reason}"' for reason in _reasons(first))
    count = sum(record.result != EVENT for record in records)
    changes = counted(count, "change") + (" and more" if is_cut else "") if count else ""
    facts = (first.run[:RUN] or "-" * RUN, actor, changes)
    time = f"{first.timestamp.astimezone():%H:%M}"
    yield Line(f"  {time}  {'  '.join(filter(None, facts))}{reasons}", hang=9)
    for record in records:
        yield _line(record, names)


def _reasons(record: Record) -> tuple[str, ...]:
    info = record.info or {}
    return (str(info["reason"]),) if info.get("reason") else ()


def _line(record: Record, names: ShortNames) -> Line:
    changed = change_in(record)
    result = "" if record.result in (DONE, EVENT) else f"  [{record.result}]"
    if by := settled_by(record):
        result += f"  (settled by {by})"
    if changed is None:
        return Line(f"         {record.message}{result}", hang=11)
    sign, tone = SIGNS[changed.action]
    entry = ResourceChanges(changed.address, changed.action, (changed,), None)
    address = str(changed.address)
    if changed.before is not None and changed.before.address != changed.address:
        address = f"{changed.before.address} -> {address}"
    parts = filter(None, (f"         {sign} {address}", summary(entry, State(), names)))
    tone = tone if record.result == DONE else Tone.LOSS
    return Line("  ".join(parts) + result, tone, hang=13)
