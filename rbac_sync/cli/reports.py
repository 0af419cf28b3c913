"""The files that a run tells of itself in: made sure of before it begins, written when it ends."""

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
from .report import report
from .reservation import reserved

if TYPE_CHECKING:
    from ..views.run import Run
    from .reservation import Reservation

ROOT = "rbac.toml"


class ReportRequest(NamedTuple):
    """One report; ``path`` None is standard output."""

    kind: str
    path: Path | None


def wanted(text: str, kinds: Sequence[str]) -> ReportRequest:
    """Return what ``KIND=FILE`` asks for.

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

    def __init__(self, asked: Sequence[ReportRequest], config: Path) -> None:
        self._asked, self._config = asked, config
        self._run: Run | None = None

    @property
    def take_stdout(self) -> bool:
        """Whether a report stands on standard output, in place of the text."""
        return any(path is None and not KINDS[kind].beside for kind, path in self._asked)

    def tell(self, run: Run) -> None:
        """Take *run* for what there is to report, in place of what was told before."""
        self._run = replace(run, folder=_folder(self._config), root=_root(self._config))

    def finish(self, made: tuple[int, int, int]) -> None:
        """Take how many things were added, changed and destroyed."""
        if self._run is not None:
            self._run = replace(self._run, made=made)

    def fail(self, error: RbacSyncError) -> None:
        """Take what the run ended with; what the guard finds has been told with the plan."""
        from ..views.run import Run

        if isinstance(error, ConfigError):
            self.tell(Run(error.diagnostics, error.texts))
        elif not isinstance(error, PlanRefused):
            self.tell(replace(self._run or Run(), error=error))

    def texts(self) -> Iterator[tuple[ReportRequest, str]]:
        """Yield each report with its text; none of a plan where nothing was planned."""
        if self._run is None:
            return
        tells = (
            ReportContent.PROBLEMS
            if self._run.plan is None
            else ReportContent.PLAN | ReportContent.PROBLEMS
        )
        if self._run.context is not None:
            tells |= ReportContent.ACCESS
        for each in self._asked:
            if KINDS[each.kind].tells & tells:
                yield each, render_report(each.kind, self._run)


@contextmanager
def reporting(
    asked: Sequence[ReportRequest], config: Path, *, json: bool = False
) -> Iterator[Reports]:
    """Give what takes the reports of a run, written when it ends, with an error too.

    Raises:
        click.UsageError: two of them go to the same place.
        RbacSyncError: one cannot be written. Nothing has happened by then.
    """
    _check(asked, json=json)
    reports = Reports(asked, config)
    with ExitStack() as stack:
        files = {w.path: stack.enter_context(reserved(w.path)) for w in asked if w.path}
        try:
            yield reports
        except RbacSyncError as error:
            reports.fail(error)
            try:
                _write(reports, files)
            except RbacSyncError as unwritten:
                report(unwritten)  # and then end as the run ends
            raise
        _write(reports, files)


def _check(asked: Sequence[ReportRequest], *, json: bool) -> None:
    places = Counter(path for _, path in asked)
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
    """Return where the configuration lies in its repository: empty, or with a slash at its end."""
    folder = (config if config.is_dir() else config.parent).resolve()
    above = (folder, *folder.parents)
    top = next((each for each in above if (each / ".git").exists()), Path.cwd())
    inside = folder.relative_to(top) if folder.is_relative_to(top) else folder
    return "" if inside == Path() else f"{inside.as_posix()}/"


def _root(config: Path) -> str:
    return ROOT if config.is_dir() else config.name
