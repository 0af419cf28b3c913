"""The pager for long texts on a terminal, like git's."""

from __future__ import annotations

import os
import shutil
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
    with _variables(PAGER=command, LESS=os.environ.get("LESS") or LESS):
        click.echo_via_pager(f"{text}\n", color=True)


def _is_longer_than_screen(text: str) -> bool:
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        return False
    return text.count("\n") + 1 >= shutil.get_terminal_size().lines


@contextmanager
def _variables(**variables: str) -> Iterator[None]:
    """Run the body with *variables* in the environment, which the pager inherits."""
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            del os.environ[name]
            os.environ |= {name: value} if value is not None else {}
