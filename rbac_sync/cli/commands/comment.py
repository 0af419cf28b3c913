"""The command that shows a run's report on a pull request."""

from __future__ import annotations

import os
from contextlib import closing
from pathlib import Path

import click

from ...errors import RbacSyncError
from .. import options


@click.command()
@click.argument("report", type=click.Path(path_type=Path))
@options.flag("github", "On GitHub; the token is GITHUB_TOKEN.")
@options.flag("gitlab", "On GitLab; the token is GITLAB_TOKEN.")
@options.option(
    "environment",
    metavar="NAME",
    default="default",
    help="What was planned for: each has a comment of its own.",
)
@options.option("repository", metavar="NAME", default="", help="OWNER/NAME, or GitLab's project.")
@options.option("number", type=click.IntRange(1), metavar="N", help="The pull or merge request.")
@options.option("commit", metavar="SHA", default="", help="What was planned.")
@options.option("run", metavar="URL", default="", help="The run that planned it.")
@options.option("page", metavar="URL", default="", help="The page that `--report html` wrote.")
@options.url_option(
    "api", metavar="URL", help="API URL of the forge (default: that of the CI job)."
)
def comment(
    *,
    report: Path,
    github: bool,
    gitlab: bool,
    environment: str,
    repository: str,
    number: int | None,
    commit: str,
    run: str,
    page: str,
    api: str,
) -> int:
    """Show REPORT, which `--report md=FILE` wrote, as one comment on a pull request.

    The comment is created once and then kept up to date. Values of missing options,
    the commit and the run too, come from the environment of the job.
    """
    from ...forges import GitHub, GitLab, origin_line, put
    from ...views.escape import visible

    if github == gitlab:
        raise click.UsageError("say where: --github or --gitlab")
    text = _read(report)
    forge_type = GitHub if github else GitLab
    known_commit, known_run = forge_type.origin_of(os.environ)
    line = origin_line(commit or known_commit, run or known_run, page)
    text += f"\n{line}\n" if line else ""
    with closing(forge_type(os.environ, api, repository, number)) as forge:
        outcome = put(forge, environment, text)
        click.echo(f"The comment on {visible(forge.place)} was {outcome}.")
    return 0


def _read(path: Path) -> str:
    """Read a file that ``--report md=FILE`` wrote, without its first line.

    Raises:
        RbacSyncError: it is something else, or not there.
    """
    from ...views.reports.fence import LARGEST
    from ...views.reports.markdown_check import is_own_report

    try:
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
        text = content.decode()
    except (OSError, ValueError):
        content, text = b"", ""
    if len(content) > LARGEST or not is_own_report(text):
        hint = f"write it with `rbac-sync plan --report md={path}`, by this version"
        raise RbacSyncError(f"`{path}` is no report that could be shown", hint=hint)
    return text.partition("\n")[2]
