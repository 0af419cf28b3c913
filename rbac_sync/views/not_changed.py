"""The parts that a plan does not change: waiting, deferred, absent, unseen, not declared."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from ..model import Address, Kind, ObjectAccess, Team, is_member, label
from ..model.instant import rfc3339
from ..planning import Change, Plan
from ..planning.plan import Absence, LineEdit, Reason, ReplacedKey
from .terminal import BLANK, Line, Tone
from .words import counted, format_place, listed, to_the_second

if TYPE_CHECKING:
    from .resources_json import JsonObject

MOST = 20
MOST_NAMES = 5
GONE = "Declared, and gone: invited again unless these lines are taken out"


def lines(plan: Plan) -> Iterator[Line]:
    """Yield a paragraph for each group of resources that *plan* does not change."""
    yield from _paragraph("Waiting", [_waiting(change, plan) for change in plan.waiting])
    yield from _paragraph(GONE, list(_leavers(plan)))
    yield from _paragraph("Declared under a former address", list(_moved(plan)))
    yield from _paragraph("Not invited again", list(_uninvited(plan)))
    deferred = [_deferred(change, plan) for change in plan.deferred]
    yield from _paragraph("Left to the next run", deferred)
    yield from _paragraph("Replaced outside rbac-sync", [_replaced(key) for key in plan.replaced])
    yield from _paragraph("Not seen, so nothing is planned for it", list(plan.unknown))
    if plan.unknown:
        yield from (Line(f"  because {reason}") for reason in plan.unseen_because[:MOST])
    ignored = counted(len(plan.ignored), "live thing")
    yield from _paragraph(f"Ignored: {ignored}", [str(a) for a in plan.ignored])
    heading = f"Not managed here: {counted(len(plan.unmanaged), 'live thing')} that nobody declares"
    yield from _paragraph(heading, [str(a) for a in plan.unmanaged])


def _paragraph(heading: str, items: Sequence[str]) -> Iterator[Line]:
    if items:
        yield from (BLANK, Line(heading, Tone.HEADING))
    yield from (Line(f"  {item}") for item in items[:MOST])
    if len(items) > MOST:
        yield Line(f"  and {len(items) - MOST:,} more (see --json)")


def _waiting(change: Change, plan: Plan) -> str:
    people = listed([label(p) for p in awaited(change, plan)], MOST_NAMES)
    if change.after is None:
        return f"{change.address} stays until {people} is a member, and holds what is declared"
    return f"{change.address} is waiting for {people} to accept the invitation"


def _replaced(key: ReplacedKey) -> str:
    created = f", and was made at {to_the_second(key.made)}" if key.made else ""
    message = f"{key.address} is not the key that rbac-sync made from this machine{created}"
    return f"{message}; another `until` makes a new one"


def _deferred(change: Change, plan: Plan) -> str:
    reason = plan.reasons.get(change.address, Reason.FOLLOWS)
    return f"{change.address} is left to the next run, {reason}"


def awaited(change: Change, plan: Plan) -> list[Address]:
    """Return the users who must accept an invitation before *change* can be made, sorted."""
    if change.after is None:
        return sorted(new for old, new in plan.successors.items() if _keeps(change, old, plan))
    principals = change.resource.references
    if isinstance(change.before, Team | ObjectAccess):
        principals -= change.before.references
    users = (each for each in principals if each.kind is Kind.USER)
    return sorted(user for user in users if not is_member(plan.live.get(user)))


def _keeps(change: Change, old: Address, plan: Plan) -> bool:
    """Say whether *change* deletes the person *old*, or a role that *old* holds."""
    return change.address == old or any(
        change.address in binding.references for binding in plan.live.bindings_of(old)
    )


def _leavers(plan: Plan) -> Iterator[str]:
    """Yield a sentence for each member who has left, then the lines to delete or replace."""
    gone = [who for who, absence in sorted(plan.absent.items()) if absence.has_left]
    for who in gone:
        yield f"{label(who)} {_left(plan.absent[who])}"
    for edit in plan.take_out if gone else ():
        yield from _edit(edit)


def _moved(plan: Plan) -> Iterator[str]:
    """Yield a sentence for each person with a new address, and the lines to write."""
    for old, absence in sorted(plan.absent.items()):
        if absence.now is not None:
            yield f"{label(old)} is now {label(absence.now)}, by the same id"
            for edit in plan.write.get(old, ()):
                yield from _edit(edit)


def _uninvited(plan: Plan) -> Iterator[str]:
    """Yield a sentence for each person who is not invited any more."""
    for who in sorted(plan.uninvited):
        times = counted(plan.absent[who].lapsed, "invitation")
        place = format_place(plan.origin(who)).strip()
        yield f"{label(who)} let {times} lapse, more than `max_invites` repeats {place}".rstrip()


def absent_json(plan: Plan) -> JsonObject:
    """Return the declared people who are no members as JSON."""
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
