"""Plans on the command line: made, printed, reported and approved."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..errors import PlanRefused, PlanTooOld, RbacSyncError
from .pager import echo_long
from .plan_files import saved_plan
from .questions import check_addresses
from .report import layout, print_problems
from .run import (
    api_key,
    is_of_several_accounts,
    load_configuration,
    open_backend,
    run_options,
    select_backend,
    shows_access,
)

if TYPE_CHECKING:
    from ..backends.interface import Backend
    from ..errors import StalePlan
    from ..guard import Finding, GuardContext
    from ..pipeline import Configuration, Review, RunOptions
    from ..planning.planfile import SavedPlan
    from ..views.run import Run
    from .events import EventLines
    from .reports import Reports

PARTLY_MADE = "a part of it is made already"
READS_EVERYTHING = ("target", "exclude", "strict")
"""Options with which a plan does not use the plan cache."""

AGAIN = "The account has changed since the plan was made. This plan takes its place:"


def make_review(configuration: Configuration, backend: Backend, requested: RunOptions) -> Review:
    """Return a new plan, after a check that the selected addresses exist.

    Raises:
        RbacSyncError: it cannot be made.
    """
    from .. import pipeline

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
    from .. import pipeline

    live = arguments["live"]
    is_whole = any(arguments[name] for name in READS_EVERYTHING) or shows_access(arguments)
    if not live and not is_whole and not is_of_several_accounts() and (key := api_key()):
        options = partial(run_options, arguments)
        keep_open = click.get_current_context().with_resource
        planner = pipeline.CachedPlanner(
            folder, url, key, open_backend, options, keep_open, not arguments["no_cache"]
        )
        return planner.plan()
    configuration = load_configuration(folder, url)
    backend, requested = select_backend(configuration, live), run_options(arguments, configuration)
    return configuration, make_review(configuration, backend, requested)


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
    from .. import pipeline

    backend = open_backend(configuration)
    if path is None:
        return make_review(configuration, backend, requested), None
    return pipeline.review_saved(configuration, backend, saved_plan(path, requested), requested)


def run_result(review: Review, configuration: Configuration) -> Run:
    """Return the result of a plan, for reports."""
    from ..views.effect_rows import ShortNames
    from ..views.run import Run

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
    from ..views import escape, plan

    try:
        configuration = load_configuration(config, url)
        backend = open_backend(configuration)
        review, stale = pipeline.review_saved(configuration, backend, saved, pipeline.RunOptions())
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
    print_review(run, json=False)


def report_judgement(
    reports: Reports, configuration: Configuration, plans: Sequence[SavedPlan]
) -> Callable[[GuardContext, Sequence[Finding]], None]:
    """Return a function that adds the judgement of the last of *plans* to *reports*."""
    from ..pipeline.advice import advice_on_tests
    from ..views.run import Run

    texts = configuration.sources.texts

    def on_judgement(context: GuardContext, findings: Sequence[Finding]) -> None:
        advice = advice_on_tests(context)
        reports.tell(Run(advice, texts, context.plan, plans[-1], context, findings))

    return on_judgement


def print_review(run: Run, *, json: bool, paged: bool = True) -> None:
    """Print a plan, its effects and the findings of the guard; *paged* if no output follows."""
    from ..views import plan
    from ..views.reports import json_report as answer

    if json:
        click.echo(answer.render_report(run), nl=False)
        return
    print_problems(run.problems, run.sources)
    assert run.plan is not None, "there is a plan to print"
    text = plan.render_plan(run, layout(), datetime.now(UTC))
    (echo_long if paged else click.echo)(text)


def show_replacement(
    plans: list[SavedPlan], configuration: Configuration, events: EventLines
) -> Callable[[Review], None]:
    """Return a function that adds a replacement plan to *plans* and prints it."""

    def on_replan(review: Review) -> None:
        plans.append(review.saved)
        click.echo(AGAIN, err=True)
        _announce_plan(run_result(review, configuration), events)

    return on_replan


def _announce_plan(run: Run, events: EventLines) -> None:
    """Print a plan as an event, or as text without the findings, which the refusal prints."""
    if events.enabled:
        events.plan(run)
    else:
        print_review(replace(run, findings=()), json=False, paged=False)


def print_drift(run: Run, *, json: bool) -> None:
    """Print the differences between live state and configuration."""
    from ..views import drift
    from ..views.reports import json_report as answer

    if json:
        click.echo(answer.render_report(run), nl=False)
        return
    print_problems(run.problems, run.sources)
    echo_long(drift.render_drift(run, layout()))


def new_plan(
    configuration: Configuration,
    backend: Backend,
    requested: RunOptions,
    reports: Reports,
    events: EventLines,
) -> Review:
    """Make a plan that will be applied, and print it, or its event.

    Raises:
        PlanRefused: the guard objects, so there is nothing to approve.
    """
    review = make_review(configuration, backend, requested)
    run = run_result(review, configuration)
    reports.tell(run)
    _announce_plan(run, events)
    if review.findings:
        raise PlanRefused(review.findings, configuration.sources.texts, run.able)
    return review


def check_terminal(*, allowed: bool) -> None:
    """Check that the user can be asked for approval: on a terminal, if *allowed*.

    Raises:
        RbacSyncError: there is nobody to ask.
    """
    if not (allowed and sys.stdin.isatty()):
        message = "there is no terminal to ask for approval on"
        raise RbacSyncError(message, hint="pass `--auto-approve`, or apply a saved plan")


def ask_approval(run: Run) -> bool:
    """Ask whether to make the changes of *run*, if there are any, and repeat its risks."""
    from ..views import plan

    if run.saved is None or not run.saved.changes:
        return True
    click.echo(f"\n{plan.render_question(run, layout())}\n")
    answer = str(click.prompt("Enter a value", default="", show_default=False)).strip()
    if answer != "yes":
        click.echo("Apply cancelled.", err=True)
    return answer == "yes"
