"""How live differs from what is declared: the same plan, told from where live stands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from ..model import Action
from ..planning import Plan
from ..planning.plain_change import plain_change
from ..planning.planfile import SavedPlan
from . import machine as forms
from . import untouched
from .difference import Difference, differences
from .entry import Entry, entries
from .line import BLANK, Line, Tone, shown
from .words import at, counted

WORDS: Mapping[Action, str] = {
    Action.CREATE: "not-live",
    Action.DELETE: "not-declared",
    Action.RENAME: "renamed",
}
"""What machines read; anything else is ``different``."""

INVITED = frozenset({"status", "expires"})
"""What somebody will have once invited; nobody declares it."""

NO_DRIFT = "No drift. Live matches the configuration."


def text(plan: Plan, *, colour: bool = False) -> str:
    """Return the differences that *plan* would end, deletions left to the next run included."""
    return shown(_lines(_whole(plan)), colour=colour)


def headline(plan: Plan) -> str:
    """Return how much differs, in a sentence."""
    return _headline(_whole(plan))


def machine(plan: Plan, saved: SavedPlan) -> forms.Shown:
    """Return the same in JSON's own types; of each change, live is ``before``."""
    whole = _whole(plan)
    return {
        **forms.header(saved),
        "drift": bool(whole.changes),
        "differences": [_difference(entry) for entry in entries(whole)],
        **forms.untouched(whole),
    }


def _whole(plan: Plan) -> Plan:
    return replace(plan, changes=plan.changes + plan.deferred, deferred=())


def _lines(plan: Plan) -> Iterator[Line]:
    for entry in entries(plan):
        yield Line(f"# {entry.address} {_sentence(entry)}{at(entry.place)}", Tone.HEADING)
        for change in entry.changes:
            found = differences(change, plan.live)
            yield from (_line(d) for d in found if change.before or d.name not in INVITED)
        yield BLANK
    yield Line(_headline(plan), Tone.PLAIN if plan.changes else Tone.GAIN)
    yield from untouched.lines(plan)


def _headline(plan: Plan) -> str:
    if not plan.changes:
        return NO_DRIFT
    different = len(plan.actions)
    verb = "differs" if different == 1 else "differ"
    return f"Drift: {counted(different, 'thing')} {verb} from the configuration."


def _sentence(entry: Entry) -> str:
    match entry.action:
        case Action.CREATE:
            return "is declared, but not live"
        case Action.DELETE:
            return "is live, but not declared"
        case Action.RENAME:
            return f"is called {entry.before} live"
    return "differs"


def _line(found: Difference) -> Line:
    if found.old is None:
        return Line(f"    {found.name}: declared is {found.new}", Tone.GAIN)
    if found.new is None:
        return Line(f"    {found.name}: live has {found.old}", Tone.LOSS)
    return Line(f"    {found.name}: live has {found.old}, declared is {found.new}", Tone.CHANGE)


def _difference(entry: Entry) -> forms.Shown:
    return {
        "address": str(entry.address),
        "live_address": str(entry.before),
        "difference": WORDS.get(entry.action, "different"),
        "place": forms.place(entry.place),
        "changes": [plain_change(change) for change in entry.changes],
    }
