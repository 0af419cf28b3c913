"""The command line as it was called, for messages that say how to go on and for signals."""

from __future__ import annotations

import re
import shlex
from collections.abc import Collection
from dataclasses import dataclass, field

import click

from ..stop import StopRequest

PASSWORD = re.compile(r"(?<=://)([^/@:]*):.*@")


@dataclass(frozen=True, slots=True)
class Invocation:
    """The words of a command line, and the request to end what they began."""

    words: tuple[str, ...] = ()
    stop: StopRequest = field(default_factory=StopRequest)

    def again(self, *flags: str) -> str:
        """Return the command line with *flags*, those that it lacks; without a password."""
        more = (flag for flag in flags if flag not in self.words)
        words = (PASSWORD.sub(r"\1:***@", word) for word in (*self.words, *more))
        return shlex.join(["rbac-sync", *words])


def given(names: Collection[str]) -> list[str]:
    """Return those options of the command called that are among *names* and on its command line."""
    context, words = click.get_current_context(), list[str]()
    for option in context.command.params:
        source = context.get_parameter_source(str(option.name))
        if option.name in names and source is click.core.ParameterSource.COMMANDLINE:
            value = PASSWORD.sub(r"\1:***@", str(context.params[option.name]))
            is_flag = isinstance(option, click.Option) and option.is_flag
            words += [option.opts[0]] if is_flag else [option.opts[0], value]
    return words


def invocation() -> Invocation:
    """Return how the program was called."""
    context = click.get_current_context(silent=True)
    return (context and context.find_object(Invocation)) or Invocation()
