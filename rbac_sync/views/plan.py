"""A plan as text: effects on people, each change in Terraform's style, findings of the guard.

*Why* Terraform's sentences: the tools that people have around their pipelines read them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from ..guard import Finding
from ..guard.effects import Effect
from ..guard.rising_keys import RisingKey
from ..model import Action, State
from ..planning import Change, Plan
from . import effective, not_changed, rising_keys
from . import findings as findings_view
from .by_resource import ResourceChanges, entries
from .difference import AttributeDifference, differences
from .run import Makers
from .terminal import BLANK, Line, Tone, render_lines
from .words import format_place, unseen_sentence

NO_CHANGES = "No changes. Your infrastructure matches the configuration."
NO_CHANGES_SEEN = "No changes to what is seen."
SENTENCES: Mapping[Action, str] = {
    Action.CREATE: "will be created",
    Action.UPDATE: "will be updated in-place",
    Action.DELETE: "will be destroyed",
    Action.REPLACE: "must be replaced",
}


def render_plan(
    plan: Plan,
    effects: Sequence[Effect],
    findings: Sequence[Finding],
    sources: Mapping[str, str],
    keys: tuple[Sequence[RisingKey], Makers] = ((), None),
    *,
    colour: bool = False,
) -> str:
    """Return *plan* as text. *sources* are the texts of the configuration by file name.

    *keys* are the keys that gain access by the plan, and their makers.
    """
    refusal = findings_view.render_findings(findings, sources, colour=colour)
    return render_lines(_lines(plan, effects, keys), colour=colour) + (
        f"\n\n{refusal}" if refusal else ""
    )


def render_changes(changes: Iterable[Change], *, colour: bool = False) -> str:
    """Return *changes* as text, without the parts that need the live state."""
    return render_lines(_changes(Plan(State(), tuple(changes))), colour=colour)


def _lines(
    plan: Plan, effects: Sequence[Effect], keys: tuple[Sequence[RisingKey], Makers]
) -> Iterator[Line]:
    if plan.changes:
        yield from effective.lines(effects, plan.live)
        yield BLANK
    if keys[0]:
        yield from rising_keys.lines(*keys)
        yield BLANK
    yield from _changes(plan)
    yield from not_changed.lines(plan)


def headline(plan: Plan) -> str:
    """Return the counts of *plan* in one line that scripts can search for."""
    if not plan.changes:
        return NO_CHANGES if not plan.unknown else f"{NO_CHANGES_SEEN} {unseen_sentence(plan)}"
    added, changed, destroyed = plan.counts
    return f"Plan: {added} to add, {changed} to change, {destroyed} to destroy."


def format_applied(counts: tuple[int, int, int]) -> str:
    """Return the counts of an apply in Terraform's sentence."""
    added, changed, destroyed = counts
    return f"Apply complete! Resources: {added} added, {changed} changed, {destroyed} destroyed."


def _changes(plan: Plan) -> Iterator[Line]:
    if not plan.changes:
        yield Line(headline(plan), Tone.GAIN)
        return
    yield from (Line("rbac-sync will perform the following actions:"), BLANK)
    for entry in entries(plan):
        yield from entry_lines(entry, plan.live)
        yield BLANK
    yield Line(headline(plan), Tone.HEADING)


def entry_lines(entry: ResourceChanges, live: State) -> Iterator[Line]:
    """Yield the lines about one resource: a sentence, the place of declaration, the differences.

    *Why* the place on a line of its own: after the sentence the line ends, for
    those who look for it.
    """
    yield Line(f"  # {_sentence(entry)}", Tone.HEADING)
    if entry.place:
        yield Line(f"  # {format_place(entry.place).strip()}")
    for change in entry.changes:
        yield from (_difference(difference) for difference in differences(change, live))


def _sentence(entry: ResourceChanges) -> str:
    if entry.action is Action.RENAME:
        return f"{entry.before} has moved to {entry.address}"
    return f"{entry.address} {SENTENCES[entry.action]}"


def _difference(difference: AttributeDifference) -> Line:
    name, old, new = difference
    if old is None:
        return Line(f"      + {name} = {new}", Tone.GAIN)
    if new is None:
        return Line(f"      - {name} = {old}", Tone.LOSS)
    return Line(f"      ~ {name} = {old} -> {new}", Tone.CHANGE)
