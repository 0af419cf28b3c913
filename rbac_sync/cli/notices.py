"""Notices of a run: drift to webhooks, and a warning about a journal that will be lost."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import click

from ..errors import BackendError, CredentialError

if TYPE_CHECKING:
    from ..pipeline import Configuration
    from ..views.run import Run


def notify(configuration: Configuration, run: Run) -> None:
    """Send the drift of *run* to every webhook of ``[notify]``; a failure is a warning.

    *Why* only a warning: the exit code is for drift.
    """
    from .. import pipeline
    from ..views import plan_json
    from ..views.escape import visible

    for kind, variable in configuration.webhooks.items():
        try:
            message = _message(kind, run)
            pipeline.tell(variable, plan_json.dumps(message), os.environ)
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


def _message(kind: str, run: Run) -> dict[str, Any]:
    from ..views import chat_message, drift

    views = {
        "slack": chat_message.slack_message,
        "teams": chat_message.teams_message,
        "webhook": drift.to_json,
    }
    return views[kind](run)
