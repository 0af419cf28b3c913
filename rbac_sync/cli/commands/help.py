"""Commands about the program itself: help, version."""

from __future__ import annotations

import platform

import click

from ... import __version__
from .. import VERSION_LINE, options
from ..topics import TOPICS


@click.command()
@click.argument("words", nargs=-1, shell_complete=options.completed("topics"))
@click.pass_context
def help(context: click.Context, *, words: tuple[str, ...]) -> int:  # noqa: A001
    """Print the help of a command, or of a topic: exit-codes, environment, json-events."""
    if words and words[0] in TOPICS:
        formatter = click.HelpFormatter(width=100)
        formatter.write_dl(list(TOPICS[words[0]].items()))
        click.echo(formatter.getvalue(), nl=False)
        return 0
    parent = context.parent or context
    _check_topic(parent, words)
    for word in words:
        parent = _subcontext(parent, word)
    click.echo(parent.get_help())
    return 0


def _check_topic(parent: click.Context, words: tuple[str, ...]) -> None:
    """Check that *words* are not the beginning or a misspelling of a topic's name.

    Raises:
        UsageError: they are, and no command has that name.
    """
    group = parent.command
    assert isinstance(group, click.Group), "help is a command of the program"
    commands = group.list_commands(parent)
    if len(words) == 1 and words[0] not in commands:
        from difflib import get_close_matches

        same_start = [topic for topic in TOPICS if topic.startswith(words[0])]
        close = same_start or get_close_matches(words[0], [*TOPICS, *commands], n=1)
        if close and close[0] in TOPICS:
            raise click.UsageError(f"no topic `{words[0]}`: did you mean `{close[0]}`?")


def _subcontext(parent: click.Context, name: str) -> click.Context:
    group, command = parent.command, None
    if isinstance(group, click.Group):
        _, command, _ = group.resolve_command(parent, [name])
    if command is None:
        raise click.UsageError(f"`{parent.command_path}` has no command `{name}`")
    return click.Context(command, parent, name)


@click.command()
@click.argument("shell", type=click.Choice(("bash", "zsh", "fish")))
@click.pass_context
def completion(context: click.Context, *, shell: str) -> int:
    """Print the script that completes commands, options and declared names in SHELL.

    bash: eval "$(rbac-sync completion bash)" in ~/.bashrc; zsh: the same with zsh in ~/.zshrc,
    after compinit; fish: rbac-sync completion fish > ~/.config/fish/completions/rbac-sync.fish
    """
    from .. import completion as shells

    click.echo(shells.script(shell, context.find_root().command), nl=False)
    return 0


@click.command()
@options.as_json
def version(*, json: bool) -> int:
    """Print the version; with --json also the versions of formats and of Python."""
    if not json:
        click.echo(VERSION_LINE)
        return 0
    from ...backends import snapshot
    from ...planning import planfile
    from ...views import plan_json

    versions = {
        "version": __version__,
        "python": platform.python_version(),
        "plan_file_format": planfile.FORMAT,
        "plan_json_format": plan_json.FORMAT_VERSION,
        "snapshot_format": snapshot.FORMAT,
    }
    click.echo(plan_json.dumps(versions))
    return 0
