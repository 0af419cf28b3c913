"""The report files of a run: opened before it begins, written when it ends or fails."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..errors import ConfigError, PlanRefused, RbacSyncError
from ..named_tuples import NamedTuple
from ..views.reports.registry import (
    KINDS,
    AccountResult,
    ReportContent,
    render_report,
    render_together,
)
from .folders import ROOT, repository_root
from .invocation import invocation
from .reservation import Reservation
from .run import account_name
from .terminal import print_error

if TYPE_CHECKING:
    from ..config import AccountSettings
    from ..views.run import Run

RUNNING = "rbac_sync.reports"
"""The context key of the reports of all accounts, in a command over several."""


class ReportRequest(NamedTuple):
    """One requested report; ``path`` None is standard output.

    With ``account`` it is about that account alone, else about all accounts of the command.
    """

    kind: str
    path: Path | None
    account: str = ""


def parse_request(text: str, kinds: Sequence[str]) -> ReportRequest:
    """Return the request that ``KIND=FILE`` stands for.

    Raises:
        click.BadParameter: it has another form, or its kind is not in *kinds*.
    """
    kind, _, file = text.partition("=")
    if kind not in kinds or not file:
        among = ", ".join(kinds)
        raise click.BadParameter(f"'{text}' is not KIND=FILE with a KIND of {among}.")
    return ReportRequest(kind, None if file == "-" else Path(file))


class Reports:
    """The reports of a command, and the results that they are made from.

    A command has one result, or one for each of several accounts: ``account`` is that of the
    current run, and ``results`` are in the order in which the runs began.
    """

    def __init__(self, requests: Sequence[ReportRequest], config: Path) -> None:
        self._requests, self._config = requests, config
        self.results: dict[str, AccountResult] = {}
        self._account: AccountSettings | None = None

    def wait_for(self, account: AccountSettings) -> None:
        self.results[account.name] = AccountResult(account.name, account.wave)

    def begin(self, account: AccountSettings) -> None:
        self._account = account

    def end(self, code: int) -> None:
        self._add(code=code)

    @property
    def _result(self) -> AccountResult:
        name = self._account.name if self._account else ""
        return self.results.get(name, AccountResult(name))

    def _add(self, **facts: Any) -> None:
        result = self._result._replace(**facts)
        self.results[result.account] = result

    @property
    def take_stdout(self) -> bool:
        """True if a report replaces the text on standard output."""
        return any(r.path is None and not KINDS[r.kind].beside for r in self._requests)

    def tell(self, run: Run, answer: object = None) -> None:
        """Set *run* as the result to report; *answer* is the JSON of a result that is no plan."""
        account = self._account.name if self._account else account_name()
        root = ROOT if self._config.is_dir() else self._config.name
        run = replace(run, account=account or "", folder=_folder(self._config), root=root)
        self._add(run=run, answer=answer)

    def finish(self, counts: tuple[int, int, int]) -> None:
        """Add the numbers of added, changed and destroyed resources to the result."""
        if run := self._result.run:
            self._add(run=replace(run, made=counts))

    def fail(self, error: RbacSyncError) -> None:
        """Add the error that ended the run; findings of the guard are in the result already."""
        from ..views.run import Run

        error = invocation().with_variables(error)
        if isinstance(error, ConfigError):
            self.tell(Run(error.diagnostics, error.texts))
        elif not isinstance(error, PlanRefused):
            self.tell(replace(self._result.run or Run(), error=error))

    def texts(self) -> Iterator[tuple[ReportRequest, str]]:
        """Yield each report with its text; without a plan, no report that needs one."""
        for request in self._requests:
            if request.account or self._account is None:
                run = self.results.get(request.account, AccountResult("")).run
                if run is not None and not {*KINDS[request.kind].content}.isdisjoint(_content(run)):
                    yield request, render_report(request.kind, run)
            else:
                yield request, render_together(request.kind, list(self.results.values()))


def _content(run: Run) -> Iterator[ReportContent]:
    """Yield the kinds of content that *run* has."""
    yield "problems"
    if run.plan is not None:
        yield "plan"
    if run.context is not None:
        yield "access"


@contextmanager
def reporting(
    requests: Sequence[ReportRequest], config: Path, *, json: bool = False
) -> Iterator[Reports]:
    """Yield the reports of a run, and write them when it ends or fails.

    A run of one of several accounts adds to the reports of all of them, which are written later.

    Raises:
        click.UsageError: two of them go to the same place.
        RbacSyncError: one cannot be written; the body has not started.
    """
    running = click.get_current_context().meta.get(RUNNING)
    if isinstance(running, Reports):
        try:
            yield running
        except RbacSyncError as error:
            running.fail(error)
            raise
        return
    _check(requests, json=json)
    reports = Reports(requests, config)
    with ExitStack() as stack:
        files = {
            request.path: stack.enter_context(Reservation(request.path))
            for request in requests
            if request.path
        }
        try:
            yield reports
        except RbacSyncError as error:
            reports.fail(error)
            try:
                _write(reports, files)
            except RbacSyncError as unwritten:
                print_error(unwritten)  # then the run's own error continues
            raise
        _write(reports, files)


def _check(requests: Sequence[ReportRequest], *, json: bool) -> None:
    places = Counter(request.path for request in requests)
    places[None] += json
    for path, count in places.items():
        if count > 1:
            where = f"'{path}'" if path else "standard output"
            raise click.UsageError(f"two reports cannot both go to {where}")


def _write(reports: Reports, files: dict[Path, Reservation]) -> None:
    for request, text in reports.texts():
        if request.path is None:
            click.echo(text, nl=False)
        else:
            files[request.path].fill([text.encode()])


def _folder(config: Path) -> str:
    """Return the configuration's folder in its repository: empty, or with a slash at its end."""
    folder = (config if config.is_dir() else config.parent).resolve()
    top = repository_root(folder, otherwise=Path.cwd())
    inside = folder.relative_to(top) if folder.is_relative_to(top) else folder
    return "" if inside == Path() else f"{inside.as_posix()}/"
