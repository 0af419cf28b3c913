"""Commands about the audit trail."""

from __future__ import annotations

from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import click

from .. import options
from ..instants import past_instant
from ..questions import read_checkpoint
from ..report import layout
from ..run import load_configuration, load_root, open_backend, parse_principal

if TYPE_CHECKING:
    from ...pipeline import Configuration
    from ...views.audit import Row


MOST = 50
"""The default number of rows that are shown as text."""


@click.group()
def audit() -> None:
    """Read and verify the audit trail."""


@audit.command()
@options.account
@options.as_json
@options.option(
    "limit",
    type=click.IntRange(1),
    metavar="N",
    help=f"At most this many rows; without it, {MOST} as text and all as JSON.",
)
@options.option(
    "since",
    callback=past_instant,
    metavar="WHEN",
    help="Only rows from then on: 2d, 1h, yesterday, 2026-12-31.",
)
@options.principal("who", "Only what was applied by or for this one.", default="")
@options.principal("about", "Only what changed something of this one.", default="")
@options.option(
    "address",
    default="",
    metavar="PATTERN",
    shell_complete=options.completed("addresses"),
    help="Only what changed this address, or those of a pattern.",
)
@options.option("run", default="", metavar="ID", help="Only this run; the beginning is enough.")
@options.flag("full", "A line for each row, with its number and the time in UTC.")
def log(
    *,
    config: Path,
    url: str,
    json: bool,
    limit: int | None,
    since: datetime | None,
    full: bool,
    **chosen: str,
) -> int:
    """Show the audit trail, newest row first. A row says who changed what, from what to what."""
    from ...views import audit as view
    from ...views import audit_log, plan_json
    from ...views.effect_rows import ShortNames

    # Files other than the root file are only needed for short names of people.
    named = chosen["who"] or chosen["about"]
    configuration = load_configuration(config, url) if named else load_root(config, url)
    most = limit or (None if json else MOST)
    rows = _rows(configuration, most and most + 1, since, chosen)
    selected = rows[:most]
    if json:
        click.echo(plan_json.dumps(view.to_json(selected)))
    elif full:
        click.echo(view.render_log(selected, layout()))
    else:
        names, more = ShortNames.of(configuration.people), len(rows) > len(selected)
        click.echo(audit_log.render_short_log(selected, names, layout(), more=more))
    return 0


def _rows(
    configuration: Configuration, most: int | None, since: datetime | None, chosen: dict[str, str]
) -> list[Row]:
    """Return the newest rows first: at most *most* of those that are *chosen*."""
    from ... import pipeline
    from ...model import label
    from ...views.audit_log import concerns, is_selected

    who, about = (
        parse_principal(configuration, chosen[name]) if chosen[name] else None
        for name in ("who", "about")
    )
    address, run = chosen["address"], chosen["run"]
    in_store = None if about or address or run else most
    backend = open_backend(configuration)
    links = pipeline.history(backend, in_store, since, label(who) if who else "")
    rows = (
        (link.seq, link.record)
        for link in links
        if (not about or concerns(link.record, about))
        and (not address or is_selected(link.record, address))
        and link.record.run.startswith(run)
    )
    return list(islice(rows, most))


@audit.command(short_help="Check that the trail is whole, and matches what is live.")
@options.account
@options.as_json
@options.checkpoints("A checkpoint from before; may repeat.")
@options.option(
    "checkpoint-out", type=click.Path(path_type=Path), metavar="FILE", help="Write one for later."
)
def verify(
    *, config: Path, url: str, json: bool, checkpoint: tuple[Path, ...], checkpoint_out: Path | None
) -> int:
    """Check that no row was changed, removed, inserted or swapped, and that rows match live state.

    Exit 1 if anything is wrong. Only a checkpoint kept elsewhere shows a trail that was cut off
    or rewritten.
    """
    from ... import pipeline
    from ...views import audit as view
    from ...views import plan_json

    backend = open_backend(load_root(config, url))
    report = pipeline.verify(backend, [read_checkpoint(path) for path in checkpoint])
    verdict = plan_json.dumps(view.verdict_to_json(report)) if json else view.render_verdict(report)
    click.echo(verdict)
    if report.whole and checkpoint_out and report.checkpoint:
        checkpoint_out.write_text(report.checkpoint.text() + "\n")
    return 0 if report.whole else 1
