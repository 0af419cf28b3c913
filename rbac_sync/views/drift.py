"""Drift as text, JSON and a headline: the plan, seen from the live state."""

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
from .terminal import BLANK, Line, Tone, render_lines
from .words import counted, format_place, unseen_sentence

WORDS: Mapping[Action, str] = {
    Action.CREATE: "not-live",
    Action.DELETE: "not-declared",
    Action.RENAME: "renamed",
}
"""The words of the output for machines; anything else is ``different``."""

INVITED = frozenset({"status", "expires"})
"""Fields that somebody has once invited; nobody declares them."""

NO_DRIFT = "No drift. Live matches the configuration."
NO_DRIFT_SEEN = "No drift in what is seen."
REPLACED = "replaced past rbac-sync"


Touched = Mapping[Address, Touch]
"""The last change of each thing and its author, by address, as far as known."""


def render_drift(plan: Plan, touched: Touched, *, colour: bool = False) -> str:
    """Return the differences that *plan* would end as text, with deferred deletions."""
    return render_lines(_lines(with_deferred(plan), touched), colour=colour)


def headline(plan: Plan) -> str:
    """Return the number of differences in a sentence."""
    return _headline(with_deferred(plan))


def to_json(plan: Plan, saved: SavedPlan, touched: Touched) -> forms.JsonObject:
    """Return drift as JSON; in each change, ``before`` is the live value."""
    drift = with_deferred(plan)
    return {
        **forms.header(saved),
        "drift": bool(drift.changes or drift.replaced),
        "differences": [_difference(entry, touched) for entry in entries(drift)],
        **forms.not_changed(drift),
    }


def with_deferred(plan: Plan) -> Plan:
    """Return *plan* with its deferred deletions as changes."""
    return replace(plan, changes=plan.changes + plan.deferred, deferred=())


def last_touch(entry: ResourceChanges, touched: Touched) -> Touch | None:
    """Return the latest change to a resource of *entry* on record, None if there is none."""
    sides = (side for change in entry.changes for side in (change.before, change.after) if side)
    touches = [touched[side.address] for side in sides if side.address in touched]
    return max(touches, key=lambda touch: touch.at, default=None)


def format_touch(touch: Touch) -> str:
    """Return author and time of a change."""
    by = f" by {touch.who}" if touch.who else ""
    return f"last changed{by} at {rfc3339(touch.at)}"


def _lines(plan: Plan, touched: Touched) -> Iterator[Line]:
    yield from differing(plan, touched)
    differs = plan.changes or plan.replaced
    yield Line(_headline(plan), Tone.PLAIN if differs else Tone.GAIN)
    yield from not_changed.lines(plan)


def differing(plan: Plan, touched: Touched) -> Iterator[Line]:
    """Yield the differences, a paragraph for each resource."""
    for entry in entries(plan):
        yield Line(f"# {entry.address} {sentence(entry)}{format_place(entry.place)}", Tone.HEADING)
        if touch := last_touch(entry, touched):
            yield Line(f"    {format_touch(touch)}")
        for change in entry.changes:
            changed = differences(change, plan.live)
            yield from (_line(d) for d in changed if change.before or d.name not in INVITED)
        yield BLANK


def _headline(plan: Plan) -> str:
    if not plan.changes and not plan.replaced:
        return NO_DRIFT if not plan.unknown else f"{NO_DRIFT_SEEN} {unseen_sentence(plan)}"
    different = len(plan.actions)
    verb = "differs" if different == 1 else "differ"
    headline = f"Drift: {counted(different, 'thing')} {verb} from the configuration."
    if not different:
        headline = f"Drift: {counted(len(plan.replaced), 'key')} {REPLACED}."
    return headline if not plan.unknown else f"{headline} {unseen_sentence(plan)}"


def sentence(entry: ResourceChanges) -> str:
    """Return the difference of *entry* as a phrase."""
    match entry.action:
        case Action.CREATE:
            return "is declared, but not live"
        case Action.DELETE:
            return "is live, but not declared"
        case Action.RENAME:
            return f"is called {entry.before} live"
    return "differs"


def _line(difference: AttributeDifference) -> Line:
    if difference.old is None:
        return Line(f"    {difference.name}: declared is {difference.new}", Tone.GAIN)
    if difference.new is None:
        return Line(f"    {difference.name}: live has {difference.old}", Tone.LOSS)
    return Line(
        f"    {difference.name}: live has {difference.old}, declared is {difference.new}",
        Tone.CHANGE,
    )


def _difference(entry: ResourceChanges, touched: Touched) -> forms.JsonObject:
    touch = last_touch(entry, touched)
    return {
        "address": str(entry.address),
        "live_address": str(entry.before),
        "difference": WORDS.get(entry.action, "different"),
        "place": forms.place(entry.place),
        "touched": {"by": touch.who, "at": rfc3339(touch.at)} if touch else None,
        "changes": [plain_change(change) for change in entry.changes],
    }
