"""The command that takes a run back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from .. import options
from ..plans import print_review, run_of, save
from ..run import api_key, configured, wish
from .plan import AUTHOR, OUT


@click.command()
@click.argument("run")
@options.config
@options.url
@options.as_json
@OUT
@options.selecting
@options.simulated
@AUTHOR
@options.loosening
def undo(*, run: str, config: Path, url: str, json: bool, out: Path | None, **asked: Any) -> int:
    """Show the plan that takes RUN back, as the audit trail has it. Changes nothing.

    RUN is the id of a run, or the beginning of one. The guard judges the plan as any other; it is
    saved with --out, and made by `rbac-sync apply FILE`. Exit 0, or 3 if the guard refuses.
    """
    from ... import pipeline

    configuration = configured(config, url)
    backend = configuration.backend(api_key())
    review = pipeline.undo(configuration, backend, run, wish(asked, configuration))
    print_review(run_of(review, configuration), json=json)
    if review.findings:
        return 3
    save(review.saved, out)
    return 0
