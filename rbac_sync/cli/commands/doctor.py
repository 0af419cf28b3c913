"""The command that checks what a run needs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from .. import options
from ..run import load_configuration, open_backend
from ..terminal import layout

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ...pipeline.health import Check


@click.command()
@options.account
@options.as_json
def doctor(*, config: Path, url: str, json: bool) -> int:
    """Check what a run needs: configuration, credential, rights, network, database, journal.

    Each check is one line, with a hint if it failed. Exit 1 if one did.
    """
    from ...pipeline.health import CheckState, checks
    from ...views import plan_json

    results = list(checks(lambda: load_configuration(config, url), open_backend))
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
        Line(
            f"{c.state:<7}  {c.name:<13}  {c.message}{f' = help: {c.hint}' if c.hint else ''}",
            tones[c.state],
        )
        for c in results
    ]
    end = f"{failed} of {len(results)} checks failed." if failed else "Everything is in order."
    return render_lines([*lines, Line(end)], layout())
