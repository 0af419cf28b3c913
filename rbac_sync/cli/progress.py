"""The progress of an apply: each change as it is made, and the command that resumes it."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..errors import ApplyStopped, Interrupted, OutcomeUnknown, Undone
from .events import numbering
from .invocation import invocation

if TYPE_CHECKING:
    from ..planning import Change
    from ..planning.planfile import SavedPlan
    from .events import EventLines

CLEAR = "\r\x1b[K"
"""Clears the line in which a terminal shows progress."""


@contextmanager
def show_progress(
    plans: Sequence[SavedPlan], events: EventLines
) -> Iterator[Callable[[Change], None]]:
    """Yield a function to call after each change of the last of *plans*; it prints the change.

    On a terminal each line replaces the one before; if the run stops and its changes stand, they
    are listed.
    """
    if events.enabled:
        yield events.changes(plans)
        return
    from ..views.escape import visible

    made: list[str] = []
    number = numbering(plans)
    terminal = sys.stderr.isatty()

    def progress(change: Change) -> None:
        what = f"{change.action} {visible(str(change.address))}"
        line = f"[{number(change)}/{len(plans[-1].changes)}] {what}"
        if terminal:
            made.append(line)
            click.echo(f"{CLEAR}{line[: _width()]}", nl=False, err=True)
        else:
            sys.stderr.write(f"{line}\n")

    try:
        yield progress
    except (ApplyStopped, Interrupted) as error:
        if terminal and not isinstance(error, Undone):
            click.echo("".join(f"{CLEAR}{line}\n" for line in made), nl=False, err=True)
        raise
    finally:
        if terminal:
            click.echo(CLEAR, nl=False, err=True)


def _width() -> int:
    return shutil.get_terminal_size().columns - 1


@contextmanager
def add_resume_hint(plan: Path | None) -> Iterator[None]:
    """Add the command that resumes the run to an error that ends it half-way."""
    try:
        yield
    except (ApplyStopped, Interrupted, OutcomeUnknown) as error:
        again = invocation().repeat_command(*(["--resume"] if plan else []))
        error.hint = f"go on with: `{again}`"
        raise
