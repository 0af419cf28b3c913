"""Plans on the command line: made, shown, reported and approved."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..errors import (
    ConfigError,
    PlanRefused,
    PlanTooOld,
    RbacSyncError,
)
from .plan_files import saved_plan
from .questions import asked_addresses
from .report import colour, coloured
from .run import api_key

if TYPE_CHECKING:
    from ..backends.interface import Backend
    from ..errors import Diagnostic, StalePlan
    from ..guard import Finding, GuardContext
    from ..pipeline import Configuration, Review, RunOptions
    from ..planning.planfile import SavedPlan
    from ..views.run import Run
    from .reports import Reports

VALID = "Success! The configuration is valid."
AGAIN = "The account has changed since the plan was made. This plan takes its place:"


def validated(folder: Path, now: datetime, reports: Reports, *, json: bool) -> int:
    """Check the configuration and print what is wrong with it; return the exit code."""
    from .. import pipeline
    from ..views import diagnostics
    from ..views.reports import json_report as answer
    from ..views.run import Run

    found: Sequence[Diagnostic] = ()
    texts: Mapping[str, str] = {}
    try:
        configuration = pipeline.load(folder)
        texts = configuration.sources.texts
        found = pipeline.validate(configuration, now).advice
    except ConfigError as error:
        if not json:
            raise
        found, code = error.diagnostics, error.exit_code
    else:
        code = 0
    told = Run(found, texts)
    reports.tell(told)
    if json:
        click.echo(answer.render_report(told), nl=False)
        return code
    if found:
        click.echo(
            diagnostics.render_diagnostics(found, texts, colour=coloured(sys.stderr)), err=True
        )
    if not reports.take_stdout:
        click.echo(VALID)
    return code


def reviewed(configuration: Configuration, backend: Backend, requested: RunOptions) -> Review:
    """Plan, and check that what is selected can be found.

    Raises:
        RbacSyncError: it cannot.
    """
    from .. import pipeline

    review = pipeline.plan(configuration, backend, requested)
    asked_addresses(review, requested.selection)
    return review


def check_age(review: Review, *, saved: bool) -> None:
    """Warn of a snapshot from which no plan can be applied any more.

    Raises:
        PlanTooOld: the plan is to be *saved*.
    """
    from .. import pipeline
    from ..views.escape import visible

    if not (why := pipeline.outdated(review, datetime.now(UTC))):
        return
    hint = "write a new one with `rbac-sync pull --snapshot FILE`"
    if saved:
        raise PlanTooOld(why, hint=hint)
    click.echo(f"warning: {visible(why)}: no plan from it can be applied; {hint}", err=True)


def looked_over(
    path: Path | None, configuration: Configuration, requested: RunOptions
) -> tuple[Review, StalePlan | None]:
    """Return the plan saved at *path* as it is judged now, or a new one; and why it is stale."""
    from .. import pipeline

    backend = configuration.backend(api_key())
    if path is None:
        return reviewed(configuration, backend, requested), None
    return pipeline.revisit(configuration, backend, saved_plan(path, requested), requested)


def run_of(review: Review, configuration: Configuration) -> Run:
    """Return what there is to report of a plan."""
    from ..views.run import Run

    return Run(
        review.declaration.advice,
        configuration.sources.texts,
        review.plan,
        review.saved,
        review.context,
        review.findings,
        known_effects=review.effects,
        makers=review.makers,
    )


def listening(
    reports: Reports, configuration: Configuration, plans: Sequence[SavedPlan]
) -> Callable[[GuardContext, Sequence[Finding]], None]:
    """Give what tells *reports* how the last of *plans* was judged where it is applied."""
    from ..views.run import Run

    texts = configuration.sources.texts

    def judged(context: GuardContext, findings: Sequence[Finding]) -> None:
        reports.tell(Run((), texts, context.plan, plans[-1], context, findings))

    return judged


def print_review(run: Run, *, json: bool) -> None:
    """Print a plan, what it means for people, and what the guard says of it."""
    from ..views import diagnostics, plan
    from ..views.reports import json_report as answer

    if json:
        click.echo(answer.render_report(run), nl=False)
        return
    if run.problems:
        text = diagnostics.render_diagnostics(
            run.problems, run.sources, colour=coloured(sys.stderr)
        )
        click.echo(text, err=True)
    assert run.plan is not None, "there is a plan to print"
    rising = (run.rising, run.makers)
    told = plan.render_plan(
        run.plan, run.effects, run.findings, run.sources, rising, colour=colour()
    )
    click.echo(told)


def replacing(plans: list[SavedPlan], configuration: Configuration) -> Callable[[Review], None]:
    """Give what shows a plan that takes the place of the last of *plans*, and adds it to them."""

    def replanned(review: Review) -> None:
        plans.append(review.saved)
        click.echo(AGAIN, err=True)
        print_review(replace(run_of(review, configuration), findings=()), json=False)

    return replanned


def print_drift(run: Run, *, json: bool) -> None:
    """Print how live and declared differ."""
    from ..views import drift
    from ..views.reports import json_report as answer

    if json:
        click.echo(answer.render_report(run), nl=False)
        return
    assert run.plan is not None, "there is a plan that would end it"
    click.echo(drift.render_drift(run.plan, run.touched, colour=colour()))


def new_plan(
    configuration: Configuration,
    backend: Backend,
    requested: RunOptions,
    reports: Reports,
    *,
    ask: bool,
) -> Review:
    """Plan, and show what is to be applied.

    Raises:
        PlanRefused: the guard objects, so there is nothing to approve.
        RbacSyncError: there is nobody to ask.
    """
    if ask and not sys.stdin.isatty():
        message = "there is no terminal to ask for approval on"
        raise RbacSyncError(message, hint="pass `--auto-approve`, or apply a saved plan")
    review = reviewed(configuration, backend, requested)
    run = run_of(review, configuration)
    reports.tell(run)
    print_review(replace(run, findings=()), json=False)
    if review.findings:
        raise PlanRefused(review.findings, configuration.sources.texts)
    return review


def approved(saved: SavedPlan) -> bool:
    """Ask whether to make the changes, if there are any."""
    if not saved.changes:
        return True
    click.echo("\nDo you want to make these changes? Only 'yes' is accepted.\n")
    answer = str(click.prompt("Enter a value", default="", show_default=False)).strip()
    if answer != "yes":
        click.echo("Apply cancelled.", err=True)
    return answer == "yes"
