"""Output that nobody may read any more."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click

from ..errors import RbacSyncError, system_reason
from . import drop_stream

UNREAD = "the key could not be shown, so no account was made"


def show_secret(sentence: str, secret: str, *, unread: str, hint: str = "") -> None:
    """Print *sentence* on standard error and *secret*, which is shown once, on standard output.

    Raises:
        RbacSyncError: nobody can read the output; its message begins with *unread*.
    """
    if sys.__stdout__ is None:  # it was when the program began
        raise RbacSyncError(f"{unread}: standard output is closed", hint=hint)
    try:
        click.echo(sentence, err=True)
        click.echo(secret)
    except OSError as error:
        drop_stream(sys.stdout)
        raise RbacSyncError(f"{unread}: {system_reason(error)}", hint=hint) from error


@contextmanager
def unheard() -> Iterator[None]:
    """Let the body print; discard the rest of the output if nobody can read it any more.

    *Why* no error: the body reports changes that are made, and more of them may follow.
    """
    try:
        yield
        sys.stdout.flush()
    except OSError:
        for stream in (sys.stdout, sys.stderr):
            try:
                stream.flush()
            except OSError:
                drop_stream(stream)
