"""Commands about the audit trail."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from .. import options
from ..instants import past_instant
from ..questions import read_checkpoint
from ..reservation import Reservation
from ..run import load_root, open_backend, parse_principal
from ..terminal import layout

if TYPE_CHECKING:
    from ...audit.record import Record
    from ...pipeline import Configuration
    from ...views.audit import Row

Filters = dict[str, "Callable[[Record], bool]"]
"""Conditions on a row of the trail, each by its phrase about the row."""


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
    help="Only rows from then on: 2d, 1h, yesterday, 2026-12-31 (in UTC).",
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
@options.option(
    "run",
    default="",
    metavar="ID",
    help="Only this run; the first characters of its id are enough.",
)
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
    from ...model import label
    from ...pipeline import queries
    from ...views import audit as view

    configuration = load_root(config, url)
    most = limit or (None if json else MOST)
    who = label(parse_principal(configuration, chosen["who"])) if chosen["who"] else ""
    filters, backend = _filters(configuration, chosen), open_backend(configuration)
    row_filter = view.RowFilter(filters)
    take = partial(row_filter.take, most=most and most + 1)
    rows = queries.history(backend, since, who, take)
    selected = rows[:most]
    older = rows[len(selected) :]
    if json:
        from ...views import plan_json

        click.echo(plan_json.dumps(view.to_json(selected)))
    elif rows:
        _print_rows(selected, older, configuration, full=full, is_limited=bool(limit))
    if not rows:
        if of_store := _of_store(since, who):
            row_filter = view.RowFilter(of_store | filters)
            queries.history(backend, None, "", partial(row_filter.take, most=None))
        click.echo(row_filter.render_no_rows(), err=json)
    return 0


def _print_rows(
    rows: Sequence[Row],
    older: Sequence[Row],
    configuration: Configuration,
    *,
    full: bool,
    is_limited: bool,
) -> None:
    """Print *rows* as text; unless the user set the limit, note that there are *older* ones."""
    from ...views import audit as view
    from ...views import audit_log
    from ...views.short_names import ShortNames

    if not full:
        names = ShortNames.of(configuration.known.people)
        click.echo(audit_log.render_short_log(rows, names, layout(), older))
        return
    click.echo(view.render_log(rows, layout()))
    if older and not is_limited:
        click.echo(f"note: there are more than {MOST} rows. {audit_log.OLDER}", err=True)


def _of_store(since: datetime | None, who: str) -> Filters:
    """Return the filters that a backend applies, each by its phrase about a row."""
    from ...model.instant import rfc3339

    filters: Filters = {}
    if since:
        filters[f"is of {rfc3339(since)} or later"] = lambda record: record.timestamp >= since
    if who:
        filters[f"was applied by or for `{who}`"] = lambda record: (
            who in (record.applier, record.on_behalf_of)
        )
    return filters


def _filters(configuration: Configuration, chosen: Mapping[str, str]) -> Filters:
    """Return the other filters that are *chosen*, each by its phrase about a row."""
    from ...views.audit_log import concerns, is_selected

    address, run = chosen["address"], chosen["run"]
    filters: Filters = {}
    if chosen["about"]:
        about = parse_principal(configuration, chosen["about"])
        filters[f"changed something of `{chosen['about']}`"] = partial(concerns, principal=about)
    if address:
        filters[f"changed `{address}`"] = partial(is_selected, pattern=address)
    if run:
        filters[f"is of a run `{run}`"] = lambda record: record.run.startswith(run)
    return filters


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
    from ...pipeline import queries
    from ...views import audit as view
    from ...views import plan_json

    backend = open_backend(load_root(config, url))
    report = queries.verify(backend, [read_checkpoint(path) for path in checkpoint])
    verdict = plan_json.dumps(view.verdict_to_json(report)) if json else view.render_verdict(report)
    click.echo(verdict)
    if report.whole and checkpoint_out and report.checkpoint:
        with Reservation(checkpoint_out) as file:
            file.fill([f"{report.checkpoint.text()}\n".encode()])
    return 0 if report.whole else 1
