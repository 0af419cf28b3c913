"""Errors and problems on the terminal, and the layout of a text there."""

from __future__ import annotations

import errno
import os
import re
import sys
from collections.abc import Mapping, Sequence
from io import StringIO
from typing import TYPE_CHECKING, TextIO

import click

from ..errors import ConfigError, PlanRefused, RbacSyncError, system_reason
from . import drop_output

if TYPE_CHECKING:
    from ..errors import Diagnostic
    from ..views.terminal import Layout

FULL = "rbac_sync.full"
"""The key of the option ``--full`` in the context of a command."""

FULL_DISK = frozenset({errno.ENOSPC, errno.EDQUOT})
"""The error numbers of a full disk and of a used-up quota."""


def print_error(error: RbacSyncError) -> int:
    """Print *error* and return its exit code."""
    from .output import unheard

    with unheard():
        _print_error(error)
    return error.exit_code


def print_usage_error(error: click.ClickException) -> int:
    """Print *error*, which may quote a value that the user got from elsewhere, and return 1."""
    from ..views.escape import visible

    text = StringIO()
    error.show(text)
    lines = re.sub(r"[^\n\t]+", lambda words: visible(words[0]), text.getvalue())
    click.echo(lines, nl=False, err=True)
    return 1


def _print_error(error: RbacSyncError) -> None:
    from ..views.escape import visible

    if isinstance(error, ConfigError):
        print_problems(error.diagnostics, error.texts)
    elif isinstance(error, PlanRefused):
        from ..views import findings

        text = findings.render_findings(
            error.findings, error.texts, error.able, layout_of(sys.stderr)
        )
        click.echo(text, err=True)
    else:
        code = "" if error.code == RbacSyncError.code else f"[{error.code}]"
        click.echo(f"error{code}: {visible(str(error))}", err=True)
        if error.hint:
            click.echo(f"  = help: {visible(error.hint)}", err=True)


def print_problems(problems: Sequence[Diagnostic], texts: Mapping[str, str]) -> None:
    """Print *problems* and advice, if there are any, with their lines from *texts*."""
    if problems:
        from ..views import diagnostics

        text = diagnostics.render_diagnostics(problems, texts, layout_of(sys.stderr))
        click.echo(text, err=True)


def unusable(error: OSError) -> RbacSyncError:
    """Return *error*, which is about a file or a full disk, as an error for users.

    Raises:
        OSError: it is about neither, so it is a mistake in this program.
    """
    if error.errno in FULL_DISK:
        drop_output()  # the output itself may have no room
        return RbacSyncError(
            os.strerror(error.errno).lower(),
            hint="make room on the disk, and run the command again",
        )
    if error.filename is None:
        raise error
    reason = system_reason(error, "it cannot be used")
    return RbacSyncError(f"`{error.filename}`: {reason}", hint="use another file, or fix this one")


def layout() -> Layout:
    """Return the layout of a text on standard output: short on a terminal, and in its width."""
    full = click.get_current_context().meta.get(FULL)
    return layout_of(sys.stdout, full=not sys.stdout.isatty() if full is None else full)


def layout_of(stream: TextIO, *, full: bool = True) -> Layout:
    """Return the layout of a text on *stream*: its colour, and its width."""
    from ..views.terminal import Layout

    return Layout(wants_colour(stream), full, width(stream))


def width(stream: TextIO) -> int | None:
    """Return the number of columns of *stream*, if it is a terminal."""
    if not stream.isatty():
        return None
    from shutil import get_terminal_size

    return get_terminal_size().columns


def wants_colour(stream: TextIO) -> bool:
    """Say whether *stream* gets colour: a terminal does, and any stream under ``FORCE_COLOR``.

    ``NO_COLOR`` wins. Source: no-color.org, force-color.org.
    """
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return stream.isatty() and os.environ.get("TERM") != "dumb"
