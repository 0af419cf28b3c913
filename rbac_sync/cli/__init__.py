"""The command line: arguments in, one call of the pipeline, exit code out."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

from .. import __version__

VERSION_LINE = f"rbac-sync, version {__version__}"
"""The answer to ``rbac-sync --version``."""


def drop_output() -> None:
    """Discard the rest of the output; Python would print another error about it at exit."""
    _drop(sys.stdout)


def _drop(stream: TextIO) -> None:
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


@contextmanager
def unheard() -> Iterator[None]:
    """Let the body print; discard the rest of the output if nobody can read it any more.

    *Why* no error: what the body tells of has been done, and more may have to be done.
    """
    try:
        yield
        sys.stdout.flush()
    except OSError:
        for stream in (sys.stdout, sys.stderr):
            try:
                stream.flush()
            except OSError:
                _drop(stream)


@contextmanager
def own_environment() -> Iterator[None]:
    """Let the body change the variables of the environment; all are restored afterwards."""
    before = dict(os.environ)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
