"""One run of ``apply``: its plan is read or made, shown and approved, and its changes are made."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..dataclasses import dataclass, field, replace
from ..errors import PlanRefused, RbacSyncError, Undone
from ..pipeline.advice import advice_on_tests
from ..pipeline.apply import ApplyRun, check_lost
from ..pipeline.new_keys import new_keys, unmade_keys
from ..views import plan as view
from ..views import plan_json
from ..views.run import Run
from .events import show_progress
from .invocation import invocation
from .notices import warn_of_journal
from .output import unheard
from .plan_files import saved_plan
from .plans import make_review, print_run, run_result
from .terminal import layout

if TYPE_CHECKING:
    from ..backends.interface import Backend, Settled
    from ..guard import Finding, GuardContext
    from ..pipeline import CachedPlanner, Configuration, Review, RunOptions
    from ..pipeline.cached_plan import KeepOpen
    from ..planning.planfile import SavedPlan
    from .events import EventLines
    from .keys_file import KeysFile
    from .reports import Reports

AGAIN = "The account has changed since the plan was made. This plan takes its place:"


@dataclass(frozen=True)
class Apply:
    """An ``apply`` to one account: its plan, and its changes.

    ``planner`` makes a plan from a part of the account, where that is possible. ``plans`` are the
    plan that is made and, if it was stale, the plan that replaces it.
    """

    configuration: Configuration
    backend: Backend
    requested: RunOptions
    reports: Reports
    events: EventLines
    keys: KeysFile
    planner: Callable[[KeepOpen], CachedPlanner | None] = lambda _: None
    plans: list[SavedPlan] = field(default_factory=list)

    def plan(self, path: Path | None, *, asks: bool) -> SavedPlan | None:
        """Return the plan saved at *path*, or a new plan; None if the user, asked, refuses it.

        The open intents of an earlier run are settled first, and space is reserved for the
        secrets of new keys.

        Raises:
            StalePlan: the saved plan does not make a key again whose secret was lost.
            PlanRefused: the guard objects to a new plan, so there is nothing to approve.
        """
        self.keys.check_account(self.configuration.account)
        settled = self.backend.settle(self.keys.entries)
        if path:
            saved = self._read(path, settled)
            self.keys.reserve(unmade_keys(saved, self.backend), settled.kept)
            return saved
        with ExitStack() as stack:
            configuration, review = self._review(stack.enter_context)
            run = run_result(review, configuration)
            self.reports.tell(run)
            self._announce(run)
            if review.findings:
                raise PlanRefused(review.findings, configuration.sources.texts, run.able)
            self.keys.reserve(new_keys(review), settled.kept)
            question = view.render_question(run, layout()) if asks and review.plan.changes else ""
        return None if question and not ask_approval(question) else review.saved

    def _review(self, keep_open: KeepOpen) -> tuple[Configuration, Review]:
        """Return a new plan, and the configuration or the part of it that the plan needs."""
        if planner := self.planner(keep_open):
            return planner.plan()
        return self.configuration, make_review(self.configuration, self.backend, self.requested)

    def _read(self, path: Path, settled: Settled) -> SavedPlan:
        saved = saved_plan(path, self.requested)
        check_lost(saved, settled)
        self.events.emit("saved-plan", digest=saved.digest, changes=len(saved.changes))
        return saved

    def make_changes(self, saved: SavedPlan, *, replaces: bool) -> tuple[int, int, int]:
        """Make the changes of *saved*; return the numbers of added, changed and destroyed ones.

        *replaces*: if the account has changed, a new plan, which is printed, takes its place.
        """
        if saved.changes:
            warn_of_journal(self.configuration)
        self.plans.append(saved)
        with show_progress(self.plans, self.events) as announce, self.keys.holding():
            result = ApplyRun(
                self.configuration,
                saved,
                self.requested,
                announce,
                self.keys.keep,
                self._report_judgement,
                self._show_replacement if replaces else None,
                invocation().stop,
            ).apply(self.backend)
        self.keys.finish()
        self.reports.finish(result.counts)
        with unheard():
            self.events.emit("applied", **plan_json.counts(result.counts))
        return result.counts

    def _report_judgement(
        self, configuration: Configuration, context: GuardContext, findings: Sequence[Finding]
    ) -> None:
        """Add the judgement of the plan that is being made to the reports."""
        advice, texts = advice_on_tests(context), configuration.sources.texts
        self.reports.tell(Run(advice, texts, context.plan, self.plans[-1], context, findings))

    def _show_replacement(self, review: Review) -> None:
        """Print the plan that replaces a stale one."""
        self.plans.append(review.saved)
        click.echo(AGAIN, err=True)
        self._announce(run_result(review, self.configuration))

    def _announce(self, run: Run) -> None:
        """Print a plan as an event, or as text without the findings, which the refusal prints."""
        if self.events.enabled:
            self.events.plan(run)
        else:
            print_run(replace(run, findings=()), json=False, paged=False)
            if run.findings:
                click.echo()


def check_terminal(*, allowed: bool) -> None:
    """Check that the user can be asked for approval: on a terminal, if *allowed*.

    Raises:
        RbacSyncError: there is nobody to ask.
    """
    if not (allowed and sys.stdin.isatty()):
        message = "approval needs a terminal, and there is none"
        raise RbacSyncError(message, hint="pass `--auto-approve`, or apply a saved plan")


def ask_approval(question: str) -> bool:
    """Ask *question*, and say whether the answer is ``yes``."""
    click.echo(f"\n{question}\n")
    try:
        answer = str(click.prompt("Enter a value", default="", show_default=False)).strip()
    except click.Abort as error:
        if invocation().stop.cause:
            raise
        click.echo(err=True)
        raise Undone("the input ended; nothing was changed") from error
    if answer != "yes":
        click.echo("Apply cancelled.", err=True)
    return answer == "yes"
