"""Tests of the configuration by itself."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from .. import options
from ..report import colour
from ..run import load_configuration

ALONE = "Tested is what is declared; `plan` tests it together with what is live and undeclared."


@click.command()
@options.config
@options.as_json
@options.strict
def test(*, config: Path, json: bool, strict: bool) -> int:
    """Put each [[test]] to what is declared, without a look at what is live.

    Exit 1 if one fails that does not only warn. In plans the guard asks the same of the outcome and
    of every state on the way to it.
    """
    from ... import pipeline
    from ...views import plan_json, policy_tests

    requested = pipeline.RunOptions(strict=strict)
    report = pipeline.run_policy_tests(load_configuration(config, ""), datetime.now(UTC), requested)
    if json:
        click.echo(plan_json.dumps(policy_tests.to_json(report.results)))
    else:
        if report.results:
            click.echo(ALONE, err=True)
        click.echo(policy_tests.render_results(report.results, report.state, colour=colour()))
    return 1 if report.failed else 0
