"""Notices of a run: drift to webhooks, and notes on standard error about what it left out."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import click

from ..errors import BackendError, CredentialError

if TYPE_CHECKING:
    from ..pipeline import Configuration, Review
    from ..views.run import Run


def notify(configuration: Configuration, run: Run) -> None:
    """Send the drift of *run* to every webhook of ``[notify]``; a failure is a warning.

    *Why* only a warning: the exit code is for drift.
    """
    from ..pipeline.webhook import tell
    from ..views import plan_json
    from ..views.escape import visible

    for kind, variable in configuration.webhooks.items():
        try:
            message = _message(kind, run)
            tell(variable, plan_json.dumps(message), os.environ)
        except (BackendError, CredentialError) as error:
            click.echo(f"warning: {kind} gets no message of this: {visible(str(error))}", err=True)


def warn_of_journal(configuration: Configuration) -> None:
    """Warn on standard error if the journal ends with this CI job."""
    from .. import backends

    settings = configuration.settings
    if settings.type not in backends.JOURNALED:
        return
    from ..backends.remote.state_files import URL_VARIABLE, is_forgotten
    from ..backends.state_folder import FOLDER_VARIABLE

    if is_forgotten(os.environ, settings.journal):
        click.echo(
            "warning: the journal of this run ends with this job: another job cannot go on where it"
            f" stops, and there is no audit trail; set `{URL_VARIABLE}` to a database, or"
            f" `{FOLDER_VARIABLE}` to a folder that is kept from job to job",
            err=True,
        )


def note_unseen(reasons: Iterable[str]) -> None:
    """Print on standard error the reasons why parts were not read, if there are any."""
    from ..views.escape import visible

    for reason in reasons:
        click.echo(f"note: not everything is seen: {visible(reason)}", err=True)


def note_unsettled(count: int) -> None:
    """Print on standard error how many changes of earlier runs have no known outcome yet."""
    if count:
        changes = "1 change" if count == 1 else f"{count} changes"
        half_way = "an earlier run ended half-way, or is still going on"
        known = f"the outcome of {changes} is not known; `rbac-sync apply` finds it out first"
        click.echo(f"note: {half_way}: {known}", err=True)


def note_passed_over(review: Review) -> None:
    """Print on standard error how many workspaces a plan did not read again, if any."""
    from ..views.words import to_the_second

    if review.passed_over_since is None or review.passed_over == 0:
        return
    since = to_the_second(review.passed_over_since)
    count, silent = review.passed_over, "the trail has no change there"
    if count is None:
        what, silent = "nothing is read again: the account was", "nothing has changed"
    elif count == 1:
        what = "1 workspace is not read again: it was"
    else:
        what = f"{count:,} workspaces are not read again: they were"
    text = f"{what} as declared at {since}, and {silent}; `--no-cache` reads everything"
    click.echo(f"note: {text}", err=True)


def _message(kind: str, run: Run) -> dict[str, Any]:
    from ..views import chat_message, drift

    views = {
        "slack": chat_message.slack_message,
        "teams": chat_message.teams_message,
        "webhook": drift.to_json,
    }
    return views[kind](run)
