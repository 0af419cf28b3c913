"""Plans on the command line: how commands make and print them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..errors import PlanTooOld, RbacSyncError
from .pager import echo_long
from .plan_files import saved_plan
from .run import (
    api_key,
    is_of_several_accounts,
    load_configuration,
    open_backend,
    run_options,
    select_backend,
    shows_access,
)
from .terminal import layout, print_problems

if TYPE_CHECKING:
    from ..backends.interface import Backend
    from ..errors import StalePlan
    from ..pipeline import CachedPlanner, Configuration, Review, RunOptions
    from ..pipeline.cached_plan import KeepOpen
    from ..planning.planfile import SavedPlan
    from ..views.run import Run

PARTLY_MADE = "a part of it is made already"
READS_EVERYTHING = ("target", "exclude", "strict")
"""Options with which a plan does not use the plan cache."""


def make_review(configuration: Configuration, backend: Backend, requested: RunOptions) -> Review:
    """Return a new plan, after a check that the selected addresses exist.

    Raises:
        RbacSyncError: it cannot be made.
    """
    from .. import pipeline
    from .questions import check_addresses

    review = pipeline.plan(configuration, backend, requested)
    check_addresses(review, requested.selection)
    return review


def make_shown_plan(
    folder: Path, url: str, arguments: Mapping[str, Any]
) -> tuple[Configuration, Review]:
    """Return the configuration and a plan that is not applied at once.

    It uses the plan cache, unless an option forbids it.

    Raises:
        RbacSyncError: it cannot be made.
    """
    live, keep_open = arguments["live"], click.get_current_context().with_resource
    uses_cache = not arguments["no_cache"]
    planner = None
    if not live:
        planner = part_planner(folder, url, arguments, keep_open, uses_cache=uses_cache)
    if planner:
        return planner.plan()
    configuration = load_configuration(folder, url)
    backend, requested = select_backend(configuration, live), run_options(arguments, configuration)
    return configuration, make_review(configuration, backend, requested)


def part_planner(
    folder: Path, url: str, arguments: Mapping[str, Any], keep_open: KeepOpen, *, uses_cache: bool
) -> CachedPlanner | None:
    """Return a maker of plans that reads a part of the account; None if an option needs all."""
    from .. import pipeline

    is_whole = any(arguments[name] for name in READS_EVERYTHING) or shows_access(arguments)
    if is_whole or is_of_several_accounts() or not (key := api_key()):
        return None
    options = partial(run_options, arguments)
    return pipeline.CachedPlanner(folder, url, key, open_backend, options, keep_open, uses_cache)


def check_age(review: Review, *, saved: bool) -> None:
    """Warn of a snapshot that is too old for a plan that can be applied.

    Raises:
        PlanTooOld: the plan is to be *saved*.
    """
    from .. import pipeline
    from ..views.escape import visible

    if not (reason := pipeline.outdated(review, datetime.now(UTC))):
        return
    hint = "write a new one with `rbac-sync pull --snapshot FILE`"
    if saved:
        raise PlanTooOld(reason, hint=hint)
    click.echo(f"warning: {visible(reason)}: no plan from it can be applied; {hint}", err=True)


def review_plan(
    path: Path | None, configuration: Configuration, requested: RunOptions
) -> tuple[Review, StalePlan | None]:
    """Return the plan saved at *path*, judged again, or a new plan; and why it is stale."""
    from ..pipeline.saved_plan import review_saved

    backend = open_backend(configuration)
    if path is None:
        return make_review(configuration, backend, requested), None
    return review_saved(configuration, backend, saved_plan(path, requested), requested)


def run_result(review: Review, configuration: Configuration) -> Run:
    """Return the result of a plan, for reports."""
    from ..views.run import Run
    from ..views.short_names import ShortNames

    return Run(
        review.advice,
        configuration.sources.texts,
        review.plan,
        review.saved,
        review.context,
        review.findings,
        known_effects=review.effects,
        makers=review.makers,
        names=ShortNames.of(configuration.people),
    )


def print_saved_plan(saved: SavedPlan, config: Path, url: str) -> None:
    """Print *saved* as `plan` printed it, with its effects on the present account.

    *Why* computed again: a plan file is input, and effects in it could be forged.
    If the account cannot be read, or the plan does not fit it, only the changes are printed.
    """
    from .. import pipeline
    from ..pipeline.saved_plan import review_saved
    from ..views import escape, plan

    try:
        configuration = load_configuration(config, url)
        backend = open_backend(configuration)
        review, stale = review_saved(configuration, backend, saved, pipeline.RunOptions())
    except RbacSyncError as error:
        missing: RbacSyncError | str | None = error
    else:
        missing = stale or (PARTLY_MADE if review.plan.changes != saved.changes else None)
    if missing is not None:
        note = f"note: what the plan means for people is not shown: {escape.visible(str(missing))}"
        click.echo(note, err=True)
        echo_long(plan.render_changes(saved.changes, layout()))
        return
    today = pipeline.plan(configuration, backend, pipeline.RunOptions())
    if today.plan.changes == saved.changes:  # it has parts that no file holds
        review = replace(today, saved=saved)
    context = replace(review.context, applier=None, author=None)
    run = replace(run_result(review, configuration), context=context, findings=())
    print_run(run, json=False)


def print_run(run: Run, *, json: bool, paged: bool = True) -> None:
    """Print a plan with effects and findings, or a drift; *paged* if no output follows."""
    if json:
        from ..views.reports import json_report

        click.echo(json_report.render_report(run), nl=False)
        return
    print_problems(run.problems, run.sources)
    if run.context is None:
        from ..views import drift

        text = drift.render_drift(run, layout())
    else:
        from ..views import plan

        text = plan.render_plan(run, layout(), datetime.now(UTC))
    (echo_long if paged else click.echo)(text)
