"""The command that writes a plan as an HTML page."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from .. import options
from ..notices import note_unseen
from ..plans import review_plan, run_result
from ..reports import ReportRequest, reporting
from ..run import load_configuration, run_options
from ..terminal import print_error


@click.command()
@click.argument("plan", required=False, type=click.Path(path_type=Path))
@options.option(
    "out",
    "-o",
    default="plan.html",
    type=click.Path(path_type=Path, allow_dash=True),
    metavar="FILE",
    help="Where the page goes; - for standard output.",
)
@options.account
@options.selecting
@options.simulated
@options.author
@options.loosening
def report(*, plan: Path | None, config: Path, url: str, out: Path, **arguments: Any) -> int:
    """Write a page that shows who may do what, and what PLAN, or a new plan, changes of it.

    The page is one file that loads nothing from elsewhere. It is also written
    for a plan that cannot be applied, and says so: exit 3 if the guard
    refuses it, 5 if PLAN is stale.
    """
    path = None if out == Path("-") else out
    page = [ReportRequest("html", path)]
    with reporting(page, config) as reports:
        configuration = load_configuration(config, url)
        requested = run_options({**arguments, "report": page}, configuration)
        review, stale = review_plan(plan, configuration, requested)
        objection = str(stale or "")
        reports.tell(replace(run_result(review, configuration), objection=objection))
    if path:
        is_refused = review.findings and not stale
        why = ": the guard refuses the plan, and the page says why" if is_refused else ""
        click.echo(f"wrote `{path}`{why}")
    note_unseen(review.context.horizon.reasons)
    if stale:
        return print_error(stale)
    return 3 if review.findings else 0
