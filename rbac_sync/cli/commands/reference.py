"""Reference commands: permissions, rule, schema."""

from __future__ import annotations

from pathlib import Path

import click

from .. import options
from ..questions import explain_code, list_codes
from ..report import layout


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

    text = explain_code(code, config) if code else list_codes()
    click.echo(render_lines(map(Line, text.split("\n")), layout()))
    return 0


@click.command()
def schema() -> int:
    """Print the JSON Schema of the configuration, for editors."""
    from ...config.editor_schema import editor_schema
    from ...views import plan_json

    click.echo(plan_json.dumps(editor_schema()))
    return 0
