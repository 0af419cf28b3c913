"""The group of commands, and the exit codes of errors."""

from __future__ import annotations

import gc
import importlib
import os
import sys
from collections.abc import Sequence
from typing import NoReturn

import click

from .. import __version__
from ..errors import RbacSyncError
from . import VERSION_LINE, drop_output, log, terraform
from .help_text import COMMANDS
from .invocation import Invocation
from .signals import STOPS, exit_code, handle_signals, interruption_error

MODULE_NAMES = {"import": "import_"}
"""The module names of commands that are keywords of Python."""

RARELY = (2_000_000, 1_000, 1_000)
"""The thresholds of Python's cyclic collection in a command that ends by itself.

The collection scans all objects again and again: a sixth to a third of the time of a command
that holds a large account. *Why* not off: the files of a configuration are in cycles, and a
command over several accounts reads one after the other.
"""

LASTING = frozenset({"serve"})
"""The commands that run until somebody ends them."""


class _Commands(click.Group):
    """A group that imports a command when it is called: most start-up time is imports."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f".commands.{COMMANDS[cmd_name][0]}", __package__)
        name = MODULE_NAMES.get(cmd_name, cmd_name.replace("-", "_"))
        command: click.Command = getattr(module, name)
        _add_common_options(command)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command that *args* begin with.

        Raises:
            UsageError: there is none; the message names its replacement, if there is one.
        """
        if args[0] not in COMMANDS and not args[0].startswith("-"):
            raise click.UsageError(terraform.unknown_command(args[0], COMMANDS), ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])


def _add_common_options(command: click.Command) -> None:
    """Add the options of every command to *command*, or to the commands of a group, once."""
    if isinstance(command, click.Group):
        for subcommand in command.commands.values():
            _add_common_options(subcommand)
    elif log.OPTION not in command.params:
        command.params += [terraform.NO_COLOUR, log.OPTION]


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help", "-help"]})
@click.version_option(__version__, "--version", "-version", message=VERSION_LINE)
@click.option(
    "-C",
    "--chdir",
    "-chdir",
    metavar="DIR",
    type=click.Path(exists=True, file_okay=False),
    help="Run in this folder.",
)
@click.pass_context
def cli(context: click.Context, *, chdir: str | None) -> None:
    """Access control as code: declare it, plan it, have escalations refused, apply it on record."""
    if context.invoked_subcommand not in LASTING:
        gc.set_threshold(*RARELY)
    gc.enable()
    from .terminal import wants_colour

    for note in terraform.ignored_variables(context.invoked_subcommand or "", os.environ):
        click.echo(f"note: {note}", err=True)
    if wants_colour(sys.stdout):
        context.color = True  # otherwise Click removes the colours if there is no terminal
    if chdir:
        os.chdir(chdir)


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line and exit: 0 ok, 1 error, or a code of ``errors``."""
    try:
        sys.exit(run(arguments))
    except Exception as error:
        # A mistake in this program: the message is shown without a traceback.
        if os.environ.get("RBAC_SYNC_DEBUG"):
            raise
        click.echo(f"error[internal]: {type(error).__name__}: {error}", err=True)
        hint = "this is a mistake in rbac-sync; run again with RBAC_SYNC_DEBUG=1 and report it"
        click.echo(f"  = help: {hint}", err=True)
        sys.exit(1)


def run(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit code."""
    from .terminal import print_error, print_usage_error, unusable

    if "_RBAC_SYNC_COMPLETE" in os.environ:
        from .completion import register_shells

        register_shells()
    words = sys.argv[1:] if arguments is None else arguments
    call = Invocation(tuple(words))
    try:
        with handle_signals(call.stop):
            code = cli.main(words, prog_name="rbac-sync", standalone_mode=False, obj=call)
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message(), err=True)
        return 1
    except click.NoSuchOption as error:
        return print_usage_error(terraform.unknown_option(error, words))
    except click.ClickException as error:
        return print_usage_error(error)
    except STOPS as stopped:
        ended = interruption_error(stopped, call.stop)
        print_error(ended)
        return exit_code(ended, call.stop)
    except BrokenPipeError:  # the reader closed the pipe
        drop_output()
        return 1
    except RbacSyncError as error:
        return print_error(call.with_variables(error))
    except OSError as error:
        return print_error(unusable(error))
    return code if isinstance(code, int) else 0
