"""The command ``drift``."""

from __future__ import annotations

from pathlib import Path

import click

from ... import pipeline
from ...views.run import Run
from ...views.short_names import ShortNames
from .. import options, terraform
from ..accounts import over_accounts
from ..notices import note_unseen, note_unsettled, notify
from ..plans import print_run
from ..reports import ReportRequest, reporting
from ..run import UNKNOWN, load_configuration, open_backend


@click.command()
@over_accounts()
@options.account
@options.as_json
@options.flag("fail-on-unmanaged", "Exit 2 also for live things that nobody declares or manages.")
@options.report("plan")
@terraform.options
@terraform.reading
def drift(
    *, config: Path, url: str, json: bool, fail_on_unmanaged: bool, report: list[ReportRequest]
) -> int:
    """Show how the live account differs from the configuration.

    Exit 2 if it does, 7 if the key may not read all managed parts, so that drift there is unknown.

    The differences are sent to the receivers in `[notify]`.
    """
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
