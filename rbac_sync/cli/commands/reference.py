"""Reference commands: permissions, rule, schema."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ...errors import RbacSyncError
from .. import options
from ..questions import unknown_error
from ..run import load_configuration
from ..terminal import layout

if TYPE_CHECKING:
    from ...model import Policy


@click.command()
@click.argument("words", nargs=-1)
@options.world("Which set of permissions.", has_default=True)
@options.as_json
def permissions(*, words: tuple[str, ...], world: str, json: bool) -> int:
    """List permissions, what they include and who holds them; with WORDS only matching ones."""
    from ...catalogues import catalogue
    from ...views import permissions as view
    from ...views import plan_json

    selected, query = catalogue(world), " ".join(words)
    rows = view.to_json(selected, query)
    text = plan_json.dumps(rows) if json else view.render_permissions(selected, query, layout())
    click.echo(text)
    return 0 if rows else 1


@click.command()
@click.argument("code", required=False, shell_complete=options.completed("codes"))
@options.config
def rule(*, code: str | None, config: Path) -> int:
    """Explain CODE: a rule of the guard (ESCALATION, RS403) or an error code (RS201).

    A rule comes with a remedy, its limits in the configuration and an example. Without CODE all of
    them are listed, each in one sentence.
    """
    from ...views.terminal import Line, render_lines

    text = _explain_code(code, config) if code else _list_codes()
    lines = (Line(line, hang=0 if code else 6) for line in text.split("\n"))
    click.echo(render_lines(lines, layout()))
    return 0


def _explain_code(code: str, folder: Path) -> str:
    """Return the explanation of a rule of the guard or of an error code.

    The explanation of a rule includes its limits in the configuration below *folder*, if there is
    one.

    Raises:
        RbacSyncError: there is no such code.
    """
    from ... import guard
    from ...config import all_codes
    from ...guard import RuleId
    from ...views import rules as view

    rules = {number: rule for rule, number in guard.CODES.items()}
    name = code.upper().replace("-", "_")
    if (rule := rules.get(name, name)) in guard.RULES:
        return view.render_rule(guard.RULES[RuleId(rule)], _policy(folder))
    if name in all_codes():
        entry = all_codes()[name]
        return f"{name} {entry.title}\n\n{entry.explanation}"
    raise unknown_error("rule", code, [*guard.RULES, *rules, *all_codes()], "rule")


def _policy(folder: Path) -> Policy | None:
    """Return the policy of the configuration below *folder*; None if it cannot be read."""
    from ... import pipeline

    try:
        return pipeline.validate(load_configuration(folder, ""), datetime.now(UTC)).policy
    except RbacSyncError:
        return None


def _list_codes() -> str:
    """Return a line for each rule of the guard, then for each error code."""
    from ...config import all_codes
    from ...views import rules as view

    lines = (f"{code}  {all_codes()[code].title}" for code in sorted(all_codes()))
    return "\n".join((view.render_rules(), *lines))


@click.command()
def schema() -> int:
    """Print the JSON Schema of the configuration, for editors."""
    from ...config.editor_schema import editor_schema
    from ...views import plan_json

    click.echo(plan_json.dumps(editor_schema()))
    return 0
