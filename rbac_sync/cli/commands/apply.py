"""The command ``apply``."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ...views.plan import format_applied
from .. import options, terraform
from ..accounts import over_accounts
from ..apply_run import Apply, check_terminal
from ..events import add_resume_hint, event_lines
from ..keys_file import open_keys_file
from ..output import unheard
from ..plans import part_planner
from ..reports import reporting
from ..run import load_configuration, load_root, open_backend, run_options

if TYPE_CHECKING:
    from ...pipeline import CachedPlanner, Configuration
    from ...pipeline.cached_plan import KeepOpen


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
@options.author
@options.loosening
@options.strict
@options.full
@options.flag("json", "Print one JSON object a line; asks nothing. See `help json-events`.")
@options.report("plan", "problems", "access")
@terraform.options
@terraform.writing
def apply(*, plan: Path | None, config: Path, json: bool, **arguments: Any) -> int:
    """Apply the changes of PLAN, or of a new plan once you approve it, and write the audit trail.

    Where nobody reviewed the plan (--auto-approve) and the account has changed since it was
    made, it is made again under the lock. Exit 3 if the guard refuses, 5 if PLAN is stale or
    the account is locked, 6 if it stopped half-way.
    """
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
        configuration = _configuration(config, arguments)
        backend, requested = open_backend(configuration), run_options(arguments, configuration)
        if asks:
            check_terminal(allowed=arguments["input"])
        planner = partial(_planner, configuration, config, arguments)
        run = Apply(configuration, backend, requested, reports, events, keys, planner)
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


def _configuration(folder: Path, arguments: Mapping[str, Any]) -> Configuration:
    """Return the configuration: of a store the root file, whose other files are read if needed.

    *Why* all files for a service: the journal of an earlier run is settled before the plan is
    made, and no mistake in a file may show up after that.
    """
    url, wait = arguments["url"], arguments["lock_timeout"]
    root = load_root(folder, url, wait)
    return root if root.settings.type == "store" else load_configuration(folder, url, wait)


def _planner(
    configuration: Configuration, folder: Path, arguments: Mapping[str, Any], keep_open: KeepOpen
) -> CachedPlanner | None:
    """Return the maker of a plan that is applied at once; None if it needs the whole account.

    It uses no plan cache: what is applied does not depend on an earlier plan.
    """
    if configuration.settings.type != "store" or arguments["report"]:
        return None
    return part_planner(folder, arguments["url"], arguments, keep_open, uses_cache=False)
