"""The pager for long texts on a terminal, like git's."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click

PAGER = "RBAC_SYNC_PAGER"
LESS = "-FRX"
"""The options of less: it ends on a short text, shows colour, and does not clear the screen."""


def echo_long(text: str) -> None:
    """Print *text*, on a terminal through a pager if it is longer than the screen.

    ``RBAC_SYNC_PAGER`` names the pager before ``PAGER`` does; empty or ``cat``: none.
    """
    command = os.environ.get(PAGER, os.environ.get("PAGER", "less"))
    none = command.strip() in ("", "cat") or os.environ.get("TERM") == "dumb"
    if none or not _is_longer_than_screen(text):
        click.echo(text)
        return
    with own_environment():  # which the pager inherits
        os.environ |= {"PAGER": command, "LESS": os.environ.get("LESS") or LESS}
        click.echo_via_pager(f"{text}\n", color=True)


@contextmanager
def own_environment() -> Iterator[None]:
    """Let the body change the variables of the environment; all are restored afterwards."""
    before = dict(os.environ)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def _is_longer_than_screen(text: str) -> bool:
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        return False
    from shutil import get_terminal_size

    return text.count("\n") + 1 >= get_terminal_size().lines
