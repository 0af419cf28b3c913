"""A plan as text: account and applier, effects on people, changes, findings of the guard.

The full text has each change in Terraform's style. *Why* Terraform's sentences: existing tools
around pipelines read them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta
from itertools import chain
from typing import TYPE_CHECKING

from .. import __version__
from ..model import ACCOUNT, Address, Instant, Key, State, Workspace
from ..model.instant import is_open
from ..planning import Change, Plan
from ..planning.planfile import SavedPlan
from . import not_changed
from .run import Run
from .short_names import NO_NAMES, ShortNames
from .terminal import BLANK, PLAIN, Layout, Line, Tone, render_lines
from .words import counted, listed, unseen_sentence

if TYPE_CHECKING:
    from ..guard import GuardContext

NO_CHANGES = "No changes. Your infrastructure matches the configuration."
NO_CHANGES_SEEN = "No changes to what is seen."
PLANNED = "Plan: {} to add, {} to change, {} to destroy."
APPLIED = "Apply complete! Resources: {} added, {} changed, {} destroyed."
MOST_GONE = 8
"""The number of destroyed workspaces that are named below the counts."""

FRESH = timedelta(minutes=2)
"""The age up to which a read counts as ``just now``."""


def render_plan(run: Run, layout: Layout = PLAIN, now: Instant | None = None) -> str:
    """Return the plan of *run* as text; *now* is needed for the age of the read."""
    assert run.plan is not None, "there is a plan to show"
    head = _head(run, now) if run.plan.changes or not layout.full else ()
    lines = render_lines(chain(head, _lines(run, run.plan, layout)), layout)
    if not run.findings:
        return lines
    from .findings import render_findings

    return f"{lines}\n\n{render_findings(run.findings, run.sources, run.able, layout)}"


def render_changes(changes: Iterable[Change], layout: Layout = PLAIN) -> str:
    """Return *changes* as text, without the parts that need the live state."""
    return render_lines(_changes(Plan(State(), tuple(changes)), NO_NAMES, layout), layout)


def render_question(run: Run, layout: Layout) -> str:
    """Return the question whether to make the changes of *run*, after its risks."""
    from . import effective

    assert run.saved is not None, "there is a plan to ask about"
    where = f"in account {run.saved.target.account}"
    if (context := run.context) is not None and context.applier is not None:
        where += f" as {principal(context.applier, context.live, context.now)}"
    question = f"Do you want to make these changes {where}?"
    lines = (
        *effective.reminder(run.effects, run.names),
        Line(question, Tone.HEADING, hang=2),
        Line("Only 'yes' is accepted."),
    )
    return render_lines(lines, layout)


def _head(run: Run, now: Instant | None) -> Iterator[Line]:
    """Yield one line with the account, the applier, and the age of the read."""
    if run.saved is not None and run.context is not None:
        yield Line("   ".join(_facts(run.saved, run.context, now)))
        yield BLANK
    if run.findings:
        from ..guard import RULES

        rules = listed(list(dict.fromkeys(f.rule for f in run.findings)), len(RULES))
        yield Line(f"Refused by the guard: {rules}. The reasons are at the end.", Tone.FAULT)
        yield BLANK


def _facts(saved: SavedPlan, context: GuardContext, now: Instant | None) -> Iterator[str]:
    yield f"rbac-sync {__version__}"
    yield f"account {saved.target.account} ({saved.target.url})"
    if context.applier is not None:
        yield f"as {principal(context.applier, context.live, context.now)}"
    if context.author is not None:
        yield f"for {principal(context.author, context.live, context.now)}"
    if context.now - saved.created >= FRESH:
        yield f"planned {age(context.now - saved.created)}"
    if now is not None:
        yield f"read {age(now - context.now)}"


def principal(who: Address, live: State, now: Instant) -> str:
    """Return a principal with its present roles in the account: ``ana@acme.example (owner)``."""
    held = [h for h in live.holdings(who, ACCOUNT) if is_open(h.since, h.until, now)]
    roles = [holding.role.name for holding in sorted(held, key=str)]
    return f"{NO_NAMES.name(who)} ({listed(roles, len(roles))})" if roles else NO_NAMES.name(who)


def age(passed: timedelta) -> str:
    """Return an age as text: ``just now``, ``40 minutes ago``, ``3 days ago``."""
    if passed < FRESH:
        return "just now"
    for unit, name in ((timedelta(days=2), "day"), (timedelta(hours=2), "hour")):
        if passed >= unit:
            return f"{counted(passed // (unit / 2), name)} ago"
    return f"{passed // timedelta(minutes=1)} minutes ago"


def _lines(run: Run, plan: Plan, layout: Layout) -> Iterator[Line]:
    if plan.changes:
        from . import effective

        yield from effective.lines(run.effects, run.names, full=layout.full)
        yield BLANK
    if run.rising:
        from . import rising_keys

        yield Line(rising_keys.TITLE, Tone.HEADING)
        yield from rising_keys.entries(run.rising, run.makers)
        yield BLANK
    yield from _changes(plan, run.names, layout)
    yield from not_changed.lines(plan)


def headline(plan: Plan) -> str:
    """Return the counts of *plan* in one line that scripts can search for."""
    if not plan.changes:
        return NO_CHANGES if not plan.unknown else f"{NO_CHANGES_SEEN} {unseen_sentence(plan)}"
    return PLANNED.format(*plan.counts)


def format_applied(counts: tuple[int, int, int]) -> str:
    """Return the counts of an apply in Terraform's sentence."""
    return APPLIED.format(*counts)


def _changes(plan: Plan, names: ShortNames, layout: Layout) -> Iterator[Line]:
    if not plan.changes:
        yield Line(headline(plan), Tone.GAIN)
        return
    if layout.full:
        from .difference import entries, entry_lines

        yield from (Line("rbac-sync will perform the following actions:"), BLANK)
        for entry in entries(plan):
            yield from entry_lines(entry, plan.live)
            yield BLANK
    else:
        from . import change_lines

        yield from change_lines.lines(plan, names)
        yield BLANK
    yield Line(headline(plan), Tone.HEADING)
    if new := sum(isinstance(c.after, Key) and c.before is None for c in plan.changes):
        yield Line(f"`apply` needs `--keys-out FILE` for the secret of {counted(new, 'new key')}.")
    gone = [
        c.address.key for c in plan.changes if isinstance(c.resource, Workspace) and not c.after
    ]
    if gone:
        text = f"A workspace is destroyed with everything in it: {listed(gone, MOST_GONE)}."
        yield Line(text, Tone.LOSS)
