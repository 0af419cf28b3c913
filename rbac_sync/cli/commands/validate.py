"""Commands that check the configuration and ask nothing of the account: validate, test."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ...errors import ConfigError
from .. import options
from ..accounts import over_accounts
from ..reports import ReportRequest, reporting
from ..run import load_configuration
from ..terminal import layout, print_problems

if TYPE_CHECKING:
    from ...errors import Diagnostic
    from ...model import Declaration
    from ..reports import Reports


ALONE = "Only declarations are tested here; `plan` also tests what is live and undeclared."


@click.command()
@over_accounts()
@options.config
@options.as_json
@options.report("problems")
def validate(*, config: Path, json: bool, report: list[ReportRequest]) -> int:
    """Check the configuration; nothing is asked of the account.

    Reports every problem at once, each with its place. Exit 1 if there is any.
    """
    with reporting(report, config, json=json) as reports:
        return _check(config, reports, json=json)


def _check(folder: Path, reports: Reports, *, json: bool) -> int:
    """Check the configuration and print its problems; return the exit code."""
    from ... import pipeline
    from ...views.run import Run
    from ...views.words import VALID

    problems: Sequence[Diagnostic] = ()
    texts: Mapping[str, str] = {}
    contents = ""
    try:
        configuration = load_configuration(folder, "")
        texts = configuration.sources.texts
        declaration = pipeline.validate(configuration, datetime.now(UTC))
        problems, contents = declaration.advice, _contents(declaration, len(texts))
    except ConfigError as error:
        if not json:
            raise
        problems, code = error.diagnostics, error.exit_code
    else:
        code = 0
    run = Run(problems, texts)
    reports.tell(run)
    if json:
        from ...views.reports.json_report import render_report

        click.echo(render_report(run), nl=False)
        return code
    print_problems(problems, texts)
    if not reports.take_stdout:
        click.echo(f"{VALID}\n{contents}")
    return code


def _contents(declaration: Declaration, files: int) -> str:
    """Return the numbers of declared resources, by kind."""
    from ...model import Role, ServiceAccount, Team, User, Workspace
    from ...views.words import counted

    kinds = (User, Team, ServiceAccount, Role, Workspace)
    numbers = [(len(declaration.desired.of(kind)), kind.kind.noun) for kind in kinds]
    numbers.append((len(declaration.expectations), "test"))
    words = ", ".join(counted(number, noun) for number, noun in numbers if number)
    return f"It declares {words or 'nothing'} in {counted(files, 'file')}."


@click.command()
@over_accounts()
@options.config
@options.as_json
@options.strict
@options.report("tests")
def test(*, config: Path, json: bool, strict: bool, report: list[ReportRequest]) -> int:
    """Run the [[test]] tables against the configuration; nothing is asked of the account.

    Exit 1 if one fails that does not only warn. In plans the guard asks the same of the outcome and
    of every state on the way to it.
    """
    from ...pipeline import RunOptions
    from ...pipeline.policy_tests import run_policy_tests
    from ...views import plan_json, policy_tests
    from ...views.run import Run

    requested = RunOptions(strict=strict)
    with reporting(report, config, json=json) as reports:
        configuration = load_configuration(config, "")
        tested = run_policy_tests(configuration, datetime.now(UTC), requested)
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
