"""Telling of drift whoever the configuration names."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import click

from ..errors import BackendError, CredentialError

if TYPE_CHECKING:
    from ..pipeline import Configuration, Drift


def notify(configuration: Configuration, found: Drift) -> None:
    """Tell every webhook of ``[notify]``; one that cannot be told is named on standard error.

    *Why* no more than named: it is the drift that the exit code is for.
    """
    from .. import pipeline
    from ..views import machine
    from ..views.escape import visible

    for kind, variable in configuration.webhooks.items():
        try:
            pipeline.tell(variable, machine.dumps(_message(kind, found)), os.environ)
        except (BackendError, CredentialError) as error:
            click.echo(f"warning: {kind} is not told of this: {visible(str(error))}", err=True)


def _message(kind: str, found: Drift) -> dict[str, Any]:
    from ..views import drift, notice

    view = notice.slack if kind == "slack" else drift.machine
    return view(found.plan, found.saved, found.touched)
