"""Commands about the audit trail."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import click

from .. import options
from ..questions import read_checkpoint
from ..report import colour
from ..run import api_key, load_configuration, parse_principal


def instant(context: click.Context, parameter: click.Parameter, value: str | None) -> Any:  # noqa: ARG001
    """Read an RFC 3339 instant, or a date for its start in UTC."""
    from ...model.instant import parsed

    try:
        return parsed(value if "T" in value else f"{value}T00:00:00Z") if value else None
    except ValueError as error:
        message = f"`{value}` is no instant; write 2026-12-31 or 2026-12-31T12:00:00Z"
        raise click.BadParameter(message) from error


@click.group()
def audit() -> None:
    """Read and verify the audit trail."""


@audit.command()
@options.config
@options.url
@options.as_json
@options.option("limit", type=click.IntRange(1), metavar="N", help="At most this many rows.")
@options.option("since", callback=instant, metavar="WHEN", help="Only rows from then on.")
@options.option(
    "who", default="", metavar="PRINCIPAL", help="Only what was applied by or for this one."
)
def log(
    *, config: Path, url: str, json: bool, limit: int | None, since: datetime | None, who: str
) -> int:
    """Show the audit trail, newest row first."""
    from ... import pipeline
    from ...model import label
    from ...views import audit as view
    from ...views import plan_json

    # Only the short names of people stand in other files.
    configuration = load_configuration(config, url) if who else pipeline.load_root(config, url)
    backend = configuration.backend(api_key())
    by = label(parse_principal(configuration, who)) if who else ""
    rows = [(row.seq, row.record) for row in pipeline.history(backend, limit, since, by)]
    click.echo(
        plan_json.dumps(view.to_json(rows)) if json else view.render_log(rows, colour=colour())
    )
    return 0


@audit.command(short_help="Check that the trail is whole, and matches what is live.")
@options.config
@options.url
@options.as_json
@options.option(
    "checkpoint",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="A checkpoint from before; may repeat.",
)
@options.option(
    "checkpoint-out", type=click.Path(path_type=Path), metavar="FILE", help="Write one for later."
)
def verify(
    *, config: Path, url: str, json: bool, checkpoint: tuple[Path, ...], checkpoint_out: Path | None
) -> int:
    """Check that no row was changed, removed, put in or swapped, and that rows match what is live.

    Exit 1 if anything is wrong. Only a checkpoint kept elsewhere shows a trail that was cut off
    or rewritten.
    """
    from ... import pipeline
    from ...views import audit as view
    from ...views import plan_json

    backend = pipeline.load_root(config, url).backend(api_key())
    verification = pipeline.verify(backend, [read_checkpoint(path) for path in checkpoint])
    faults = (verification.flaws, verification.differences, verification.mismatches)
    verdict = (*faults, verification.rows, verification.counts, verification.notices)
    click.echo(
        plan_json.dumps(view.verdict_to_json(*verdict)) if json else view.render_verdict(*verdict)
    )
    if verification.whole and checkpoint_out and verification.checkpoint:
        checkpoint_out.write_text(verification.checkpoint.text() + "\n")
    return 0 if verification.whole else 1
