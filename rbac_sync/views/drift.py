"""Drift as text, JSON and a headline: the plan, as differences of the live state.

A difference was made outside of the configuration, or is declared and not applied yet. The last
recorded run that changed the resource decides: a run of `apply` left it as it was declared.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from enum import StrEnum
from typing import TYPE_CHECKING

from ..model import Action, Address
from ..model.instant import rfc3339
from ..planning import Plan
from . import not_changed
from .difference import AttributeDifference, ResourceChanges, differences, entries
from .run import Run
from .terminal import BLANK, Layout, Line, Tone, render_lines
from .words import RUN, counted, format_place, to_the_second, unseen_sentence

if TYPE_CHECKING:
    from ..audit.record import Touch
    from .plan_json import JsonObject

WORDS: Mapping[Action, str] = {
    Action.CREATE: "not-live",
    Action.DELETE: "not-declared",
    Action.RENAME: "renamed",
}
"""The words of the JSON output for actions; any other is ``different``."""

INVITED = frozenset({"status", "expires"})
"""Fields that a person has after an invitation; they are not declared."""

NO_DRIFT = "No drift. Live matches the configuration."
NO_DRIFT_SEEN = "No drift in what is seen."
REPLACED = "replaced outside rbac-sync"


class DriftCause(StrEnum):
    """The reason for a difference; ``UNKNOWN`` if the target does not record all changes."""

    OUTSIDE = "changed-outside"
    NOT_APPLIED = "not-applied"
    UNKNOWN = "unknown"


TITLES: Mapping[DriftCause, str] = {
    DriftCause.OUTSIDE: "Changed outside the configuration",
    DriftCause.NOT_APPLIED: "Declared, and not applied yet",
    DriftCause.UNKNOWN: "Changed outside the configuration, or not applied yet",
}
COUNTS: Mapping[DriftCause, str] = {
    DriftCause.OUTSIDE: "changed outside it",
    DriftCause.NOT_APPLIED: "declared and not applied yet",
    DriftCause.UNKNOWN: "of unknown cause",
}

Touched = Mapping[Address, "Touch"]
"""The last known change of each resource and its author, by address."""


def render_drift(run: Run, layout: Layout) -> str:
    """Return the differences that the plan of *run* would end as text, with deferred deletions.

    Above them are their effects on people, the riskiest first.
    """
    assert run.plan is not None, "there is a plan that would end the drift"
    lines = [*_lines(with_deferred(run.plan), run)]
    if run.plan.changes and run.known_effects is not None:
        from .effective import OF_DRIFT
        from .effective import lines as effect_lines

        access = effect_lines(run.known_effects, run.names, full=layout.full, titles=OF_DRIFT)
        lines = [*access, BLANK, *lines]
    return render_lines(lines, layout)


def to_json(run: Run) -> JsonObject:
    """Return the drift of *run* as JSON; in each change, ``before`` is the live value."""
    assert run.plan is not None, "there is a plan that would end the drift"
    assert run.saved is not None, "there is a plan that would end the drift"
    from . import diagnostics, plan_json

    drift = with_deferred(run.plan)
    return {
        **plan_json.header(run.saved),
        "drift": bool(drift.changes or drift.replaced),
        "differences": [_difference(entry, run) for entry in entries(drift)],
        **plan_json.not_changed(drift),
        "advice": diagnostics.to_json(run.problems),
    }


def with_deferred(plan: Plan) -> Plan:
    """Return *plan* with its deferred deletions as changes."""
    return replace(plan, changes=plan.changes + plan.deferred, deferred=())


def last_touch(entry: ResourceChanges, touched: Touched) -> Touch | None:
    """Return the latest recorded change to a resource of *entry*, None if there is none."""
    sides = (side for change in entry.changes for side in (change.before, change.after) if side)
    touches = [touched[side.address] for side in sides if side.address in touched]
    return max(touches, key=lambda touch: touch.at, default=None)


def format_touch(touch: Touch) -> str:
    """Return author and time of a change."""
    by = f" by {touch.who}" if touch.who else ""
    run = f", run {touch.run[:RUN]}" if touch.run else ""
    return f"last changed{by} at {to_the_second(touch.at)}{run}"


def cause(entry: ResourceChanges, touched: Touched, *, traced: bool) -> DriftCause:
    """Return the cause of a difference; *traced* says that *touched* has every change."""
    if not traced:
        return DriftCause.UNKNOWN
    touch = last_touch(entry, touched)
    if touch is None:
        return DriftCause.NOT_APPLIED if entry.action is Action.CREATE else DriftCause.UNKNOWN
    return DriftCause.NOT_APPLIED if touch.planned else DriftCause.OUTSIDE


def _lines(plan: Plan, run: Run) -> Iterator[Line]:
    touched, traced = run.touched, run.traced
    yield from differing(plan, touched, traced=traced, account=run.account)
    differs = plan.changes or plan.replaced
    yield Line(headline(plan), Tone.HEADING if differs else Tone.GAIN)
    causes = Counter(cause(entry, touched, traced=traced) for entry in entries(plan))
    if causes.keys() - {DriftCause.UNKNOWN}:
        yield Line("; ".join(f"{causes[c]} {COUNTS[c]}" for c in DriftCause if causes[c]) + ".")
    yield from not_changed.lines(plan)


def differing(
    plan: Plan, touched: Touched, *, traced: bool = False, account: str = ""
) -> Iterator[Line]:
    """Yield the differences by cause, a paragraph for each resource, with the commands to end it.

    The commands name the *account*, if it is one of several.
    """
    groups: dict[DriftCause, list[ResourceChanges]] = {each: [] for each in DriftCause}
    for entry in entries(plan):
        groups[cause(entry, touched, traced=traced)].append(entry)
    for reason, group in groups.items():
        if group and traced:
            yield from (Line(TITLES[reason], Tone.HEADING), BLANK)
        for entry in group:
            yield from _paragraph(entry, plan, last_touch(entry, touched))
            yield from _commands(entry, reason, last_touch(entry, touched), account)
            yield BLANK


def _paragraph(entry: ResourceChanges, plan: Plan, touch: Touch | None) -> Iterator[Line]:
    yield Line(f"# {entry.address} {sentence(entry)}{format_place(entry.place)}", Tone.HEADING)
    if touch:
        yield Line(f"    {format_touch(touch)}")
    for change in entry.changes:
        changed = differences(change, plan.live)
        yield from (_line(d) for d in changed if change.before or d.name not in INVITED)


def command(name: str, *words: str, account: str) -> str:
    """Return the command line of a command, with the name of *account* if it is one of several."""
    import shlex

    own = ["--account", account] if account else []
    return shlex.join(["rbac-sync", name, *own, *words])


def _commands(
    entry: ResourceChanges, reason: DriftCause, touch: Touch | None, account: str
) -> Iterator[Line]:
    """Yield the commands that revert a change, keep it, or make it."""
    apply = command("apply", "--target", str(entry.address), account=account)
    if reason is DriftCause.NOT_APPLIED:
        yield Line(f"    make it so:    {apply}")
    if reason is DriftCause.OUTSIDE:
        undo = [command("undo", touch.run[:RUN], account=account)] if touch and touch.run else []
        for words, line in zip(("take it back:", "or:"), [*undo, apply], strict=False):
            yield Line(f"    {words:<13}  {line}")
        yield Line(f"    keep it:       {_keep(entry)}")


def _keep(entry: ResourceChanges) -> str:
    if entry.action is Action.CREATE:
        return f"take it out of {entry.place.file if entry.place else 'the configuration'}"
    place = f"{entry.place.file}:{entry.place.line}" if entry.place else "the configuration"
    return f"write it into {place}"


def headline(plan: Plan) -> str:
    """Return the number of differences in a sentence, with deferred deletions."""
    unseen = f" {unseen_sentence(plan)}" if plan.unknown else ""
    drift = with_deferred(plan)
    if not drift.changes and not drift.replaced:
        return f"{NO_DRIFT_SEEN}{unseen}" if unseen else NO_DRIFT
    different = len(drift.actions)
    verb = "differs" if different == 1 else "differ"
    differing = f"{counted(different, 'thing')} {verb} from the configuration"
    replaced = f"{counted(len(plan.replaced), 'key')} {REPLACED}"
    return f"Drift: {differing if different else replaced}.{unseen}"


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
    name, live, declared = difference
    if live is None:
        return Line(f"    {name}: declared is {declared}", Tone.GAIN)
    if declared is None:
        return Line(f"    {name}: live has {live}", Tone.LOSS)
    return Line(f"    {name}: live has {live}, declared is {declared}", Tone.CHANGE)


def _difference(entry: ResourceChanges, run: Run) -> JsonObject:
    from ..planning.plain_change import plain_change
    from .plan_json import place

    touch = last_touch(entry, run.touched)
    return {
        "address": str(entry.address),
        "live_address": str(entry.before),
        "difference": WORDS.get(entry.action, "different"),
        "place": place(entry.place),
        "cause": cause(entry, run.touched, traced=run.traced),
        "touched": touch_json(touch) if touch else None,
        "changes": [plain_change(change) for change in entry.changes],
    }


def touch_json(touch: Touch) -> JsonObject:
    """Return author, time and run of a change as JSON."""
    return {"by": touch.who, "at": rfc3339(touch.at), "run": touch.run or None}
