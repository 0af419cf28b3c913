"""The command that runs policy tests on the configuration alone."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ...views.reports.registry import ReportContent
from .. import options
from ..accounts import over_accounts
from ..report import layout
from ..reports import reporting
from ..run import load_configuration

if TYPE_CHECKING:
    from ..reports import ReportRequest

ALONE = "Tested is what is declared; `plan` tests it together with what is live and undeclared."


@click.command()
@over_accounts()
@options.config
@options.as_json
@options.strict
@options.report(ReportContent.TESTS)
def test(*, config: Path, json: bool, strict: bool, report: list[ReportRequest]) -> int:
    """Run the [[test]] tables against the configuration; nothing is asked of the account.

    Exit 1 if one fails that does not only warn. In plans the guard asks the same of the outcome and
    of every state on the way to it.
    """
    from ... import pipeline
    from ...views import plan_json, policy_tests
    from ...views.run import Run

    requested = pipeline.RunOptions(strict=strict)
    with reporting(report, config, json=json) as reports:
        configuration = load_configuration(config, "")
        tested = pipeline.run_policy_tests(configuration, datetime.now(UTC), requested)
        texts, judged = configuration.sources.texts, tested.expectations
        answer = policy_tests.to_json(tested.results)
        reports.tell(Run(tested.advice, texts, findings=tested.findings, tests=judged), answer)
        if json:
            click.echo(plan_json.dumps(answer))
        elif not reports.take_stdout:
            if tested.results:
                click.echo(ALONE, err=True)
            click.echo(policy_tests.render_results(tested.results, tested.state, layout()))
    return 1 if tested.failed else 0
