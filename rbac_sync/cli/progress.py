"""The progress of an apply: a count while it runs, and the command that resumes it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..errors import ApplyStopped, Interrupted, OutcomeUnknown
from .invocation import invocation

if TYPE_CHECKING:
    from ..planning import Change
    from ..planning.planfile import SavedPlan

CLEAR = "\r\x1b[K"
"""Takes back the line that a terminal shows progress on."""


@contextmanager
def show_progress(plans: Sequence[SavedPlan]) -> Iterator[Callable[[Change], None]]:
    """Yield a function to call after each change of the last of *plans*; it prints a count.

    Elsewhere a line says now and then how far it is.
    """
    from ..backends.progress_interval import Pace

    done = count(1)
    if not sys.stderr.isatty():
        pace = Pace()

        def line_by_line(_: Change) -> None:
            number = next(done)
            if pace.is_due():
                click.echo(f"applying {number} of {len(plans[-1].changes)}", err=True)

        yield line_by_line
        return

    def progress(change: Change) -> None:
        from ..views.escape import visible

        line = f"[{next(done)}/{len(plans[-1].changes)}] {visible(str(change.address))}"
        click.echo(f"{CLEAR}{line[:100]}", nl=False, err=True)

    try:
        yield progress
    finally:
        click.echo(CLEAR, nl=False, err=True)


@contextmanager
def add_resume_hint(plan: Path | None) -> Iterator[None]:
    """Add the command that resumes the run to an error that ends it half-way."""
    try:
        yield
    except (ApplyStopped, Interrupted, OutcomeUnknown) as error:
        again = invocation().repeat_command(*(["--resume"] if plan else []))
        error.hint = f"go on with: `{again}`"
        raise
