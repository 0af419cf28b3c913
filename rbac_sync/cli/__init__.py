"""The command line: arguments in, one call of the pipeline, exit code out."""

from __future__ import annotations

import os
import sys

from .. import __version__

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TextIO

VERSION_LINE = f"rbac-sync, version {__version__}"
"""The answer to ``rbac-sync --version``."""


def drop_output() -> None:
    """Discard the rest of the output; Python would print another error about it at exit."""
    drop_stream(sys.stdout)


def drop_stream(stream: TextIO) -> None:
    """Discard the output to *stream* from now on."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
