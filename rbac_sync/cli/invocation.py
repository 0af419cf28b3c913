"""How the program was called, for messages that say how to go on, and for signals to end it."""

from __future__ import annotations

import re
import shlex
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


def invocation() -> Invocation:
    """Return how the program was called."""
    context = click.get_current_context(silent=True)
    return (context and context.find_object(Invocation)) or Invocation()
