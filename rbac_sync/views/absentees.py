"""Declared people who are no members: leavers, people with a new address, people never invited."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ..model import label
from ..model.instant import rfc3339
from ..planning import Plan
from ..planning.plan import Absence, LineEdit
from . import resources_json
from .words import counted, format_place, to_the_second

JsonObject = resources_json.JsonObject


def leavers(plan: Plan) -> Iterator[str]:
    """Yield a sentence for each member who has left, then the lines to delete or replace."""
    gone = [who for who, absence in sorted(plan.absent.items()) if absence.has_left]
    for who in gone:
        yield f"{label(who)} {_left(plan.absent[who])}"
    for edit in plan.take_out if gone else ():
        yield from _edit(edit)


def moved(plan: Plan) -> Iterator[str]:
    """Yield a sentence for each person with a new address, and the lines to write."""
    for old, absence in sorted(plan.absent.items()):
        if absence.now is not None:
            yield f"{label(old)} is now {label(absence.now)}, by the same id"
            for edit in plan.write.get(old, ()):
                yield from _edit(edit)


def uninvited(plan: Plan) -> Iterator[str]:
    """Yield a sentence for each person who is not invited any more."""
    for who in sorted(plan.uninvited):
        times = counted(plan.absent[who].lapsed, "invitation")
        place = format_place(plan.origin(who)).strip()
        yield f"{label(who)} let {times} lapse, more than `max_invites` repeats {place}".rstrip()


def to_json(plan: Plan) -> JsonObject:
    """Return the absences as JSON."""
    absent = sorted(plan.absent.items())
    lists: JsonObject = {
        "leavers": [
            {"principal": label(who), **_departure(each)} for who, each in absent if each.has_left
        ],
        "take_out": _edits(plan.take_out),
        "new_addresses": [
            {
                "principal": label(old),
                "now": label(each.now),
                "write": _edits(plan.write.get(old, ())),
                **_departure(each),
            }
            for old, each in absent
            if each.now is not None
        ],
        "uninvited": [
            {"principal": label(who), "lapsed": plan.absent[who].lapsed}
            for who in sorted(plan.uninvited)
        ],
    }
    return {name: rows for name, rows in lists.items() if rows}


def _left(absence: Absence) -> str:
    when = f" since {to_the_second(absence.left)}" if absence.left else ""
    by = f", removed by {absence.by}" if absence.by else ""
    run = f", run {absence.run[:8]}" if absence.run else ""
    return f"is no member any more{when}{by}{run}"


def _departure(absence: Absence) -> JsonObject:
    return {
        "left": rfc3339(absence.left) if absence.left else None,
        "by": absence.by or None,
        "run": absence.run or None,
    }


def _edits(edits: Iterable[LineEdit]) -> list[JsonObject]:
    return [
        {"file": each.file, "line": each.line, "text": each.text, "remaining": each.remaining}
        for each in edits
    ]


def _edit(edit: LineEdit) -> Iterator[str]:
    yield f"{edit.file}:{edit.line}  - {edit.text}"
    if edit.remaining is not None:
        yield f"{edit.file}:{edit.line}  + {edit.remaining}"
