"""The progress of an apply: a count while it goes on, and the command that goes on after it."""

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
def announcing(plans: Sequence[SavedPlan]) -> Iterator[Callable[[Change], None]]:
    """Give what to call after each change of the last of *plans*; a terminal sees it count.

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
def going_on(plan: Path | None) -> Iterator[None]:
    """Say which command goes on with a run of which a part is made, or may be."""
    try:
        yield
    except (ApplyStopped, Interrupted, OutcomeUnknown) as error:
        again = invocation().again(*(["--resume"] if plan else []))
        error.hint = f"go on with: `{again}`"
        raise
