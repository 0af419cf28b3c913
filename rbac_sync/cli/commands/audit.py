"""Commands about the audit trail."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
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
    from ...audit.search import Search
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
    from ...pipeline import queries
    from ...views import audit as view

    configuration = load_root(config, url)
    most, search = limit or (None if json else MOST), _search(configuration, since, chosen)
    history = queries.history(open_backend(configuration), search, most and most + 1)
    selected = history.rows[:most]
    older = history.rows[len(selected) :]
    if json:
        from ...views import plan_json

        click.echo(plan_json.dumps(view.to_json(selected)))
    elif selected:
        _print_rows(selected, older, configuration, full=full, is_limited=bool(limit))
    if not selected:
        phrases = map(_phrases(search, chosen["about"]).__getitem__, history.unmet)
        click.echo(view.render_no_rows(history.size, phrases), err=json)
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


def _search(
    configuration: Configuration, since: datetime | None, chosen: Mapping[str, str]
) -> Search:
    """Return the search for the *chosen* rows."""
    from ...audit.search import Search
    from ...model import label

    who, about = (
        parse_principal(configuration, chosen[name]) if chosen[name] else None
        for name in ("who", "about")
    )
    author = label(who) if who else ""
    return Search(since, author, about, chosen["address"], chosen["run"])


def _phrases(search: Search, about: str) -> Mapping[str, str]:
    """Return a phrase about a row for each criterion of *search*; *about* is as it was written."""
    from ...model.instant import rfc3339

    return {
        "since": f"is of {rfc3339(search.since)} or later" if search.since else "",
        "who": f"was applied by or for `{search.who}`",
        "about": f"changed something of `{about}`",
        "address": f"changed `{search.address}`",
        "run": f"is of a run `{search.run}`",
    }


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
