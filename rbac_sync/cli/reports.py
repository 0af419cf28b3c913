"""The report files of a run: opened before it begins, written when it ends, with an error too."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from ..errors import ConfigError, PlanRefused, RbacSyncError
from ..views.reports.registry import KINDS, ReportContent, render_report
from .report import print_error
from .reservation import reserve_file

if TYPE_CHECKING:
    from ..views.run import Run
    from .reservation import Reservation

ROOT = "rbac.toml"


class ReportRequest(NamedTuple):
    """One requested report; ``path`` None is standard output."""

    kind: str
    path: Path | None


def parse_request(text: str, kinds: Sequence[str]) -> ReportRequest:
    """Return the request that ``KIND=FILE`` stands for.

    Raises:
        click.BadParameter: it is of another form, or of none of *kinds*.
    """
    kind, _, file = text.partition("=")
    if kind not in kinds or not file:
        among = ", ".join(kinds)
        raise click.BadParameter(f"'{text}' is not KIND=FILE with a KIND of {among}.")
    return ReportRequest(kind, None if file == "-" else Path(file))


class Reports:
    """The reports of a run, and the result that they are made from."""

    def __init__(self, requests: Sequence[ReportRequest], config: Path) -> None:
        self._requests, self._config = requests, config
        self._run: Run | None = None

    @property
    def take_stdout(self) -> bool:
        """True if a report replaces the text on standard output."""
        return any(path is None and not KINDS[kind].beside for kind, path in self._requests)

    def tell(self, run: Run) -> None:
        """Set *run* as the result to report."""
        self._run = replace(run, folder=_folder(self._config), root=_root(self._config))

    def finish(self, counts: tuple[int, int, int]) -> None:
        """Add the numbers of added, changed and destroyed resources to the result."""
        if self._run is not None:
            self._run = replace(self._run, made=counts)

    def fail(self, error: RbacSyncError) -> None:
        """Add the error that ended the run; findings of the guard are in the result already."""
        from ..views.run import Run

        if isinstance(error, ConfigError):
            self.tell(Run(error.diagnostics, error.texts))
        elif not isinstance(error, PlanRefused):
            self.tell(replace(self._run or Run(), error=error))

    def texts(self) -> Iterator[tuple[ReportRequest, str]]:
        """Yield each report with its text; without a plan, no report that needs one."""
        if self._run is None:
            return
        tells = (
            ReportContent.PROBLEMS
            if self._run.plan is None
            else ReportContent.PLAN | ReportContent.PROBLEMS
        )
        if self._run.context is not None:
            tells |= ReportContent.ACCESS
        for request in self._requests:
            if KINDS[request.kind].tells & tells:
                yield request, render_report(request.kind, self._run)


@contextmanager
def reporting(
    requests: Sequence[ReportRequest], config: Path, *, json: bool = False
) -> Iterator[Reports]:
    """Yield the reports of a run, written when it ends, with an error too.

    Raises:
        click.UsageError: two of them go to the same place.
        RbacSyncError: one cannot be written. Nothing has happened by then.
    """
    _check(requests, json=json)
    reports = Reports(requests, config)
    with ExitStack() as stack:
        files = {
            request.path: stack.enter_context(reserve_file(request.path))
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
                print_error(unwritten)  # and then end as the run ends
            raise
        _write(reports, files)


def _check(requests: Sequence[ReportRequest], *, json: bool) -> None:
    places = Counter(path for _, path in requests)
    places[None] += json
    for path, count in places.items():
        if count > 1:
            where = f"'{path}'" if path else "standard output"
            raise click.UsageError(f"two reports cannot both go to {where}")


def _write(reports: Reports, files: dict[Path, Reservation]) -> None:
    for (_, path), text in reports.texts():
        if path is None:
            click.echo(text, nl=False)
        else:
            files[path].fill(text)


def _folder(config: Path) -> str:
    """Return the configuration's folder in its repository: empty, or with a slash at its end."""
    folder = (config if config.is_dir() else config.parent).resolve()
    above = (folder, *folder.parents)
    top = next((each for each in above if (each / ".git").exists()), Path.cwd())
    inside = folder.relative_to(top) if folder.is_relative_to(top) else folder
    return "" if inside == Path() else f"{inside.as_posix()}/"


def _root(config: Path) -> str:
    return ROOT if config.is_dir() else config.name
