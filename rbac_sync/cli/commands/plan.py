"""Commands that compare the configuration with the live state: plan, apply, drift."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from ...views.reports.registry import ReportContent
from .. import options, terraform
from ..accounts import over_accounts
from ..notices import note_passed_over, note_unseen, note_unsettled, notify
from ..output import unheard
from ..plan_files import save
from ..plans import check_age, make_shown_plan, print_run, run_result
from ..reports import ReportRequest, reporting
from ..run import UNKNOWN, load_configuration, open_backend, run_options

OUT = options.option("out", type=click.Path(path_type=Path), metavar="FILE", help="Save the plan.")
DETAILED = options.flag("detailed-exitcode", "Exit 2 if there are changes.")
AUTHOR = options.principal(
    "on-behalf-of",
    "The author of the change: the plan has to stay within the author's rights, too.",
)


@click.command()
@over_accounts()
@options.account
@options.as_json
@OUT
@DETAILED
@options.selecting
@options.file_option("live", "Plan against a snapshot, without network and credential; needs --as.")
@options.simulated
@AUTHOR
@options.loosening
@options.strict
@options.full
@options.flag("no-cache", "Read everything, without the plan cache.")
@options.report(ReportContent.PLAN | ReportContent.PROBLEMS | ReportContent.ACCESS)
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


@click.command()
@over_accounts(in_waves=True)
@click.argument("plan", required=False, type=click.Path(path_type=Path))
@options.account
@options.lock_timeout
@options.option("auto-approve", "--yes", "-y", is_flag=True, loosens=True, help="Do not ask.")
@options.option(
    "keys-out",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Where the secrets of new API keys go, readable by you alone.",
)
@options.flag("resume", "Go on where an interrupted run of PLAN ended.", loosens=True)
@options.selecting
@AUTHOR
@options.loosening
@options.strict
@options.full
@options.flag("json", "Print one JSON object a line; asks nothing. See `help json-events`.")
@options.report(ReportContent.PLAN | ReportContent.PROBLEMS | ReportContent.ACCESS)
@terraform.options
@terraform.writing
def apply(*, plan: Path | None, config: Path, json: bool, **arguments: Any) -> int:
    """Apply the changes of PLAN, or of a new plan once you approve it, and write the audit trail.

    Where nobody reviewed the plan (--auto-approve) and the account has changed since it was
    made, it is made again under the lock. Exit 3 if the guard refuses, 5 if PLAN is stale or
    the account is locked, 6 if it stopped half-way.
    """
    from ...views.plan import format_applied
    from ..apply_run import Apply, check_terminal
    from ..events import add_resume_hint, event_lines
    from ..keys_file import open_keys_file

    asks = not (plan or arguments["auto_approve"])
    _check_usage(plan, resume=arguments["resume"], json=json, asks=asks)
    with (
        event_lines(enabled=json) as events,
        reporting(arguments["report"], config) as reports,
        open_keys_file(arguments["keys_out"]) as keys,
        add_resume_hint(plan),
    ):
        if reports.take_stdout:
            raise click.UsageError("apply writes its own lines to standard output; name a file")
        configuration = load_configuration(config, arguments["url"], arguments["lock_timeout"])
        backend, requested = open_backend(configuration), run_options(arguments, configuration)
        if asks:
            check_terminal(allowed=arguments["input"])
        run = Apply(configuration, backend, requested, reports, events, keys)
        if (saved := run.plan(plan, asks=asks)) is None:
            return 1
        counts = run.make_changes(saved, replaces=not (plan or asks))
        if not json:
            with unheard():
                if run.plans[-1].changes and not any(counts):
                    click.echo("All changes of this plan were made already.")
                click.echo(format_applied(counts))
    return 0


def _check_usage(plan: Path | None, *, resume: bool, json: bool, asks: bool) -> None:
    """Check that the options of ``apply`` go together.

    Raises:
        click.UsageError: they do not.
    """
    if resume and plan is None:
        raise click.UsageError("--resume needs the PLAN whose run was interrupted")
    if json and asks:
        raise click.UsageError("--json asks nothing: pass --auto-approve, or apply a saved plan")


@click.command()
@over_accounts()
@options.account
@options.as_json
@options.flag("fail-on-unmanaged", "Exit 2 also for live things that nobody declares or manages.")
@options.report(ReportContent.PLAN)
@terraform.options
@terraform.reading
def drift(
    *, config: Path, url: str, json: bool, fail_on_unmanaged: bool, report: list[ReportRequest]
) -> int:
    """Show how the live account differs from the configuration.

    Exit 2 if it does, 7 if the key may not read all managed parts, so that drift there is unknown.

    The differences are sent to the receivers in `[notify]`.
    """
    from ... import pipeline
    from ...views.run import Run
    from ...views.short_names import ShortNames

    with reporting(report, config, json=json) as reports:
        configuration = load_configuration(config, url)
        detected = pipeline.drift(configuration, open_backend(configuration))
        texts = configuration.sources.texts
        run = Run(
            detected.advice,
            texts,
            detected.plan,
            detected.saved,
            touched=detected.touched,
            traced=detected.traced,
            known_effects=detected.effects,
            names=ShortNames.of(configuration.people),
            account=configuration.name,
        )
        reports.tell(run)
        if not reports.take_stdout:
            print_run(run, json=json)
    drifted = detected.plan.changes or detected.plan.deferred or detected.plan.replaced
    if drifted:
        notify(configuration, run)
    note_unsettled(detected.unsettled)
    if detected.plan.unknown:
        return UNKNOWN
    note_unseen(detected.plan.unseen_because)
    return 2 if drifted or (fail_on_unmanaged and detected.plan.unmanaged) else 0
