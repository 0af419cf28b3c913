"""The progress of an apply: each change as it is made, as a line or as an event of ``--json``.

An event is one JSON object on one line of standard output.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..dataclasses import dataclass
from ..errors import HalfWay, OutcomeUnknown, RbacSyncError, Undone
from .invocation import invocation
from .output import unheard
from .reports import RUNNING
from .run import ACCOUNT

if TYPE_CHECKING:
    from ..planning import Change
    from ..planning.planfile import SavedPlan
    from ..views.run import Run

EVENTS: Mapping[str, str] = {
    "plan": "the plan to make, in `plan` as `plan --json` prints it; again if it is replaced",
    "saved-plan": "a saved plan is made: its `digest` and the number of its `changes`",
    "change": "a change is made: `number` of `of`, with `action` and `address`; in a store all of"
    " them stand once `applied` comes",
    "applied": "the run is over: `add`, `change` and `destroy`",
    "accounts": "with `--all` the last line: what became of each account, in `accounts`, and the"
    " `exit_code`; the lines before it have the key `account`",
    "error": "the run has ended: `code`, `message`, `hint`, `exit_code`",
}
"""The meaning of each event, by its name in the key ``event``."""

CLEAR = "\r\x1b[K"
"""Clears the line in which a terminal shows progress."""


@dataclass(frozen=True, slots=True)
class EventLines:
    """The events of one run; without ``enabled`` nothing is printed."""

    enabled: bool

    def emit(self, event: str, **facts: Any) -> None:
        """Print an event of ``EVENTS`` with its facts."""
        from ..views import plan_json

        assert event in EVENTS, f"an event that is documented, not {event}"
        if self.enabled:
            meta = click.get_current_context().meta
            account = {"account": meta[ACCOUNT]} if meta.get(RUNNING) else {}
            click.echo(plan_json.dumps({"event": event, **account, **facts}))

    def plan(self, run: Run) -> None:
        from ..views.reports import json_report

        if self.enabled:
            self.emit("plan", plan=json_report.report_value(run))


def numbering(plans: Sequence[SavedPlan]) -> Callable[[Change], int]:
    """Return a function that returns the number of a change in the last of *plans*.

    *Why* not a count: a resumed run starts after the changes that are made already.
    """
    before = 0

    def number(change: Change) -> int:
        nonlocal before
        changes, at = plans[-1].changes, change.address
        if before < len(changes) and changes[before].address == at:
            before += 1
            return before
        later = (n for n in range(before, len(changes)) if changes[n].address == at)
        before = next(later, before) + 1
        return before

    return number


@contextmanager
def event_lines(*, enabled: bool) -> Iterator[EventLines]:
    """Yield the events of one run; an error that ends it is the last of them."""
    from ..views import plan_json

    lines = EventLines(enabled)
    try:
        yield lines
    except RbacSyncError as error:
        with unheard():
            lines.emit("error", **plan_json.error(error))
        raise


@contextmanager
def show_progress(
    plans: Sequence[SavedPlan], events: EventLines
) -> Iterator[Callable[[Change], None]]:
    """Yield a function to call after each change of the last of *plans*; it prints the change.

    On a terminal each line replaces the one before; if the run stops and its changes stand, they
    are listed.
    """
    from ..views.escape import visible

    made: list[str] = []
    number = numbering(plans)
    terminal = sys.stderr.isatty() and not events.enabled

    def progress(change: Change) -> None:
        place, total, address = number(change), len(plans[-1].changes), str(change.address)
        line = f"[{place}/{total}] {change.action} {visible(address)}"
        if terminal:
            made.append(line)
            line = f"{CLEAR}{line[: shutil.get_terminal_size().columns - 1]}"
        with unheard():
            if events.enabled:
                facts = {"action": change.action, "address": address}
                events.emit("change", number=place, of=total, **facts)
            else:
                click.echo(line, nl=not terminal, err=True)

    try:
        yield progress
    except HalfWay as error:
        if terminal and not isinstance(error, Undone):
            with unheard():
                click.echo("".join(f"{CLEAR}{line}\n" for line in made), nl=False, err=True)
        raise
    finally:
        if terminal:
            with unheard():
                click.echo(CLEAR, nl=False, err=True)


@contextmanager
def add_resume_hint(plan: Path | None) -> Iterator[None]:
    """Add the command that resumes the run to an error that ends it half-way."""
    try:
        yield
    except (HalfWay, OutcomeUnknown) as error:
        again = invocation().repeat_command(*(["--resume"] if plan else []))
        error.hint = f"go on with: `{again}`"
        raise
