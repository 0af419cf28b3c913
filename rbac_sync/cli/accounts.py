"""Commands over all accounts of a configuration: a run for each, and one report for all."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import wraps
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..errors import ConfigError, Interrupted, RbacSyncError
from ..views.reports.registry import KINDS
from . import options
from .invocation import invocation, is_written
from .reports import RUNNING, ReportRequest, Reports, reporting
from .run import ACCOUNT, SHARED, next_command
from .signals import STOPS, exit_code, interruption_error
from .terminal import print_error, unusable

if TYPE_CHECKING:
    from ..config import AccountSettings, Sources
    from ..errors import Diagnostic

Command = Callable[..., int]

OWN_FILES = ("out", "plan", "live", "snapshot", "keys_out", "folder")
"""The options with a file or a folder of which each account needs its own."""

GOOD = (0, 2)
"""The exit codes after which the next wave begins."""


def own_path(path: Path, account: str) -> Path:
    """Return the file of *account* for *path*: ``access.dev.plan`` for ``access.plan``."""
    return path.with_name(f"{path.stem}.{account}{path.suffix}")


def over_accounts(*, in_waves: bool = False) -> Callable[[Command], Command]:
    """Add ``--all``, which runs a command for each account of the configuration.

    *in_waves*: after a wave with a failed run, the next waves are not started.
    """

    def add(command: Command) -> Command:
        @wraps(command)
        def run(**arguments: Any) -> int:
            if not arguments.pop("all"):
                return command(**arguments)
            return _over_all(command, arguments, in_waves=in_waves)

        runs = "Run for each account of the configuration, wave by wave"
        return options.flag("all", f"{runs}; the exit code is the gravest.", loosens=True)(run)

    return add


def _over_all(command: Command, arguments: dict[str, Any], *, in_waves: bool) -> int:
    """Run *command* for each account; return the gravest exit code."""
    from .. import config
    from ..views.reports.accounts import gravest

    folder = arguments["config"]
    shared = _read(folder, arguments)
    accounts = config.accounts(shared)
    events = in_waves and arguments.get("json", False)
    requests, arguments = _requests(arguments, accounts, events=events)
    with reporting(requests, folder) as reports, _together(reports, shared):
        for account in accounts:
            reports.wait_for(account)
        try:
            _run_waves(command, accounts, arguments, reports, in_waves=in_waves)
        except STOPS as stopped:
            stop = invocation().stop
            reports.end(exit_code(interruption_error(stopped, stop), stop))
            _print_summary(reports, events=events)
            raise
        _print_summary(reports, events=events)
    code = gravest(reports.results.values())
    if (out := arguments.get("out")) and code in GOOD:
        click.echo(f"To make all of them: {next_command('apply', str(out), '--all')}", err=True)
    return code


def _run_waves(
    command: Command,
    accounts: Sequence[AccountSettings],
    arguments: Mapping[str, Any],
    reports: Reports,
    *,
    in_waves: bool,
) -> None:
    """Run *command* for each account, wave by wave; *in_waves*, until a wave with a failed run."""
    for _, wave in groupby(accounts, key=lambda account: account.wave):
        codes = [_run(command, account, arguments, reports) for account in wave]
        if in_waves and not set(codes) <= set(GOOD):
            return


def _read(folder: Path, arguments: Mapping[str, Any]) -> Sources:
    """Read the files that the accounts share; an error in all of them is reported once.

    Raises:
        ConfigError: they cannot be read, or two accounts are one.
        click.UsageError: there are none, or another option names one.
    """
    from .. import config

    stdout = [ReportRequest("json", None)] if arguments.get("json") else []
    with reporting([*arguments.get("report", ()), *stdout], folder):
        shared = config.read(folder)
        _check(shared, config.accounts(shared), folder, arguments.get("url", ""))
    return shared


def _check(shared: Sources, accounts: Sequence[AccountSettings], folder: Path, url: str) -> None:
    """Check that the accounts can be told apart.

    Raises:
        click.UsageError: there are none, or another option names one.
        ConfigError: two of them are the same account.
    """
    from .. import config, pipeline

    if is_written(click.get_current_context(), "account"):
        raise click.UsageError("--account names one account, and --all is each of them")
    if not accounts:
        raise click.UsageError("--all needs `[accounts]`, and this configuration has none")
    if url and len({_url(shared, account) for account in accounts}) > 1:
        raise click.UsageError("the accounts have URLs of their own, and --url is one for all")
    targets: dict[str, str] = {}
    for account in accounts:
        with suppress(RbacSyncError):  # its own run reports this
            target = pipeline.of_sources(shared, folder, url, account.name)
            targets[account.name] = target.account
    config.refuse_same_targets(shared, targets)


def _url(shared: Sources, account: AccountSettings) -> str:
    from .. import config

    root = config.select_account(shared, account.name).root.document
    return (root.backend and root.backend.url) or ""


def _requests(
    arguments: dict[str, Any], accounts: Sequence[AccountSettings], *, events: bool
) -> tuple[list[ReportRequest], dict[str, Any]]:
    """Return the reports to write, and the arguments of the run of one account."""
    requests = list[ReportRequest]()
    for request in arguments.get("report", ()):
        if KINDS[request.kind].together:
            requests.append(request)
        elif request.path is None:
            raise click.UsageError(
                f"a report of kind {request.kind} is of one account; name a file"
            )
        else:
            requests += [
                request._replace(path=own_path(request.path, each.name), account=each.name)
                for each in accounts
            ]
    if arguments.get("json") and not events:
        return [*requests, ReportRequest("json", None)], {**arguments, "json": False}
    return requests, arguments


@contextmanager
def _together(reports: Reports, shared: Sources) -> Iterator[None]:
    """Let all runs of the command share *reports* and the files, which are read once."""
    meta = click.get_current_context().meta
    meta[RUNNING], meta[SHARED] = reports, shared
    try:
        yield
    finally:
        meta[ACCOUNT] = meta[RUNNING] = meta[SHARED] = None


def _run(
    command: Command, account: AccountSettings, arguments: Mapping[str, Any], reports: Reports
) -> int:
    """Run *command* for *account*, print its error, if any, and return its exit code.

    Raises:
        Interrupted: the user stopped it, and with it all later runs.
    """
    click.get_current_context().meta[ACCOUNT] = account.name
    reports.begin(account)
    own = {
        name: own_path(value, account.name) if name in OWN_FILES and value else value
        for name, value in arguments.items()
    }
    if not reports.take_stdout and not arguments.get("json"):
        click.echo(f"--- {account.name} (wave {account.wave})")
    try:
        code = command(**own)
    except Interrupted:
        raise
    except RbacSyncError as error:
        code = _print_error(_unlike(error, reports), account)
    except OSError as error:
        code = _print_error(unusable(error), account)
    reports.end(code)
    return code


def _print_error(error: RbacSyncError, account: AccountSettings) -> int:
    """Print *error* under the name of its account, since output and errors may go to two places."""
    click.echo(f"account `{account.name}`:", err=True)
    return print_error(invocation().with_variables(error))


def _unlike(error: RbacSyncError, reports: Reports) -> RbacSyncError:
    """Return *error* without the problems that were printed for another account."""
    if not isinstance(error, ConfigError):
        return error
    others = (other for other in reports.results.values() if other.code is not None)
    printed = {problem for other in others if other.run for problem in other.run.problems}
    fresh: list[Diagnostic] = [each for each in error.diagnostics if each not in printed]
    if not fresh:
        return RbacSyncError("the problems are the ones above")
    return ConfigError(fresh, error.texts)


def _print_summary(reports: Reports, *, events: bool) -> None:
    from ..views import plan_json
    from ..views.escape import visible
    from ..views.reports.accounts import STATES, gravest, outcome

    results = list(reports.results.values())
    if events:
        states = [
            {"account": each.account, "wave": each.wave, "state": STATES[each.code]}
            for each in results
        ]
        facts = {"event": "accounts", "accounts": states, "exit_code": gravest(results)}
        click.echo(plan_json.dumps(facts))
    elif not reports.take_stdout:
        widest = max(len(each.account) for each in results)
        lines = (
            f"  {each.account:<{widest}}  wave {each.wave}  {visible(outcome(each))}"
            for each in results
        )
        click.echo("\n".join(["--- accounts", *lines]))
