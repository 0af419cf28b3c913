"""The audit trail for people: rows grouped by day and run, with the changes of each."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from itertools import groupby

from ..audit.record import DONE, EVENT, Record, format_actor, settled_by
from ..audit.record import change as change_of_record
from ..model import (
    Address,
    Binding,
    Key,
    Membership,
    ObjectAccess,
    ObjectLevel,
    Resource,
    State,
)
from ..model.address_pattern import selects
from ..model.reasons import elements
from ..planning import Change
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


def concerns(record: Record, principal: Address) -> bool:
    """Say whether *record* changes *principal*, its access, its teams or its keys."""
    changed = _change(record)
    if changed is None:
        return record.object_id == str(principal)
    sides = [side for side in (changed.before, changed.after, *changed.brings) if side]
    return any(_is_of(side, principal) for side in sides) or principal in _moved(changed)


def is_selected(record: Record, pattern: str) -> bool:
    """Say whether *record* is about an address that *pattern* selects, a former one included."""
    changed = _change(record)
    before = [str(changed.before.address)] if changed and changed.before else []
    return any(selects(pattern, text) for text in (record.object_id, *before))


def _is_of(side: Resource, principal: Address) -> bool:
    match side:
        case Binding():
            return side.principal == principal
        case Key():
            return side.owner == principal
    return side.address == principal


def _moved(changed: Change) -> set[Address]:
    """Return who joins or leaves a team or a level of an access list, or gets another term."""
    moved = elements(changed.before) ^ elements(changed.after)
    members = {element.principal for element in moved if isinstance(element, Membership)}
    return members | {who for _, who in _listed(changed.before) ^ _listed(changed.after)}


def _listed(side: Resource | None) -> set[tuple[ObjectLevel, Address]]:
    """Return the principals of each level of an access list."""
    if not isinstance(side, ObjectAccess):
        return set()
    return {(level, who) for level in side.levels for who in side.at(level)}


def _change(record: Record) -> Change | None:
    """Return the change in *record*; None if it has none, or not in our format."""
    if record.before is None and record.after is None:
        return None
    try:
        return change_of_record(record)
    except (ValueError, TypeError, KeyError):
        return None


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
    changed = _change(record)
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
