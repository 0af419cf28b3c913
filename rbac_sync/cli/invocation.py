"""The command line of this process, for hints that repeat it, and its stop request."""

from __future__ import annotations

import re

import click

from ..dataclasses import dataclass, field
from ..errors import RbacSyncError
from ..stop import StopRequest

LOG_IN = r"(?<=://)([^/@:]*):.*@"

CARRIED = (
    "config",
    "url",
    "on_behalf_of",
    "reason",
    "allow_deletes",
    "allow_losers",
    "allow_gainers",
    "allow_public",
    "allow_self_reduction",
)
"""Options that `apply` needs with the same values as `plan`."""


@dataclass(frozen=True, slots=True)
class Invocation:
    """The arguments of a command line, and the request to stop its run.

    ``variables`` are those of the account, by the usual variables that they replace; a command
    of a hint that has to name the account is among them, too.
    """

    words: tuple[str, ...] = ()
    stop: StopRequest = field(default_factory=StopRequest)
    variables: dict[str, str] = field(default_factory=dict)

    def with_variables(self, error: RbacSyncError) -> RbacSyncError:
        """Put the variables of the account into the hint of *error*, and return *error*."""
        error.hint = self.hint(error.hint)
        return error

    def hint(self, usual: str) -> str:
        """Return the *usual* hint with the variables of the account."""
        for variable, own in self.variables.items():
            usual = usual.replace(f"`{variable}`", f"`{own}`")
        return usual

    def repeat_command(self, *flags: str) -> str:
        """Return the command line with the missing ones of *flags*, without a password."""
        import shlex

        missing = (flag for flag in flags if flag not in self.words)
        return shlex.join(["rbac-sync", *map(_without_password, (*self.words, *missing))])


def _without_password(word: str) -> str:
    return re.sub(LOG_IN, r"\1:***@", word)


def is_written(context: click.Context, option: str | None) -> bool:
    """Say whether the option of this name is on the command line."""
    source = context.get_parameter_source(str(option))
    return source is click.core.ParameterSource.COMMANDLINE


def carried_options() -> list[str]:
    """Return the options on the command line of the running command that the next one needs."""
    context, words = click.get_current_context(), list[str]()
    for option in context.command.params:
        if option.name in CARRIED and is_written(context, option.name):
            value = _without_password(str(context.params[option.name]))
            is_flag = isinstance(option, click.Option) and option.is_flag
            words += [option.opts[0]] if is_flag else [option.opts[0], value]
    return words


def invocation() -> Invocation:
    """Return the invocation of this process."""
    context = click.get_current_context(silent=True)
    return (context and context.find_object(Invocation)) or Invocation()
