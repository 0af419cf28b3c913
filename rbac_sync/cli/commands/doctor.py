"""The command that checks what a run needs."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ...dataclasses import replace
from .. import options
from ..invocation import invocation
from ..run import load_configuration, open_backend
from ..terminal import layout

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ...pipeline.health import Check


@click.command()
@options.account
@options.as_json
def doctor(*, config: Path, url: str, json: bool) -> int:
    """Check what a run needs: configuration, credential, rights, network, database, journal.

    Each check is one line, with a hint below it if it failed. The checks that a failed one blocks
    share a line. Exit 1 if a check failed.
    """
    from ...pipeline.health import CheckState, checks
    from ...views import plan_json

    made = checks(lambda: load_configuration(config, url), open_backend)
    results = [replace(check, hint=invocation().hint(check.hint)) for check in made]
    failed = sum(check.state is CheckState.FAILED for check in results)
    if json:
        rows = [
            {"check": c.name, "state": c.state, "message": c.message, "hint": c.hint}
            for c in results
        ]
        click.echo(plan_json.dumps({"failed": failed, "checks": rows}))
    else:
        click.echo(_render(results, failed))
    return 1 if failed else 0


def _render(results: Sequence[Check], failed: int) -> str:
    from ...views.terminal import Line, Tone, render_lines

    tones = {"ok": Tone.PLAIN, "failed": Tone.FAULT, "skipped": Tone.CHANGE}
    lines = [
        Line(text, tones[state])
        for (state, _), alike in groupby(results, key=lambda c: (c.state, c.message))
        for text in _texts(list(alike))
    ]
    end = f"{failed} of {len(results)} checks failed." if failed else "Everything is in order."
    return render_lines([*lines, Line(end)], layout())


def _texts(checks: Sequence[Check]) -> Iterator[str]:
    """Yield the line of *checks*, one or all that a failed check blocks, then that of the hint."""
    first, name = checks[0], checks[0].name
    message = first.message
    if len(checks) > 1:
        name = f"{len(checks)} checks"
        message += f": {', '.join(check.name for check in checks)}"
    yield f"{first.state:<7}  {name:<13}  {message}"
    if first.hint:
        yield f"  = help: {first.hint}"
