"""The parts that a plan does not change: waiting, deferred, unseen, not declared."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..model import Address, ObjectAccess, State, Status, Team, User, label
from ..planning import Change, Plan
from ..planning.order import Reason
from ..planning.plan import ReplacedKey
from . import absentees
from .terminal import BLANK, Line, Tone
from .words import counted, listed, to_the_second

MOST = 20
MOST_NAMES = 5
GONE = "Declared, and gone: invited again unless these lines are taken out"


def lines(plan: Plan) -> Iterator[Line]:
    """Yield a paragraph for each group of resources that *plan* does not change."""
    yield from _paragraph("Waiting", [_waiting(change, plan) for change in plan.waiting])
    yield from _paragraph(GONE, list(absentees.leavers(plan)))
    yield from _paragraph("Declared under a former address", list(absentees.moved(plan)))
    yield from _paragraph("Not invited again", list(absentees.uninvited(plan)))
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
        return [plan.successors[change.address]]
    principals = change.resource.references
    if isinstance(change.before, Team | ObjectAccess):
        principals -= change.before.references
    return sorted(a for a in principals if a.kind is User.kind and _pending(a, plan.live))


def _pending(user: Address, live: State) -> bool:
    """Say whether *user* has an open invitation, or will get one."""
    resource = live.get(user)
    return not isinstance(resource, User) or resource.status is Status.PENDING
