"""Drift as text: the plan, told from the live state."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from ..audit.record import Touch
from ..model import Action, Address
from ..model.instant import rfc3339
from ..planning import Plan
from ..planning.plain_change import plain_change
from ..planning.planfile import SavedPlan
from . import not_changed
from . import plan_json as forms
from .by_resource import ResourceChanges, entries
from .difference import AttributeDifference, differences
from .terminal import BLANK, Line, Tone, shown
from .words import at, counted, unseen

WORDS: Mapping[Action, str] = {
    Action.CREATE: "not-live",
    Action.DELETE: "not-declared",
    Action.RENAME: "renamed",
}
"""What machines read; anything else is ``different``."""

INVITED = frozenset({"status", "expires"})
"""What somebody will have once invited; nobody declares it."""

NO_DRIFT = "No drift. Live matches the configuration."
NO_DRIFT_SEEN = "No drift in what is seen."
REPLACED = "replaced past rbac-sync"


Touched = Mapping[Address, Touch]
"""Who last changed a thing, by its address, as far as that is known."""


def text(plan: Plan, touched: Touched, *, colour: bool = False) -> str:
    """Return the differences that *plan* would end, deletions left to the next run included."""
    return shown(_lines(whole(plan), touched), colour=colour)


def headline(plan: Plan) -> str:
    """Return how much differs, in a sentence."""
    return _headline(whole(plan))


def machine(plan: Plan, saved: SavedPlan, touched: Touched) -> forms.Shown:
    """Return the same in JSON's own types; of each change, live is ``before``."""
    found = whole(plan)
    return {
        **forms.header(saved),
        "drift": bool(found.changes or found.replaced),
        "differences": [_difference(entry, touched) for entry in entries(found)],
        **forms.untouched(found),
    }


def whole(plan: Plan) -> Plan:
    """Return *plan* with the deletions that a run would leave to the next."""
    return replace(plan, changes=plan.changes + plan.deferred, deferred=())


def last(entry: ResourceChanges, touched: Touched) -> Touch | None:
    """Return the latest touch of anything that *entry* is about, None if none is known."""
    sides = (side for change in entry.changes for side in (change.before, change.after) if side)
    found = [touched[side.address] for side in sides if side.address in touched]
    return max(found, key=lambda touch: touch.at, default=None)


def told(touch: Touch) -> str:
    """Return who it was, and when."""
    by = f" by {touch.who}" if touch.who else ""
    return f"last changed{by} at {rfc3339(touch.at)}"


def _lines(plan: Plan, touched: Touched) -> Iterator[Line]:
    yield from differing(plan, touched)
    differs = plan.changes or plan.replaced
    yield Line(_headline(plan), Tone.PLAIN if differs else Tone.GAIN)
    yield from not_changed.lines(plan)


def differing(plan: Plan, touched: Touched) -> Iterator[Line]:
    """Yield what differs, a paragraph for each thing."""
    for entry in entries(plan):
        yield Line(f"# {entry.address} {sentence(entry)}{at(entry.place)}", Tone.HEADING)
        if touch := last(entry, touched):
            yield Line(f"    {told(touch)}")
        for change in entry.changes:
            found = differences(change, plan.live)
            yield from (_line(d) for d in found if change.before or d.name not in INVITED)
        yield BLANK


def _headline(plan: Plan) -> str:
    if not plan.changes and not plan.replaced:
        return NO_DRIFT if not plan.unknown else f"{NO_DRIFT_SEEN} {unseen(plan)}"
    different = len(plan.actions)
    verb = "differs" if different == 1 else "differ"
    found = f"Drift: {counted(different, 'thing')} {verb} from the configuration."
    if not different:
        found = f"Drift: {counted(len(plan.replaced), 'key')} {REPLACED}."
    return found if not plan.unknown else f"{found} {unseen(plan)}"


def sentence(entry: ResourceChanges) -> str:
    """Return how *entry* differs."""
    match entry.action:
        case Action.CREATE:
            return "is declared, but not live"
        case Action.DELETE:
            return "is live, but not declared"
        case Action.RENAME:
            return f"is called {entry.before} live"
    return "differs"


def _line(found: AttributeDifference) -> Line:
    if found.old is None:
        return Line(f"    {found.name}: declared is {found.new}", Tone.GAIN)
    if found.new is None:
        return Line(f"    {found.name}: live has {found.old}", Tone.LOSS)
    return Line(f"    {found.name}: live has {found.old}, declared is {found.new}", Tone.CHANGE)


def _difference(entry: ResourceChanges, touched: Touched) -> forms.Shown:
    touch = last(entry, touched)
    return {
        "address": str(entry.address),
        "live_address": str(entry.before),
        "difference": WORDS.get(entry.action, "different"),
        "place": forms.place(entry.place),
        "touched": {"by": touch.who, "at": rfc3339(touch.at)} if touch else None,
        "changes": [plain_change(change) for change in entry.changes],
    }
