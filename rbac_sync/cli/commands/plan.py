"""The command ``plan``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from .. import options, terraform
from ..accounts import over_accounts
from ..notices import note_passed_over, note_unseen, note_unsettled
from ..plan_files import save
from ..plans import check_age, make_shown_plan, print_run, run_result
from ..reports import reporting


@click.command()
@over_accounts()
@options.account
@options.as_json
@options.out
@options.flag("detailed-exitcode", "Exit 2 if there are changes.")
@options.selecting
@options.file_option("live", "Plan against a snapshot, without network and credential; needs --as.")
@options.simulated
@options.author
@options.loosening
@options.strict
@options.full
@options.flag("no-cache", "Read everything, without the plan cache.")
@options.report("plan", "problems", "access")
@terraform.options
@terraform.reading
def plan(*, config: Path, url: str, json: bool, out: Path | None, **arguments: Any) -> int:
    """Show what would change, for whom, and what the guard says. Changes nothing.

    Exit 0, or 3 if the guard refuses; with --detailed-exitcode 2 if there is something to apply.
    """
    with reporting(arguments["report"], config, json=json) as reports:
        configuration, review = make_shown_plan(config, url, arguments)
        if arguments["live"]:
            check_age(review, saved=out is not None)
        run = run_result(review, configuration)
        reports.tell(run)
        if not reports.take_stdout:
            print_run(run, json=json)
        if not review.plan.unknown:  # otherwise the plan prints the reasons
            note_unseen(review.context.horizon.reasons)
        note_unsettled(review.unsettled)
        note_passed_over(review)
        if review.findings:
            return 3
        save(review, out)
    return 2 if arguments["detailed_exitcode"] and (review.plan.changes or review.unsettled) else 0
